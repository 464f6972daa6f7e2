alter table tasks alter constraint k enforced;
