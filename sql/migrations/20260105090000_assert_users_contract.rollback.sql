-- Undo nothing: the migration asserts a contract and changes no object.

select 'public.users belongs to Better Auth and stays as it is' as note;
