alter table tasks add column low text;
