-- harmless: everybody reads and writes on, and there is no default partition
-- transactional: false
alter table metrics detach partition metrics_2025 concurrently;
