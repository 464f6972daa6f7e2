-- harm: breaks: the role of the release sees no row from this moment on
alter table sessions enable row level security;
