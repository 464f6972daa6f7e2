alter table metrics attach partition metrics_2026 for values from ('2090-01-01') to ('2091-01-01');
