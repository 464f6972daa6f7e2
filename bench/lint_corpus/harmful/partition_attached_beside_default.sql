create table events_2031 (like events including all);
-- harm: locks: the default partition is read for rows of the new one while nobody may read it
alter table events attach partition events_2031
  for values from ('2031-01-01 00:00+00') to ('2032-01-01 00:00+00');
