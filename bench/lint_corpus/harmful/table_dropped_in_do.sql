-- harm: loses: fifteen thousand archived orders, under a name that is made when it runs
do $$
begin
  execute 'drop table if exists ' || quote_ident('order_' || 'archive');
end
$$;
