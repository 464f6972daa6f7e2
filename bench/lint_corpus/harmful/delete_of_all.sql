-- harm: loses: all sessions, and each row stays locked to the end of the transaction
delete from sessions;
