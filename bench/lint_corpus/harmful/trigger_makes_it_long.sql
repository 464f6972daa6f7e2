-- harm: locks: two hundred products, and a trigger that writes every line of every order
update products set price = price * 1.02;
