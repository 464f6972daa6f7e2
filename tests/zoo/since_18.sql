-- what PostgreSQL 18 has and older ones lack

create extension btree_gist;
create table rooms (id integer, during daterange, note text, doubled integer generated always as (id * 2) virtual,
    constraint rooms_pkey primary key (id, during without overlaps));
create table bookings (id integer primary key, room integer, during daterange, size integer,
    constraint bookings_room_fkey foreign key (room, period during) references rooms (id, period during),
    constraint bookings_size_check check (size > 0) not enforced);
create table lenient (id integer primary key, booking integer,
    constraint lenient_booking_fkey foreign key (booking) references bookings (id) not enforced);
