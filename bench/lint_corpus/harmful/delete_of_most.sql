-- harm: locks: a third of the sessions in one transaction, each locked to its end
delete from sessions where expires_at < '2025-01-01 00:00+00';
