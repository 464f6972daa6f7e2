-- harm: fails (2BP01): a view returns the column, and the release reads it
alter table orders drop column number;
