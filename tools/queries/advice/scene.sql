-- Who asks which server, how old are its statistics, and what is hidden from this role?
select
  current_database() as database,
  current_user::text as role,
  current_setting('server_version') as server_version,
  pg_is_in_recovery() as standby,
  current_setting('neon.timeline_id', true) is not null as neon,
  extract(epoch from now() - pg_postmaster_start_time())::float as uptime_seconds,
  -- Those of the server as a whole are reset when a crash has lost all statistics; the oldest of them is the start
  extract(
    epoch from now() - greatest(
      (select stats_reset from pg_stat_database where datname = current_database()),
      least(
        (select stats_reset from pg_stat_archiver),
        (select stats_reset from pg_stat_bgwriter),
        (select stats_reset from pg_stat_wal)
      )
    )
  )::float as statistics_seconds,
  (select count(*) from pg_stat_replication) + (
    select count(*) from pg_replication_slots where slot_type = 'physical'
  ) as standbys,
  pg_has_role('pg_read_all_stats', 'usage') as reads_statistics,
  (
    select count(*)
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm')
      and n.nspname !~ '^pg_'
      and n.nspname <> 'information_schema'
      and (not has_table_privilege(c.oid, 'select') or row_security_active(c.oid))
  ) as hidden_tables,
  (
    select count(*)
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    -- has_sequence_privilege() refuses what is none, and a planner may ask it first
    where case when c.relkind = 'S' then not has_sequence_privilege(c.oid, 'select, usage') end
      and n.nspname !~ '^pg_'
  ) as hidden_sequences,
  (
    select jsonb_object_agg(e.extname, quote_ident(n.nspname))
    from pg_extension as e
    join pg_namespace as n on n.oid = e.extnamespace
  ) as extensions;
