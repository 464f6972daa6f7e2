reindex table tasks;
