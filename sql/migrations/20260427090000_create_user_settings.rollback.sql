-- Drop the settings of users.

drop table user_settings;
