-- transactional: false
-- harm: locks: the whole table is written again while nobody may read
vacuum full sessions;
