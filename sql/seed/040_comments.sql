-- Sample comments, on a task and on a project.

alter table comments no force row level security;

insert into comments (id, user_id, task_id, project_id, body, created_at) values
    (
        'e0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000002',
        'c0000000-0000-4000-8000-000000000001',
        null,
        'The market has plants until Saturday.',
        '2026-05-18 12:00:00+00'
    ),
    (
        'e0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001',
        'c0000000-0000-4000-8000-000000000001',
        null,
        'Then I go tomorrow.',
        '2026-05-18 12:30:00+00'
    ),
    (
        'e0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000001',
        null,
        'b0000000-0000-4000-8000-000000000001',
        'Welcome, both of you! The plan of the beds is attached.',
        '2026-05-01 10:10:00+00'
    );

alter table comments force row level security;
