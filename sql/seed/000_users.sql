-- Sample people, as Better Auth would store them: Alice owns, Bob edits, Carol views, Dave shares nothing with anybody.
--
-- For scratch and development databases only. Run the files of this folder in the order of their names, each in one
-- transaction, as the owner of the tables. An owner who is neither superuser nor bypassrls is bound by the forced
-- policies: hence the later files lift the force on what they fill, and put it back. Keys tell their table by the first
-- digits, so that rows are easy to recognise.

insert into users (id, name, email, email_verified, image) values
    ('a0000000-0000-4000-8000-000000000001', 'Alice', 'alice@example.com', true, 'https://example.com/alice.png'),
    ('a0000000-0000-4000-8000-000000000002', 'Bob', 'bob@example.com', true, null),
    ('a0000000-0000-4000-8000-000000000003', 'Carol', 'carol@example.com', true, null),
    ('a0000000-0000-4000-8000-000000000004', 'Dave', 'dave@example.com', false, null);

-- not a password of anybody: no hash has this form
insert into accounts (id, account_id, provider_id, user_id, password, updated_at) values
    (
        'a1000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001',
        'credential',
        'a0000000-0000-4000-8000-000000000001',
        'sample-hash',
        '2026-06-01 08:00:00+00'
    );

insert into sessions (id, expires_at, token, updated_at, ip_address, user_agent, user_id) values
    (
        'a2000000-0000-4000-8000-000000000001',
        '2026-06-08 08:00:00+00',
        'sample-token',
        '2026-06-01 08:00:00+00',
        '192.0.2.1',
        'Mozilla/5.0',
        'a0000000-0000-4000-8000-000000000001'
    );

insert into verifications (id, identifier, value, expires_at) values
    ('a3000000-0000-4000-8000-000000000001', 'dave@example.com', 'sample-code', '2026-06-02 08:00:00+00');
