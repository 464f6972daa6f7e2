-- harmless: the table that is dropped is its own
create temporary table staging (code char(2), name varchar(80));
insert into staging values ('ES', 'Spain'), ('PT', 'Portugal');
insert into countries (code, name) select s.code, s.name from staging as s on conflict do nothing;
drop table staging;
