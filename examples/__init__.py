"""What an application may look like, and the demonstration; each is run by the tests."""
