alter table tasks drop column priority;
