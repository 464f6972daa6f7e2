create table metrics (at date not null) partition by range (at);
create table metrics_2026 partition of metrics for values from ('2026-01-01') to ('2027-01-01');
