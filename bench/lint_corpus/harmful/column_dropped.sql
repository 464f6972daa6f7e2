-- harm: breaks: the release reads the column, and what it held is gone
alter table customers drop column phone;
