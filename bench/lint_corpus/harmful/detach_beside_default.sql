-- transactional: false
-- harm: fails (55000): no partition is detached concurrently where there is a default partition
alter table events detach partition events_2025 concurrently;
