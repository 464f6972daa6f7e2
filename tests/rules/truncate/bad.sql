truncate tasks;
