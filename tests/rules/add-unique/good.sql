-- transactional: false
create unique index concurrently tags_name_key on tags (name);
alter table tags add constraint tags_name_key unique using index tags_name_key;
