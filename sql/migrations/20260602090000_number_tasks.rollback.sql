-- Keep the positions: they do no harm, and which of them a person has changed since cannot be told.

select 'tasks keep their positions' as note;
