-- transactional: false
alter type state add value 'blocked';
alter table jobs alter column state set default 'blocked';
