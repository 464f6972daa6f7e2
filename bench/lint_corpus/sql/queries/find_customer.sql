-- Who is this customer?
select c.id, c.email, c.name, c.phone, c.city
from customers as c
where lower(c.email) = lower($1);
