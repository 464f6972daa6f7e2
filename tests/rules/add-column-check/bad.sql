alter table tasks add column points integer check (points > 0);
