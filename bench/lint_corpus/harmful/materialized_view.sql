-- harm: locks: nobody may read the totals while all orders are summed up
refresh materialized view customer_totals;
