drop index users_email_key;
