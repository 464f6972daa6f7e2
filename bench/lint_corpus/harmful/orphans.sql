create table warehouses (id integer primary key, name varchar(80) not null);
insert into warehouses values (1, 'Vienna'), (2, 'Graz');
-- harm: fails (23503): lines name warehouses that nobody knows
alter table order_items
  add constraint order_items_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id);
