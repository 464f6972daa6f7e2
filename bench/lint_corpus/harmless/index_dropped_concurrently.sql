-- harmless: nobody waits, and nothing but speed was in it
-- transactional: false
drop index concurrently if exists customers_city_idx;
