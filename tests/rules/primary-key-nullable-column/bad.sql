alter table events add primary key using index events_number_idx;
