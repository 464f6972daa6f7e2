create table tags (id bigint primary key, name text not null);
