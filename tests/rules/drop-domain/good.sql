comment on domain points is 'What a game is worth.';
