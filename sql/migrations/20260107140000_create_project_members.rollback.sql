-- Drop the members of projects and the type of their roles.

drop table project_members;

drop type member_role;
