-- transactional: false
alter table metrics detach partition metrics_2026 concurrently;
