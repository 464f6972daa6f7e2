create table parents (id integer primary key);
create table children (
    a integer references parents on delete cascade,
    b integer references parents on delete no action,
    c integer,
    d integer,
    constraint children_c_fkey foreign key (c) references parents on delete restrict
);
alter table children
    add constraint children_d_fkey foreign key (d) references parents on update cascade on delete no action;
alter table children rename column d to e;
create table grandchildren (a integer, foreign key (a) references parents on delete no action, b integer not null);
create schema app;
create table app.children (a integer references parents on delete no action);
