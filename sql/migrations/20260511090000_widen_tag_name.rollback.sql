-- Let the name of a tag have 30 characters again; fails, and changes nothing, while a longer one exists.

alter table tags alter column name type varchar(30);
