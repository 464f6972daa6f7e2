-- harm: loses: what is longer than five letters, and the table is written again
alter table orders alter column note type varchar(5) using left(note, 5);
