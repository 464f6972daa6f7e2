-- harmless: a longer limit is a word in the catalog; no CHECK and no expression looks at the column
alter table customers alter column name type varchar(200);
