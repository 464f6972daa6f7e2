-- harm: locks: the default partition is read for rows of the new one while nobody may read the events
create table events_2031 partition of events
  for values from ('2031-01-01 00:00+00') to ('2032-01-01 00:00+00');
