-- harmless: a few rows in a small table, words that only look like statements
insert into countries (code, name, region)
values ('IT', 'Italy', 'Europe'), ('FR', 'France; drop table countries', 'Europe')
on conflict (code) do update set name = excluded.name;
