alter table metrics_default
  add constraint metrics_default_2090 check (at < '2090-01-01' or at >= '2091-01-01') not valid;
