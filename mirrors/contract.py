# written by tools models; edit the SQL
"""What the classes of this package expect of a database; `compatibility` compares it with one.

Of a column: its type, whether it may be null, and what gives it a value where a statement does not.
"""

from typing import Any

RELATIONS: dict[str, dict[str, Any]] = {
    "public.a": {
        "kind": "table",
        "key": ["id"],
        "columns": {
            "id": ["integer", "not null", ""],
            "b": ["text", "", ""],
        },
    },
}

TYPES: dict[str, dict[str, list[str]]] = {}
