-- harmless: three rows, and no trigger
update countries set region = 'EU' where code in ('AT', 'DE');
