create table metrics_2090 partition of metrics for values from ('2090-01-01') to ('2091-01-01');
