-- harm: breaks: the release asks for the old name from this moment on
alter table carts rename to baskets;
