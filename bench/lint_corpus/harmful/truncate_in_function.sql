create procedure reset_carts() language plpgsql as $$
begin
  truncate carts;
end
$$;
-- harm: loses: all carts
call reset_carts();
