-- harm: locks: two of three orders stay locked for writers to the end of the transaction
update orders set note = 'closed' where status in ('paid', 'shipped');
