comment on type pair is 'Two numbers.';
