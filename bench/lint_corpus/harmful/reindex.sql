-- harm: locks: nobody may write, and whoever plans a query waits
reindex table orders;
