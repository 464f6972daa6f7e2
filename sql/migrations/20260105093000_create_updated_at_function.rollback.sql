-- Drop the trigger function that keeps updated_at.

drop function set_updated_at();
