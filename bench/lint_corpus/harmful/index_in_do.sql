-- harm: locks: nobody may write to the orders while the index is built, block or not
do $$
begin
  if to_regclass('orders_channel_idx') is null then
    create index orders_channel_idx on orders (channel);
  end if;
end
$$;
