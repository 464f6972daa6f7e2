alter domain points add constraint points_check check (value is distinct from 0) not valid;
