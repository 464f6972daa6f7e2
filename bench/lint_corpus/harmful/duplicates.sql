-- transactional: false
-- harm: fails (23505): many customers share a phone, and an invalid index stays
create unique index concurrently customers_phone_idx on customers (phone);
