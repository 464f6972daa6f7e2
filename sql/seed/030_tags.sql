-- Sample tags: two people use the same word, each for themselves.

alter table tags no force row level security;
alter table task_tags no force row level security;

insert into tags (id, user_id, name, color) values
    ('d0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001', 'Urgent', '#dc2626'),
    ('d0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', 'waiting', null),
    ('d0000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000002', 'urgent', '#f59e0b');

insert into task_tags (task_id, tag_id) values
    ('c0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001'),
    ('c0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000003'),
    ('c0000000-0000-4000-8000-000000000010', 'd0000000-0000-4000-8000-000000000002');

alter table task_tags force row level security;
alter table tags force row level security;
