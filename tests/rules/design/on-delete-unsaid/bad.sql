create table parents (id integer primary key);
create table children (
    a integer references parents,
    b integer references parents on update cascade, -- on delete no action
    c integer constraint children_c_fkey references parents on delete no action
);
