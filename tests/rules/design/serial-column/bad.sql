create table things (number serial);
