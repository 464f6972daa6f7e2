-- transactional: false
reindex table concurrently tasks;
