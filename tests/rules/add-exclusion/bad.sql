alter table bookings add constraint bookings_during_excl exclude using gist (during with &&);
