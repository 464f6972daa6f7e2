alter table tasks alter column low set expression as (upper(title));
