grant insert on tasks to public;
