update tasks set priority = 3 where priority is distinct from 3;
