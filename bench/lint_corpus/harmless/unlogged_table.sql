-- harmless: a new table of its own kind, gone again before the end
create unlogged table import_lines (line integer, body text);
insert into import_lines select n, 'x' from generate_series(1, 100) as n;
truncate import_lines;
drop table import_lines;
