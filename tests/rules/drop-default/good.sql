alter table tasks alter column done set default true;
