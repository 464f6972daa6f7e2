cluster tasks using tasks_pkey;
