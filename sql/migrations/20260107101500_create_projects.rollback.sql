-- Drop projects and the domain of their colours.

drop table projects;

drop domain hex_color;
