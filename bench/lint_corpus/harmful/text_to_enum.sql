create type session_kind as enum ('web', 'app');
-- harm: locks: an enum is stored in another way, so the table is written again
alter table sessions alter column kind type session_kind using kind::session_kind;
