-- Drop comments.

drop table comments;
