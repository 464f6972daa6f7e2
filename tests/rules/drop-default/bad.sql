alter table tasks alter column done drop default;
