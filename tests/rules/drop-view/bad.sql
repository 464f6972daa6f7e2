drop view titles;
