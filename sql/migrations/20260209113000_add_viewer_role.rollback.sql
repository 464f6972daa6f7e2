-- Make the type of roles anew without viewer, and refuse while anybody is one.
--
-- PostgreSQL cannot drop a label. No other role is right for a viewer: an editor may write, and to remove the person
-- would lose a row; so a human decides first.

do $$
begin
    if exists (select from project_members where role = 'viewer') then
        raise exception 'project_members holds viewers, and the role is about to be removed'
            using errcode = 'dependent_objects_still_exist',
                  hint = 'give them another role or end their membership, then roll back again';
    end if;
end
$$;

alter type member_role rename to member_role_with_viewer;

create type member_role as enum ('owner', 'editor');

comment on type member_role is
    'What a member of a project may do, strongest first: owner administers it, editor writes its tasks.';

alter table project_members
    alter column role drop default,
    alter column role type member_role using role::text::member_role,
    alter column role set default 'editor';

drop type member_role_with_viewer;
