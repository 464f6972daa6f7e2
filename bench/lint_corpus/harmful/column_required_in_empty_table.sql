-- harm: breaks: it applies, and the release's next insert gives no value for it
alter table vouchers add column valid_until date not null;
