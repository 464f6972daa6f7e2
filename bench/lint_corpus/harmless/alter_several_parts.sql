-- harmless: one lock for a new column, its comment and a default for the next rows
alter table sessions
  add column user_agent varchar(400),
  alter column kind set default 'web';
comment on column sessions.user_agent is 'What the browser calls itself.';
