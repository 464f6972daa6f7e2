-- harmless: a thousand rows at a time, each batch committed
-- transactional: false
do $$
begin
  for low in 0..29 loop
    update orders set delivered_by = 'mail' where id > low * 1000 and id <= (low + 1) * 1000;
    commit;
  end loop;
end
$$;
