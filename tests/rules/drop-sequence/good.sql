alter sequence numbers increment by 10;
