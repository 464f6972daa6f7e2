-- harm: locks: every table with such a column is read while nobody may write to it
alter domain cents add constraint cents_positive check (value >= 0);
