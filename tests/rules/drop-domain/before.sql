create domain points as integer;
