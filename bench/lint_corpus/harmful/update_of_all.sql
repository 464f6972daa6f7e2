-- harm: locks: every order stays locked for writers, and its old row stays, to the end of the transaction
update orders set delivered_by = coalesce(delivered_by, 'post');
