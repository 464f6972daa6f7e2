create table parents (id uuid primary key);
create table children (parent_id uuid not null references parents on delete set null);
