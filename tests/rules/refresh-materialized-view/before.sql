create table tasks (id bigint primary key, title varchar(100) not null, priority integer, done boolean not null default false);
create materialized view totals as select done, count(*) as n from tasks group by done;
create unique index totals_done_idx on totals (done);
