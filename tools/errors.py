"""What can go wrong, as a sentence with a way out."""

from __future__ import annotations


class Trouble(Exception):  # noqa: N818 (the field's word in diff(1): exit status 2 means trouble)
    """Something the user can act on; the command line prints it and exits 2.

    The message is lower case, without a full stop, and says what to do:
    ``no database: pass --url or set DATABASE_URL``.
    """
