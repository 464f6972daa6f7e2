-- Sample settings of two users; the others have the defaults.

alter table user_settings no force row level security;

insert into user_settings (user_id, timezone, locale, settings) values
    ('a0000000-0000-4000-8000-000000000001', 'Europe/Vienna', 'de-AT', '{"theme": "dark", "week_starts_on": 1}'),
    ('a0000000-0000-4000-8000-000000000002', 'UTC', 'en', '{}');

alter table user_settings force row level security;
