-- How must a session be set so that reading a live database hurts nobody, and prints alike everywhere?
set local search_path = '';
set local statement_timeout = '15s';
set local lock_timeout = '500ms';
set local idle_in_transaction_session_timeout = '60s';
set local jit = off;
set local max_parallel_workers_per_gather = 0;
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local timezone = 'UTC';
set local quote_all_identifiers = off;
set local standard_conforming_strings = on;
