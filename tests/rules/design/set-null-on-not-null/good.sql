create table parents (id uuid, tenant uuid, primary key (id, tenant));
create table children (
    parent_id uuid, tenant uuid not null, foreign key (parent_id, tenant) references parents on delete set null (parent_id)
);
