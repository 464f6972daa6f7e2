-- Sample attachments, on a task, a project and a comment, two of them of the same name.

alter table attachments no force row level security;

insert into attachments (
    id, user_id, task_id, project_id, comment_id, file_name, content_type, byte_size, sha256, storage_key
)
values
    (
        'f0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001',
        'c0000000-0000-4000-8000-000000000001',
        null,
        null,
        'plan.pdf',
        'application/pdf',
        48213,
        sha256('plan of the tomatoes'),
        'attachments/f0000000-0000-4000-8000-000000000001'
    ),
    (
        'f0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001',
        null,
        'b0000000-0000-4000-8000-000000000001',
        null,
        'plan.pdf',
        'application/pdf',
        120000,
        sha256('plan of the beds'),
        'attachments/f0000000-0000-4000-8000-000000000002'
    ),
    (
        'f0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000002',
        null,
        null,
        'e0000000-0000-4000-8000-000000000001',
        'market.jpg',
        'image/jpeg',
        2400000,
        sha256('picture of the market'),
        'attachments/f0000000-0000-4000-8000-000000000003'
    );

alter table attachments force row level security;
