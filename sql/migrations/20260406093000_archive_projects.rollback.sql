-- Take the archive away again: archived projects are live, and names may repeat.

drop index projects_user_id_lower_idx;

alter table projects drop column archived_at;
