-- harm: breaks: no row is read, and the next order like all others is refused
alter table orders add constraint orders_channel_known check (channel in ('shop', 'phone')) not valid;
