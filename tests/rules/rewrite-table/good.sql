-- transactional: false
vacuum tasks;
