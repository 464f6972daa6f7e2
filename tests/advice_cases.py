"""What each rule of advice finds, and what it leaves alone: a script for either, and the object that is named."""

from __future__ import annotations

from dataclasses import dataclass

LOOK = "do $$ begin for n in 1..120 loop perform from t where id = n; end loop; end $$;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A script that makes a finding on `object`, with words of what is said, and one that makes none."""

    rule: str
    object: str
    risk: str
    words: tuple[str, ...]
    bad: str
    good: str


def rows(count: int, columns: str = "id bigint primary key, a int, b int") -> str:
    return f"create table t ({columns}); insert into t select n, n % 1000, n from generate_series(1, {count}) as n;"


def big(name: str, count: int) -> str:
    """Return what makes the server believe that a table is large."""
    return f"update pg_class set reltuples = {count}, relpages = {count // 50} where relname = '{name}';"


PARTITIONS = """
create table t (at timestamptz not null) partition by range (at);
do $$
begin
  for n in -1..{last} loop
    execute format(
      'create table %I partition of t for values from (%L) to (%L)', 't' || n + 1,
      date_trunc('month', now()) + n * interval '1 month', date_trunc('month', now()) + (n + 1) * interval '1 month'
    );
  end loop;
end
$$;
"""

CASES = (
    Case(
        rule="invalid-index",
        object="public.t_a_idx",
        risk="medium",
        words=("reindex index concurrently public.t_a_idx", "invalid, "),
        bad=f"{rows(10)} create index on t (a); update pg_index set indisvalid = false"
        " where indexrelid = 't_a_idx'::regclass;",
        good=f"{rows(10)} create index on t (a);",
    ),
    Case(
        rule="invalid-index",
        object="public.t_a_idx_ccnew1",
        risk="medium",
        words=("drop index concurrently public.t_a_idx_ccnew1", "reindex concurrently was broken off"),
        bad=f"{rows(10)} create index t_a_idx_ccnew1 on t (a); update pg_index set indisvalid = false"
        " where indexrelid = 't_a_idx_ccnew1'::regclass;",
        good=f"{rows(10)} create index t_a_idx_ccnew1 on t (a);",
    ),
    Case(
        rule="invalid-index",
        object="public.t_a_idx",
        risk="high",
        words=("what it should keep unique may not be",),
        bad=f"{rows(10)} create unique index t_a_idx on t (b); update pg_index set indisvalid = false"
        " where indexrelid = 't_a_idx'::regclass;",
        good=f"{rows(10)} create unique index t_a_idx on t (b);",
    ),
    Case(
        rule="unused-index",
        object="public.t_b_idx",
        risk="low",
        words=(
            "drop index concurrently public.t_b_idx",
            "CREATE INDEX t_b_idx ON public.t USING btree (b)",
            " times and 60,000 rows were written",
        ),
        bad=f"{rows(60_000)} create index on t (b); {LOOK}",
        good=f"{rows(60_000)} create unique index on t (b); alter table t add unique (b, id); {LOOK}",
    ),
    Case(
        rule="unused-index",
        object="public.t_b_idx",
        risk="low",
        words=("drop index public.t_b_idx", "locks the table and its partitions"),
        bad="create table t (id bigint, b int) partition by range (id);"
        " create table p partition of t for values from (0) to (100000); create index on t (b);"
        f" insert into t select n, n from generate_series(1, 60000) as n; vacuum analyze p; {LOOK}",
        good="create table t (id bigint, b int) partition by range (id);"
        " create table p partition of t for values from (0) to (100000); create index on t (b);"
        " insert into t select n, n from generate_series(1, 60000) as n; vacuum analyze p;"
        " do $$ begin for n in 1..120 loop perform from t where b = n; end loop; end $$;",
    ),
    Case(
        rule="duplicate-index",
        object="public.again",
        risk="low",
        words=("the same keys as public.first", "drop index concurrently public.again"),
        bad=f"{rows(10)} create index first on t (a, lower(b::text)) where b > 0;"
        " create index again on t (a, lower(b::text)) where b > 0;",
        good=f"{rows(10)} create index first on t (a); create index again on t (a desc); create index third on t (a)"
        " where b > 0; create index fourth on t using hash (a); create unique index fifth on t (b);"
        " create unique index sixth on t (b) nulls not distinct;",
    ),
    Case(
        rule="duplicate-index",
        object="public.t_b_key",
        risk="low",
        words=("alter table public.t drop constraint t_b_key",),
        bad="create table t (b int primary key); alter table t add constraint t_b_key unique (b);",
        good="create table t (b int primary key); alter table t add constraint t_b_key unique (b) deferrable;",
    ),
    Case(
        rule="redundant-index",
        object="public.short",
        risk="low",
        words=("public.long begins with the same keys", "drop index concurrently public.short"),
        bad=f"{rows(60_000)} create index short on t (b); create index long on t (b, a);",
        good=f"{rows(60_000)} create unique index short on t (b); create index long on t (b, a);"
        " create index other on t (b) where a > 0; create index second on t (a);",
    ),
    Case(
        rule="redundant-index",
        object="public.short",
        risk="low",
        words=("drop index public.short", "locks the table and its partitions"),
        bad="create table t (a int, b int) partition by range (a);"
        " create table p partition of t for values from (0) to (99999);"
        " create index short on t (a); create index long on t (a, b);"
        " insert into t select n, n from generate_series(1, 60000) as n; vacuum analyze p;",
        good="create table t (a int, b int) partition by range (a);"
        " create table p partition of t for values from (0) to (99999);"
        " create index short on t (a); create index long on t (b, a);"
        " insert into t select n, n from generate_series(1, 60000) as n; vacuum analyze p;",
    ),
    Case(
        rule="foreign-key-without-index",
        object="public.t.t_a_fkey",
        risk="medium",
        words=("create index concurrently on public.t (a)", "public.p reads them all (1 deleted so far)"),
        bad=f"create table p (a int primary key); insert into p select generate_series(0, 1001);"
        f" {rows(20_000, 'id bigint, a int references p, b int')} delete from p where a = 1001; analyze t;",
        good="create table p (a int primary key); insert into p select generate_series(0, 1001);"
        f" {rows(20_000, 'id bigint, a int references p, b int')} "
        " create index on t (a) where a is not null; analyze t;",
    ),
    Case(
        rule="foreign-key-without-index",
        object="public.t.t_a_b_fkey",
        risk="low",
        words=("create index concurrently on public.t (a, b)",),
        bad="create table p (a int, b int, primary key (a, b)); "
        " create table t (a int, b int, foreign key (a, b) references p);"
        f" create index on t (a); {big('t', 5000)}",
        good="create table p (a int, b int, primary key (a, b));"
        " create table t (a int, b int, c int, foreign key (a, b) references p);"
        f" create index on t (b, a, c); {big('t', 5000)}",
    ),
    Case(
        rule="sequential-scans",
        object="public.t",
        risk="low",
        words=("read from end to end 11", "rows each time, and 0 times by an index"),
        bad=f"{rows(20_000)} analyze t; do $$ begin for n in 1..110 loop perform count(*) from t where b = n;"
        " end loop; end $$;",
        good=f"{rows(20_000)} create index on t (b); analyze t;"
        " do $$ begin for n in 1..110 loop perform from t where b = n; end loop; end $$;",
    ),
    Case(
        rule="one-sided-index",
        object="public.t_c_idx",
        risk="low",
        words=("create index concurrently on public.t (c) where c is not null", "95 % of its entries are null"),
        bad=f"{rows(0)} alter table t add c int; insert into t select n, n, n, case when n % 20 = 0 then n end"
        " from generate_series(1, 200000) as n; create index on t (c); analyze t;",
        good=f"{rows(0)} alter table t add c int; insert into t select n, n, n, case when n % 20 = 0 then n end"
        " from generate_series(1, 200000) as n; create index on t (c) where b > 0;"
        " create index on t (b); analyze t;",
    ),
    Case(
        rule="one-sided-index",
        object="public.t_c_idx",
        risk="low",
        words=("95 % of the rows have one value",),
        bad=f"{rows(0)} alter table t add c int; insert into t select n, n, n, case when n % 20 = 0 then n else 7 end"
        " from generate_series(1, 200000) as n; create index on t (c); analyze t;",
        good=f"{rows(200_000)} create index on t (a); analyze t;",
    ),
    Case(
        rule="bloated-index",
        object="public.t_pkey",
        risk="low",
        words=("reindex index concurrently public.t_pkey", "may be off by a fifth"),
        bad=f"{rows(900_000)} delete from t where id % 10 <> 0; vacuum analyze t;",
        good=f"{rows(100_000)} create index on t (b); vacuum analyze t;",
    ),
    Case(
        rule="bloated-table",
        object="public.t",
        risk="low",
        words=("vacuum (full, analyze) public.t", "may be off by a fifth"),
        bad=f"{rows(400_000)} delete from t where id % 10 <> 0; vacuum analyze t;",
        good="create table t (a int, b text, c jsonb, d timestamptz default now());"
        " insert into t select n, repeat('x', n % 90), case when n % 2 = 0 then jsonb_build_object('n', n) end"
        " from generate_series(1, 150000) as n; vacuum analyze t;",
    ),
    Case(
        rule="overdue-vacuum",
        object="public.t",
        risk="medium",
        words=("vacuum public.t", "20,000 dead rows", "autovacuum is off for it", "let autovacuum do it"),
        bad="create table t (id int) with (autovacuum_enabled = off); insert into t select generate_series(1, 40000);"
        " delete from t where id > 20000; analyze t;",
        good=f"{rows(40_000)} delete from t where id > 20000; vacuum analyze t;",
    ),
    Case(
        rule="overdue-analyze",
        object="public.t",
        risk="low",
        words=("never analyzed, and about 20,000 rows", "analyze public.t"),
        bad=rows(20_000),
        good=f"{rows(20_000)} analyze t;",
    ),
    Case(
        rule="overdue-analyze",
        object="public.t",
        risk="low",
        words=("20,000 rows changed, autovacuum comes at 2,050", "analyzed "),
        bad=f"{rows(20_000)} analyze t; update t set a = a;",
        good=f"{rows(20_000)} analyze t; update t set a = a where id < 2000;",
    ),
    Case(
        rule="overdue-analyze",
        object="public.t",
        risk="low",
        words=("autovacuum does not, of a partitioned table",),
        bad="create table t (id int) partition by range (id); "
        " create table p partition of t for values from (0) to (9999);"
        " insert into t select generate_series(1, 2000); analyze p;",
        good="create table t (id int) partition by range (id); "
        " create table p partition of t for values from (0) to (9999);"
        " insert into t select generate_series(1, 2000); analyze t;",
    ),
    Case(
        rule="table-without-primary-key",
        object="public.t",
        risk="low",
        words=("alter table public.t add primary key using index u", "nothing tells two rows apart"),
        bad="create table t (id int not null); create unique index u on t (id);",
        good="create table t (id int primary key); create temporary table u (id int);",
    ),
    Case(
        rule="table-without-primary-key",
        object="public.t",
        risk="medium",
        words=("it is published: update and delete are refused", "an identity if nothing else is one"),
        bad="create table t (id int); create publication p for table t;",
        good="create table t (id int primary key); create publication p for table t;",
    ),
    Case(
        rule="sequence-near-end",
        object="public.t_id_seq",
        risk="high",
        words=("at 2,000,000,000 of 2,147,483,647 (93 %)", "it fills public.t.id, of type integer", "type bigint"),
        bad="create table t (id serial); select setval('t_id_seq', 2000000000);",
        good="create table t (id bigserial); select setval('t_id_seq', 2000000000);",
    ),
    Case(
        rule="sequence-near-end",
        object="public.s",
        risk="medium",
        words=("it fills public.t.id, of type smallint",),
        bad="create sequence s; create table t (id smallint default nextval('s')); select setval('s', 25000);",
        good="create sequence s cycle maxvalue 30000; "
        " create table t (id int default nextval('s')); select setval('s', 25000);",
    ),
    Case(
        rule="sequence-near-end",
        object="public.s",
        risk="high",
        words=("alter sequence public.s as bigint no maxvalue",),
        bad="create sequence s maxvalue 1000; select setval('s', 999);",
        good="create sequence s maxvalue 1000; select setval('s', 500);"
        " create sequence z minvalue -9 maxvalue 0; select setval('z', -1);",
    ),
    Case(
        rule="integer-key",
        object="public.t.id",
        risk="low",
        words=("integer, the primary key of about 2,000,000 rows", "alter column id type bigint"),
        bad=f"create table t (id int generated always as identity primary key); {big('t', 2_000_000)}",
        good=f"create table t (id bigint generated always as identity primary key); {big('t', 2_000_000)}"
        f" create table u (id int primary key); {big('u', 2_000_000)}",
    ),
    Case(
        rule="integer-key",
        object="public.t.a",
        risk="medium",
        words=("integer, and points to a bigint of public.p", "alter table public.t alter column a type bigint"),
        bad="create table p (a bigint primary key); create table t (a int references p);",
        good="create table p (a bigint primary key); create table t (a bigint references p);",
    ),
    Case(
        rule="partitions-to-come",
        object="public.t",
        risk="medium",
        words=("its partitions end in ", "then inserts fail", "partition of public.t for values from ('"),
        bad=PARTITIONS.format(last=0),
        good=PARTITIONS.format(last=2),
    ),
    Case(
        rule="partitions-to-come",
        object="public.t",
        risk="high",
        words=("ended ", "new inserts fail"),
        bad=PARTITIONS.format(last=-1),
        good=PARTITIONS.format(last=-1) + "create table rest partition of t for values from (now()) to (maxvalue);",
    ),
    Case(
        rule="partitions-to-come",
        object="public.t",
        risk="medium",
        words=("new rows go to the default partition", "a scan of the default partition"),
        bad=PARTITIONS.format(last=-1) + "create table rest partition of t default;",
        good="create table t (a int) partition by list (a); create table u (a int) partition by range (a);"
        " create table v (at date) partition by range (at);"
        " create table w partition of v for values from ('2020-01-01') to (maxvalue) partition by range (at);"
        " create table x partition of w for values from ('2020-01-01') to ('2020-02-01');",
    ),
    Case(
        rule="default-partition",
        object="public.rest",
        risk="medium",
        words=("the default partition of public.t has about 5 rows",),
        bad="create table t (a int) partition by list (a); create table rest partition of t default;"
        " insert into t select generate_series(1, 5);",
        good="create table t (a int) partition by list (a); create table rest partition of t default;",
    ),
    Case(
        rule="outdated-extension",
        object="plpgsql",
        risk="low",
        words=("alter extension plpgsql update", "version 0.9, and the server has 1.0"),
        bad="update pg_extension set extversion = '0.9' where extname = 'plpgsql';",
        good="",
    ),
)
