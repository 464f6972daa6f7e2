create table owners (id bigint primary key);
create table logs (owner_id bigint) partition by range (owner_id);
create table logs_1 partition of logs for values from (1) to (1000);
