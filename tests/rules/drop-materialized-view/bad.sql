drop materialized view titles;
