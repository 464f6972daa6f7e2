-- Add the role of a viewer, who reads a project and changes nothing.
--
-- why: customers are shown a project that they must not edit
-- effect: none on existing data; adding a label locks no table
-- risk: low
-- phase: expand
-- depends: 20260107140000_create_project_members

alter type member_role add value 'viewer' after 'editor';

comment on type member_role is
    'What a member of a project may do, strongest first: owner administers it, editor writes its tasks, viewer reads.';
