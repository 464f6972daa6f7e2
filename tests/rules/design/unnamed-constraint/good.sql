create table things (
    a integer constraint things_pkey primary key,
    b integer not null default 1 constraint things_b_check check (b > 0),
    constraint things_a_b_key unique (a, b)
);
create unique index things_b_key on things (b);
alter table things add unique using index things_b_key;
create table others (a integer check (a > 0));
alter table others rename constraint others_a_check to others_a_is_positive;
do $$ begin alter table others add constraint others_a_small check (a < 9); end $$;
do $$ begin alter table others add constraint "Small Others" check (a < 8); end $$;
