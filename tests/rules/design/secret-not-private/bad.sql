create table accounts (password_hash varchar(100), api_key varchar(64));
comment on column accounts.api_key is 'Key of the account.';
