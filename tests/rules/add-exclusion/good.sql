create table bookings_without_overlap (
  id bigint primary key,
  during tstzrange not null,
  constraint bookings_without_overlap_during_excl exclude using gist (during with &&)
);
