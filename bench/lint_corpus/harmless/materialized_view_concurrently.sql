-- harmless: the old rows are there until the new ones are
refresh materialized view concurrently customer_totals;
