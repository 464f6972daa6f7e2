create table metrics (at date not null) partition by range (at);
create table metrics_default partition of metrics default;
