-- Sample time blocks: two that touch, one of another person at the same time, one for no task.

alter table time_blocks no force row level security;

insert into time_blocks (id, user_id, task_id, during, note, hourly_rate) values
    (
        'ab000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001',
        'c0000000-0000-4000-8000-000000000001',
        '[2026-06-01 08:00:00+00, 2026-06-01 10:00:00+00)',
        'Dug the first half.',
        null
    ),
    (
        'ab000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001',
        'c0000000-0000-4000-8000-000000000001',
        '[2026-06-01 10:00:00+00, 2026-06-01 11:30:00+00)',
        null,
        null
    ),
    (
        'ab000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000002',
        'c0000000-0000-4000-8000-000000000010',
        '[2026-06-01 09:00:00+00, 2026-06-01 12:00:00+00)',
        'Sorted the receipts.',
        45.50
    ),
    (
        'ab000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000001',
        null,
        '[2026-06-02 12:00:00+00, 2026-06-02 13:00:00+00)',
        'Lunch with Carol.',
        null
    );

alter table time_blocks force row level security;
