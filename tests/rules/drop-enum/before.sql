create type state as enum ('todo', 'done');
