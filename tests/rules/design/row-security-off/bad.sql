create table users (id uuid primary key, name varchar(20));
create table notes (user_id uuid references users);
create table drafts (writer uuid);
comment on column drafts.writer is 'Whose it is. @owner';
