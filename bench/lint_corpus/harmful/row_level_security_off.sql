-- harm: breaks: from this moment on every customer's session sees the carts of all others
alter table carts disable row level security;
