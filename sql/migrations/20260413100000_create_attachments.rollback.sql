-- Drop attachments; the object store still has the files.

drop table attachments;
