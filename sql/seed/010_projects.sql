-- Sample projects: one shared in every role, one private, one archived under the name of a live one.

alter table projects no force row level security;
alter table project_members no force row level security;

insert into projects (id, user_id, name, description, color, created_at, archived_at) values
    (
        'b0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001',
        'Garden',
        'Beds, greenhouse and the compost.',
        '#16a34a',
        '2026-05-01 09:00:00+00',
        null
    ),
    (
        'b0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001',
        'Taxes',
        null,
        '#dc2626',
        '2026-05-02 09:00:00+00',
        null
    ),
    (
        'b0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000001',
        'taxes',
        'Those of the year before.',
        '#64748b',
        '2026-01-10 09:00:00+00',
        '2026-04-30 17:00:00+00'
    ),
    (
        'b0000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000004',
        'Garden',
        'Another person, the same name.',
        '#64748b',
        '2026-05-03 09:00:00+00',
        null
    );

insert into project_members (project_id, user_id, role, assigned_at) values
    (
        'b0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000002',
        'editor',
        '2026-05-01 10:00:00+00'
    ),
    (
        'b0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003',
        'viewer',
        '2026-05-01 10:05:00+00'
    ),
    (
        'b0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000002',
        'owner',
        '2026-05-02 10:00:00+00'
    );

alter table project_members force row level security;
alter table projects force row level security;
