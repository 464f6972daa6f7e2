-- harm: locks: every row gets its number, so the table is written again
alter table order_archive add column id bigint generated always as identity;
