-- Drop time blocks and the extension they needed.

drop table time_blocks;

drop extension btree_gist;
