-- harm: breaks: the release asks for the old name from this moment on
alter table customers rename column phone to phone_number;
