-- harmless: three rows, found by their key
update orders set note = 'see ticket 4711' where id in (11, 12, 13);
