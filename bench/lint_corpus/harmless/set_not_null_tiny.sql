-- harmless: three countries are read in no time
alter table countries alter column region set not null;
