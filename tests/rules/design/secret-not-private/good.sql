create table accounts (password_hash varchar(100), token_expires_at timestamptz, tokenizer varchar(20));
comment on column accounts.password_hash is 'Hash of the password. @private';
