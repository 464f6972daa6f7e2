alter table events add constraint events_number_not_null check (number is not null) not valid;
