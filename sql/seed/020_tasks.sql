-- Sample tasks: in every status, placed, nested, labelled, recurring in every way, overdue, done and thrown away.

alter table tasks no force row level security;
alter table task_assignments no force row level security;

insert into tasks (
    id, user_id, project_id, title, description, status, priority, due_at, position, tags, metadata, created_at
)
values
    (
        'c0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001',
        'b0000000-0000-4000-8000-000000000001',
        'Plant the tomatoes',
        'Six plants, after the last frost, where they get the sun until evening.',
        'in_progress',
        2,
        '2026-06-10 16:00:00+00',
        1,
        '{outdoor,spring}',
        '{"weather": {"min_celsius": 8}, "source": "calendar"}',
        '2026-05-05 08:00:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000002',
        'b0000000-0000-4000-8000-000000000001',
        'Turn the compost',
        null,
        'todo',
        4,
        null,
        2,
        '{outdoor}',
        '{}',
        '2026-05-06 08:00:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000001',
        'b0000000-0000-4000-8000-000000000001',
        'Build a second greenhouse',
        'Too dear this year.',
        'cancelled',
        5,
        null,
        3,
        '{}',
        '{}',
        '2026-05-07 08:00:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000004',
        null,
        'Buy milk',
        null,
        'todo',
        3,
        '2026-06-01 18:00:00+00',
        null,
        '{errand}',
        '{"source": "voice"}',
        '2026-05-31 07:30:00+00'
    );

-- parts of the first task, one of them done
insert into tasks (id, user_id, project_id, parent_id, title, status, completed_at, created_at) values
    (
        'c0000000-0000-4000-8000-000000000005',
        'a0000000-0000-4000-8000-000000000001',
        'b0000000-0000-4000-8000-000000000001',
        'c0000000-0000-4000-8000-000000000001',
        'Buy the plants',
        'done',
        '2026-05-20 11:00:00+00',
        '2026-05-05 08:01:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000006',
        'a0000000-0000-4000-8000-000000000002',
        'b0000000-0000-4000-8000-000000000001',
        'c0000000-0000-4000-8000-000000000001',
        'Dig the bed',
        'todo',
        null,
        '2026-05-05 08:02:00+00'
    );

insert into tasks (id, user_id, project_id, title, due_at, recurrence, created_at) values
    (
        'c0000000-0000-4000-8000-000000000007',
        'a0000000-0000-4000-8000-000000000001',
        null,
        'Water the seedlings',
        '2026-06-01 06:00:00+00',
        row('daily', 2, '2026-06-30')::recurrence,
        '2026-05-08 08:00:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000008',
        'a0000000-0000-4000-8000-000000000001',
        null,
        'Call mother',
        '2026-06-07 15:00:00+00',
        row('weekly', 1, null)::recurrence,
        '2026-05-08 08:01:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000009',
        'a0000000-0000-4000-8000-000000000004',
        null,
        'Pay the rent',
        '2026-07-01 10:00:00+00',
        row('monthly', 1, null)::recurrence,
        '2026-05-08 08:02:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000010',
        'a0000000-0000-4000-8000-000000000001',
        'b0000000-0000-4000-8000-000000000002',
        'File the tax return',
        '2026-07-31 22:00:00+00',
        row('yearly', 1, '2036-07-31')::recurrence,
        '2026-05-08 08:03:00+00'
    );

-- thrown away, and thrown away for good: the audit log remembers both
insert into tasks (id, user_id, title, created_at) values
    (
        'c0000000-0000-4000-8000-000000000011',
        'a0000000-0000-4000-8000-000000000001',
        'Learn the zither',
        '2026-05-09 08:00:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000012',
        'a0000000-0000-4000-8000-000000000001',
        'asdf',
        '2026-05-09 08:01:00+00'
    );

update tasks
set deleted_at = '2026-05-15 20:00:00+00'
where id = 'c0000000-0000-4000-8000-000000000011';

delete from tasks where id = 'c0000000-0000-4000-8000-000000000012';

insert into task_assignments (task_id, user_id, assigned_by, status, assigned_at) values
    (
        'c0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001',
        'accepted',
        '2026-05-05 09:00:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000002',
        'declined',
        '2026-05-05 09:01:00+00'
    ),
    (
        'c0000000-0000-4000-8000-000000000010',
        'a0000000-0000-4000-8000-000000000002',
        null,
        'pending',
        '2026-05-08 09:00:00+00'
    );

alter table task_assignments force row level security;
alter table tasks force row level security;
