create table things (title text, body varchar, note text check (note <> ''));
