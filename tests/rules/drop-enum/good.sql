alter type state add value 'blocked';
