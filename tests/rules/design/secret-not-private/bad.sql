create table accounts (password_hash varchar(100), api_key varchar(64));
comment on column accounts.api_key is 'Key of the account.';
create table keys (salt bytea, otp char(6), private_key text, "refreshToken" varchar(64));
