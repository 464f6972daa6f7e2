create table logs (at timestamptz not null) partition by range (at);
