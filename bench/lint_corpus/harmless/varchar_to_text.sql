-- harmless: text and varchar are stored alike, and the plain index stays
alter table customers alter column city type text;
