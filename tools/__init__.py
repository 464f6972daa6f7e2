"""PostgreSQL migrations in plain SQL, and proof that the database and the models still match them."""

__version__ = "0.1.0"
