create table things (value jsonb);
create table lists (vals jsonb[]);
