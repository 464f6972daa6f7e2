create table things (title text, body varchar, note text check (note <> ''));
create table notes (
    body text check (char_length(btrim(body)) > 0), word varchar check (length(word) >= 1), late text check (late >= 'm')
);
