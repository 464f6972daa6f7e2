-- Pairs of schemas: in one something is there and something else speaks of it, in the other, below four minus signs, it
-- is not, or is another. tests/test_two_at_once.py takes a database from each of the two to the other.

-- column: exclusion constraint
create table t (id int primary key, a int, b int);
alter table t add constraint t_ex exclude using gist (int4range(a, b) with &&);
----
create table t (id int primary key, a int);

-- column: two columns of an exclusion constraint
create table t (id int primary key, a int, b int);
alter table t add c int;
alter table t add constraint t_ex exclude using gist (int4range(b, c) with &&);
----
create table t (id int primary key, a int);

-- column: other exclusion constraint
create table t (id int primary key, a int, b int);
alter table t add constraint t_ex exclude using gist (int4range(a, b) with &&);
----
create table t (id int primary key, a int);
alter table t add constraint t_ex exclude using gist (int4range(a, a + 1) with &&);

-- column: exclusion constraint with a predicate
create table t (id int primary key, a int, b int);
alter table t add constraint t_ex exclude using btree (a with =) where (b > 0);
----
create table t (id int primary key, a int);
alter table t add constraint t_ex exclude using btree (a with =);

-- column: generated column
create table t (id int primary key, a int, b int);
alter table t add c int generated always as (b * 2) stored;
----
create table t (id int primary key, a int);

-- column: generated column that is computed anew
create table t (id int primary key, a int, b int);
alter table t add c int generated always as (b * 2) stored;
----
create table t (id int primary key, a int);
alter table t add c int generated always as (a * 2) stored;

-- column: column that is no longer generated
create table t (id int primary key, a int, b int);
alter table t add c int generated always as (b * 2) stored;
----
create table t (id int primary key, a int);
alter table t add c int;

-- column: index
create table t (id int primary key, a int, b int);
create index t_i on t (a, b);
----
create table t (id int primary key, a int);
create index t_i on t (a);

-- column: check
create table t (id int primary key, a int, b int);
alter table t add constraint t_c check (a > b);
----
create table t (id int primary key, a int);
alter table t add constraint t_c check (a > 0);

-- column: key
create table t (id int primary key, a int, b int);
alter table t drop constraint t_pkey, add primary key (id, b);
----
create table t (id int primary key, a int);

-- column: unique constraint
create table t (id int primary key, a int, b int);
alter table t add constraint t_u unique (a, b);
----
create table t (id int primary key, a int);
alter table t add constraint t_u unique (a);

-- column: unique constraint that is pointed to
create table t (id int primary key, a int, b int);
alter table t add constraint t_u unique (a, b);
create table k (a int, b int, foreign key (a, b) references t (a, b));
----
create table t (id int primary key, a int);
alter table t add constraint t_u unique (a);
create table k (a int, b int, foreign key (a) references t (a));

-- column: foreign key
create table t (id int primary key, a int, b int);
create table k (id int primary key);
alter table t add constraint t_f foreign key (b) references k;
----
create table t (id int primary key, a int);
create table k (id int primary key);
alter table t add constraint t_f foreign key (a) references k;

-- column: foreign key to it
create table t (id int primary key, a int, b int);
alter table t add unique (b);
create table k (x int references t (b));
----
create table t (id int primary key, a int);
create table k (x int);

-- column: statistics
create table t (id int primary key, a int, b int);
create statistics t_s on a, b from t;
----
create table t (id int primary key, a int);
create statistics t_s on a, id from t;

-- column: trigger of it
create table t (id int primary key, a int, b int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update of b on t for each row execute function f();
----
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update of a on t for each row execute function f();

-- column: trigger with a condition
create table t (id int primary key, a int, b int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update on t for each row when (new.b > 1) execute function f();
----
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update on t for each row execute function f();

-- column: policy
create table t (id int primary key, a int, b int);
create policy p on t using (b > 0);
----
create table t (id int primary key, a int);
create policy p on t using (a > 0);

-- column: policy of another table
create table t (id int primary key, a int, b int);
create table o (x int);
create policy p on o using (exists (select from t where b = x));
----
create table t (id int primary key, a int);
create table o (x int);
create policy p on o using (true);

-- column: rule
create table t (id int primary key, a int, b int);
create rule r as on update to t do also select new.b;
----
create table t (id int primary key, a int);
create rule r as on update to t do also select new.a;

-- column: view
create table t (id int primary key, a int, b int);
create view v as select sum(b) as s from t;
----
create table t (id int primary key, a int);
create view v as select sum(a) as s from t;

-- column: views on views
create table t (id int primary key, a int, b int);
create view v as select a, b from t;
create view w as select b from v;
----
create table t (id int primary key, a int);
create view v as select a from t;
create view w as select a from v;

-- column: materialized view
create table t (id int primary key, a int, b int);
create materialized view m as select a, b from t;
create index m_i on m (b);
----
create table t (id int primary key, a int);
create materialized view m as select a from t;
create index m_i on m (a);

-- column: function that PostgreSQL reads
create table t (id int primary key, a int, b int);
create function g() returns bigint language sql begin atomic select sum(b) from t; end;
----
create table t (id int primary key, a int);
create function g() returns bigint language sql begin atomic select sum(a) from t; end;

-- column: function that is in a default
create table t (id int primary key, a int, b int);
create function g() returns bigint language sql begin atomic select sum(b) from t; end;
create table q (x bigint default g());
----
create table t (id int primary key, a int);
create table q (x bigint);

-- column: function that computes from it
create table t (id int primary key, a int, b int);
create function h(int) returns int immutable language sql as 'select $1';
alter table t add c int generated always as (h(b)) stored;
----
create table t (id int primary key, a int);

-- column: columns of a publication
create table t (id int primary key, a int, b int);
create publication p for table t (id, b);
----
create table t (id int primary key, a int);
create publication p for table t (id, a);

-- column: rows of a publication
create table t (id int primary key, a int, b int);
create publication p for table t where (b > 0);
----
create table t (id int primary key, a int);
create publication p for table t where (id > 0);

-- column: identity
create table t (id int primary key, a int, b int);
alter table t alter b set not null, alter b add generated always as identity;
----
create table t (id int primary key, a int);

-- column: sequence of its own
create table t (id int primary key, a int, b int);
create sequence s owned by t.b;
alter table t alter b set default nextval('s');
----
create table t (id int primary key, a int);

-- column: sequence that another column takes
create table t (id int primary key, a int, b int);
create sequence s owned by t.b;
alter table t alter b set default nextval('s'), alter a set default nextval('s');
----
create table t (id int primary key, a int);
create sequence s;
alter table t alter a set default nextval('s');

-- column: sequence that stays
create table t (id int primary key, a int, b int);
create sequence s increment by 2 owned by t.b;
----
create table t (id int primary key, a int);
create sequence s;

-- column: virtual column [since 18]
create table t (id int primary key, a int, b int);
alter table t add c int generated always as (b + a) virtual;
----
create table t (id int primary key, a int);

-- column: view that is another one
create table t (id int primary key, a int, b int);
create view v as select b from t;
----
create table t (id int primary key, a int);

-- column: function that is another one
create table t (id int primary key, a int, b int);
create function g() returns bigint language sql begin atomic select sum(b) from t; end;
----
create table t (id int primary key, a int);

-- column: constraint that keeps its name
create table t (id int primary key, a int, b int);
alter table t add constraint t_c check (b > 0);
----
create table t (id int primary key, a int);
alter table t add constraint t_c check (a > 0);

-- foreign key to a table
create table t (id int primary key, a int);
create table x (id int primary key);
alter table t add foreign key (a) references x;
----
create table t (id int primary key, a int);

-- foreign key to another table
create table t (id int primary key, a int);
create table x (id int primary key);
create table y (id int primary key);
alter table t add constraint k foreign key (a) references x;
----
create table t (id int primary key, a int);
create table y (id int primary key);
alter table t add constraint k foreign key (a) references y;

-- view of a table
create table t (id int primary key, a int);
create table x (id int);
create view v as select x.id from x, t;
----
create table t (id int primary key, a int);
create view v as select id from t;

-- view with another type
create table t (id int primary key, a int);
create table x (id int);
create view v as select id as a from x;
----
create table t (id int primary key, a int);
create view v as select 'x'::text as a;

-- policy that reads a table
create table t (id int primary key, a int);
create table x (id int);
create policy p on t using (exists (select from x));
----
create table t (id int primary key, a int);
create policy p on t using (true);

-- parent of a table
create table t (id int primary key, a int);
create table x ();
alter table t inherit x;
----
create table t (id int primary key, a int);

-- parent of a partition
create table x (id int) partition by range(id);
create table t partition of x for values from (1) to (5);
----
create table t (id int);

-- partition of another table
create table x (id int) partition by range(id);
create table y (id int) partition by range(id);
create table t partition of x for values from (1) to (5);
----
create table y (id int) partition by range(id);
create table t partition of y for values from (1) to (5);

-- function of a row type
create table t (id int primary key, a int);
create table x (id int);
create function g(x) returns int language sql as 'select 1';
----
create table t (id int primary key, a int);

-- column of a row type
create table t (id int primary key, a int);
create table x (id int);
alter table t add c x;
----
create table t (id int primary key, a int);

-- function that reads a table
create table t (id int primary key, a int);
create table x (id int);
create function g() returns bigint language sql begin atomic select count(*) from x; end;
----
create table t (id int primary key, a int);
create function g() returns bigint language sql begin atomic select count(*) from t; end;

-- function of a table's trigger
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create table x (id int);
create trigger g before insert on x for each row execute function f();
----
create table t (id int primary key, a int);

-- rule into a table
create table t (id int primary key, a int);
create table x (id int);
create rule r as on insert to t do also insert into x values (1);
----
create table t (id int primary key, a int);

-- table of a publication
create table t (id int primary key, a int);
create table x (id int primary key);
create publication p for table t, x;
----
create table t (id int primary key, a int);
create publication p for table t;

-- sequence of a default
create table t (id int primary key, a int);
create sequence s;
alter table t alter a set default nextval('s');
----
create table t (id int primary key, a int);

-- other sequence of a default
create table t (id int primary key, a int);
create sequence s;
create sequence s2;
alter table t alter a set default nextval('s');
----
create table t (id int primary key, a int);
create sequence s2;
alter table t alter a set default nextval('s2');

-- sequence in a view
create table t (id int primary key, a int);
create sequence s;
create view v as select nextval('s') n;
----
create table t (id int primary key, a int);
create view v as select 1::bigint n;

-- sequence of a table that another one takes
create table t (id int primary key, a int);
create table x (id int);
create sequence s owned by x.id;
alter table t alter a set default nextval('s');
----
create table t (id int primary key, a int);
create sequence s;
alter table t alter a set default nextval('s');

-- enum of a column
create table t (id int primary key, a int);
create type e as enum ('a');
alter table t add c e;
----
create table t (id int primary key, a int);

-- enum in place of text
create table t (id int primary key, a int);
create type e as enum ('a');
alter table t add c e default 'a';
----
create table t (id int primary key, a int);
alter table t add c text default 'a';

-- enum in an index
create table t (id int primary key, a int);
create type e as enum ('a');
alter table t add c e;
create index i on t(c);
----
create table t (id int primary key, a int);
alter table t add c text;
create index i on t(c);

-- enum in a view
create table t (id int primary key, a int);
create type e as enum ('a');
alter table t add c e;
create view v as select c from t;
----
create table t (id int primary key, a int);
alter table t add c text;
create view v as select c from t;

-- enum of a function
create table t (id int primary key, a int);
create type e as enum ('a');
create function g(e) returns int language sql as 'select 1';
----
create table t (id int primary key, a int);

-- domain over an enum
create table t (id int primary key, a int);
create type e as enum ('a');
create domain d as e;
alter table t add c d;
----
create table t (id int primary key, a int);

-- domain in place of its type
create table t (id int primary key, a int);
create domain d as int check (value > 0);
alter table t add c d;
----
create table t (id int primary key, a int);
alter table t add c int;

-- composite type in another
create table t (id int primary key, a int);
create type c1 as (a int);
create type c2 as (b c1);
alter table t add c c2;
----
create table t (id int primary key, a int);

-- function in the check of a domain
create table t (id int primary key, a int);
create function g(int) returns boolean immutable language sql as 'select true';
create domain d as int check (g(value));
----
create table t (id int primary key, a int);
create domain d as int;

-- range type in an exclusion constraint
create table t (id int primary key, a int);
create type r as range (subtype=int4);
alter table t add c r;
alter table t add exclude using gist (c with &&);
----
create table t (id int primary key, a int);

-- function in a check
create table t (id int primary key, a int);
create function g(int) returns boolean immutable language sql as 'select true';
alter table t add constraint c check (g(a));
----
create table t (id int primary key, a int);
alter table t add constraint c check (a > 0);

-- function in an index
create table t (id int primary key, a int);
create function g(int) returns int immutable language sql as 'select 1';
create index i on t(g(a));
----
create table t (id int primary key, a int);
create index i on t(a);

-- function in a default
create table t (id int primary key, a int);
create function g() returns int language sql as 'select 1';
alter table t alter a set default g();
----
create table t (id int primary key, a int);
alter table t alter a set default 1;

-- function in a policy
create table t (id int primary key, a int);
create function g() returns boolean language sql as 'select true';
create policy p on t using (g());
----
create table t (id int primary key, a int);
create policy p on t using (true);

-- function in a view
create table t (id int primary key, a int);
create function g() returns int language sql as 'select 1';
create view v as select g() x;
----
create table t (id int primary key, a int);
create view v as select 1 x;

-- function with other arguments
create table t (id int primary key, a int);
create function g(int) returns int language sql as 'select 1';
create view v as select g(1) x;
----
create table t (id int primary key, a int);
create function g(bigint) returns int language sql as 'select 1';
create view v as select g(1::bigint) x;

-- function that returns another type to a view
create table t (id int primary key, a int);
create function g() returns int language sql as 'select 1';
create view v as select g() x;
----
create table t (id int primary key, a int);
create function g() returns bigint language sql as 'select 1::bigint';
create view v as select g() x;

-- function that returns another type to a default
create table t (id int primary key, a int);
create function g() returns int language sql as 'select 1';
alter table t alter a set default g();
----
create table t (id int primary key, a int);
create function g() returns bigint language sql as 'select 1::bigint';
alter table t alter a set default g();

-- function that returns another type to a check
create table t (id int primary key, a int);
create function g() returns int immutable language sql as 'select 1';
alter table t add constraint c check (a > g());
----
create table t (id int primary key, a int);
create function g() returns bigint immutable language sql as 'select 1::bigint';
alter table t add constraint c check (a > g());

-- function that returns another type to a column that goes
create table t (id int primary key, a int);
create function g() returns int immutable language sql as 'select 1';
alter table t add c int default g();
----
create table t (id int primary key, a int);
create function g() returns bigint immutable language sql as 'select 1::bigint';

-- function that returns another type to a generated column
create table t (id int primary key, a int);
create function g(int) returns int immutable language sql as 'select 1';
alter table t add c int generated always as (g(a)) stored;
----
create table t (id int primary key, a int);
create function g(int) returns bigint immutable language sql as 'select 1::bigint';

-- function of a trigger
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update on t for each row execute function f();
----
create table t (id int primary key, a int);
create function f2() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update on t for each row execute function f2();

-- operator in a check
create table t (id int primary key, a int);
create function eq(int,int) returns boolean immutable language sql as 'select $1=$2';
create operator === (leftarg=int,rightarg=int,function=eq);
alter table t add constraint c check (a === 1);
----
create table t (id int primary key, a int);
alter table t add constraint c check (a = 1);

-- cast in a view
create table t (id int primary key, a int);
create type c1 as (a int);
create function cc(c1) returns int immutable language sql as 'select 1';
create cast (c1 as int) with function cc(c1);
create view v as select row(1)::c1::int x;
----
create table t (id int primary key, a int);

-- aggregate in a view
create table t (id int primary key, a int);
create function st(int,int) returns int immutable language sql as 'select 1';
create aggregate ag(int) (sfunc=st,stype=int);
create view v as select ag(a) x from t;
----
create table t (id int primary key, a int);

-- column of a view in another
create table t (id int primary key, a int);
create view v as select id, a from t;
create view w as select a from v;
----
create table t (id int primary key, a int);
create view v as select id from t;
create view w as select id as a from v;

-- view in place of a table
create table t (id int primary key, a int);
create view v as select id from t;
----
create table t (id int primary key, a int);
create table v (id int);

-- view in place of a materialized view
create table t (id int primary key, a int);
create view v as select id from t;
create view w as select * from v;
----
create table t (id int primary key, a int);
create materialized view v as select id from t;
create view w as select * from v;

-- index of a materialized view
create table t (id int primary key, a int);
create materialized view v as select id from t;
create unique index on v(id);
----
create table t (id int primary key, a int);
create materialized view v as select id, a from t;
create unique index on v(id);

-- trigger of a view
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create view v as select id from t;
create trigger g instead of insert on v for each row execute function f();
----
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create view v as select id, a from t;
create trigger g instead of insert on v for each row execute function f();

-- views that change places
create table t (id int primary key, a int);
create view a1 as select id from t;
create view b1 as select id from a1;
----
create table t (id int primary key, a int);
create view b1 as select id from t;
create view a1 as select id from b1;

-- schema with what others use
create table t (id int primary key, a int);
create schema z;
create table z.x(id int primary key);
alter table t add foreign key (a) references z.x;
create function z.g() returns int language sql as 'select 1';
alter table t alter a set default z.g();
----
create table t (id int primary key, a int);

-- enum in another schema
create table t (id int primary key, a int);
create schema z;
create type z.e as enum ('a');
alter table t add c z.e;
----
create table t (id int primary key, a int);
create type e as enum ('a');
alter table t add c e;

-- type of an extension
create table t (id int primary key, a int);
create extension if not exists hstore;
alter table t add c hstore;
----
create table t (id int primary key, a int);

-- collation of a column
create table t (id int primary key, a int);
create collation cc (locale='C');
alter table t add c text collate cc;
create index i on t(c);
----
create table t (id int primary key, a int);
alter table t add c text;
create index i on t(c);

-- text search configuration in an index
create table t (id int primary key, a int);
create text search configuration tc (copy=simple);
create index i on t using gin(to_tsvector('tc'::regconfig, a::text));
----
create table t (id int primary key, a int);

-- key on another column
create table t (id int primary key, a int);
create table k (x int references t);
----
create table t (id int, a int primary key);
create table k (x int references t);

-- serial in place of an identity
create table t (id serial primary key);
----
create table t (id int generated always as identity primary key);

-- type of a key that is pointed to
create table t (id int primary key);
create table k (x int references t);
----
create table t (id bigint primary key);
create table k (x bigint references t);

-- type of a column in views
create table t (id int);
create view v as select id from t;
create materialized view m as select id from v;
create index i on m(id);
----
create table t (id bigint);
create view v as select id from t;
create materialized view m as select id from v;
create index i on m(id);

-- type of a column in a policy
create table t (id int);
create policy p on t using (id>0);
----
create table t (id bigint);
create policy p on t using (id>0);

-- type of a column in a trigger
create table t (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update of id on t for each row when (new.id>0) execute function f();
----
create table t (id bigint);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update of id on t for each row when (new.id>0) execute function f();

-- type of a column in a function
create table t (id int);
create function g() returns bigint language sql begin atomic select sum(id) from t; end;
----
create table t (id smallint);
create function g() returns bigint language sql begin atomic select sum(id) from t; end;

-- type of a column in statistics
create table t (id int, b int);
create statistics s on id, b from t;
----
create table t (id bigint, b int);
create statistics s on id, b from t;

-- type of a column in a publication
create table t (id int);
create publication p for table t where (id>0);
----
create table t (id bigint);
create publication p for table t where (id>0);

-- type of a column of a partitioned table
create table t (id int, b int) partition by range(id);
create table t1 partition of t for values from (1) to (2);
----
create table t (id int, b bigint) partition by range(id);
create table t1 partition of t for values from (1) to (2);

-- type of a column in constraints
create table t (id int, b int, check (b > 0), exclude using gist (int4range(id, b) with &&));
----
create table t (id int, b smallint, check (b > 0), exclude using gist (int4range(id, b) with &&));

-- sequence of another table
create table t (id int);
create sequence s owned by t.id;
----
create table t (id int);
create table u (id int);
create sequence s owned by u.id;

-- column with another name, and a key that changes with it
create table t (id int primary key, code text not null, constraint t_key unique (code));
----
create table t (id int primary key, label text constraint t_code_not_null not null);
alter table t add constraint t_key unique (label, id);

-- function with another name and other rights
create function f() returns trigger language plpgsql as 'begin return new; end';
revoke execute on function f() from public;
create table t (id int);
create trigger g before update on t for each row execute function f();
----
create function touch() returns trigger language plpgsql as 'begin return new; end';
create table t (id int);
create trigger g before update on t for each row execute function touch();

-- column with another name and another right, in a view
create table t (id int, a int);
grant select (a) on t to pg_monitor;
create view v as select a from t;
----
create table t (id int, b int);
create view v as select b as a from t;

-- column with another name and another index, in a publication
create table t (id int, a int);
create publication p for table t (id, a);
----
create table t (id int, b int);
create index t_i on t (b);
create publication p for table t (id, b);

-- tables that point to each other
create table t (id int primary key, a int);
create table x (id int primary key, y int);
create table y (id int primary key, x int references x);
alter table x add constraint x_y foreign key (y) references y;
alter table t add foreign key (a) references x;
----
create table t (id int primary key, a int);

-- types without a cast
create table t (id int primary key, a int, b numeric[], c uuid, d timestamp, e text);
----
create table t (id int primary key, a uuid, b jsonb, c int, d time, e uuid);
