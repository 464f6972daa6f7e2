-- Create the one trigger function that keeps updated_at on every table.
--
-- why: a time of change that clients fill in is wrong as soon as one of them forgets
-- effect: none on data; no lock on any table
-- risk: low
-- phase: expand

create function set_updated_at() returns trigger
language plpgsql
as $$
begin
    -- now() is the start of the transaction: all rows that change together carry the same time
    new.updated_at := now();
    return new;
end
$$;

-- a trigger needs no execute privilege when it fires, and nobody has another use for the function
revoke execute on function set_updated_at() from public;

comment on function set_updated_at() is
    'Trigger: sets updated_at to the time of the transaction, whatever the client sent.';
