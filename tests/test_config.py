"""Settings: the layout of a repository, and where its database is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import config
from tools.errors import Trouble


def test_no_key_is_required(tmp_path: Path) -> None:
    project = config.load(tmp_path)
    assert project.migrations == tmp_path / "sql" / "migrations"
    assert (project.models, project.ledger_schema) == ("models", "public")
    assert project.relative(project.migrations / "a.sql") == "sql/migrations/a.sql"
    assert project.relative(Path("/elsewhere/a.sql")) == "/elsewhere/a.sql"


def test_a_repository_says_where_its_files_are(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.schema-tools]\nmigrations = "db/up"\nledger-schema = "ops"\n')
    project = config.load(tmp_path)
    assert (project.migrations, project.ledger_schema) == (tmp_path / "db" / "up", "ops")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[tool.schema-tools]\nmigration = 'x'",
            "unknown key 'migration' in [tool.schema-tools]: it takes migrations, ",
        ),
        ("[tool.schema-tools]\nmigrations = 1", "'migrations' in [tool.schema-tools] takes a string, not 1"),
        ("[tool.schema-tools]\nmigrations = ''", "takes a string, not ''"),
        ("[tool]\nschema-tools = 1", "[tool.schema-tools] must be a table"),
        ("[tool", "pyproject.toml is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(Trouble) as caught:
        config.load(tmp_path)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("url", "environ", "dotenv", "expected"),
    [
        ("option", {"DATABASE_URL": "env", "PGHOST": "h"}, "DATABASE_URL=file", "option"),
        (None, {"DATABASE_URL": "env", "PGHOST": "h"}, "DATABASE_URL=file", "env"),
        (None, {"PGHOST": "h"}, "DATABASE_URL=file", ""),
        (None, {"PGSERVICE": "s"}, "", ""),
        (None, {"PGUSER": "u"}, "DATABASE_URL=file", "file"),
        (None, {"DATABASE_URL": ""}, "# why\nexport DATABASE_URL='file$HOME'\n", "file$HOME"),
        (None, {}, "PGHOST=h\nPGPASSWORD=se cret\n", "host=h password='se cret'"),
        (None, {}, "PGUSER=u", None),
        (None, {}, "", None),
    ],
)
def test_the_database_is_the_first_that_is_named(
    url: str | None, environ: dict[str, str], dotenv: str, expected: str | None, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(dotenv)
    assert config.database(url, tmp_path, environ) == expected
