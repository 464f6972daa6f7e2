create table metrics (at date not null) partition by range (at);
create table metrics_default partition of metrics default;
create table metrics_2026 (at date not null);
