-- harmless: current_user is stable
alter table orders add column created_by text not null default current_user;
