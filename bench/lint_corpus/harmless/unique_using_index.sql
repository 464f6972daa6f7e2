-- harmless: the index was built before, and only gets another owner
alter table customers add constraint customers_legacy_number_key unique using index customers_legacy_number_idx;
