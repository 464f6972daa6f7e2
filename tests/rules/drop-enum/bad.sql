drop type state;
