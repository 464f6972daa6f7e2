alter table tasks set unlogged;
