"""A generated package loads a table when it is asked for, whatever is asked for first and by how many threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from forgotten import forget
from proving import lazily, prove

from tools import scratch

Make = Callable[[str], str]
SCHEMA = (Path(__file__).parent / "zoo" / "constraints.sql").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    forget({"generated"})


LAZY = """
import sys
loaded = lambda: sorted(name.partition('.')[2] for name in sys.modules if name.startswith('generated.'))
assert loaded() == ['loading']
from generated import Book
assert 'authors' not in loaded() and 'book_tags' in loaded()
from sqlalchemy.orm import configure_mappers
configure_mappers()
assert Book.author.property.mapper.class_.__name__ == 'Author'
from generated import Author
assert Book(author=Author()).author.books
assert 'players' not in loaded()
from generated.teams import Team
team = Team(coach_player=generated.Player())
assert team.coach_player.coach_teams == [team] and team.captain is None
try:
    generated.Nothing
except AttributeError as error:
    assert "no attribute 'Nothing'" in str(error)
assert 'folders' not in loaded()
assert len(generated.metadata.tables) > 15 and 'folders' in loaded()
"""


def test_a_table_is_loaded_when_it_is_asked_for(cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    """Relationships hold whatever is loaded first, and after the mappers were configured."""
    prove(make_database(SCHEMA), cluster, tmp_path)
    done = lazily(tmp_path, "generated", LAZY)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_relationship_to_a_key_that_is_a_foreign_key_needs_nothing_else_loaded(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    prove(make_database(SCHEMA), cluster, tmp_path)
    code = (
        "from generated import Quota, Seller\n"
        "from sqlalchemy.orm import configure_mappers\n"
        "configure_mappers()\n"
        "assert Quota(seller=Seller()).seller.quotas\n"
        "assert 'authors' not in ' '.join(__import__('sys').modules)\n"
    )
    done = lazily(tmp_path, "generated", code)
    assert (done.returncode, done.stderr) == (0, "")


THREADS = """
import itertools, random, sys, threading
from sqlalchemy.orm import configure_mappers
import sqlmodel
sys.setswitchinterval(1e-6)
names = [name for name, module in generated._loader.names.items() if not name.endswith(('Create', 'Update', 'Read'))]
start, errors = threading.Barrier(4), []
def work(seed):
    chance = random.Random(seed)
    start.wait()
    try:
        for name in chance.sample(names, len(names)):
            found = getattr(generated, name)
            for relationship in getattr(found, '__sqlmodel_relationships__', {}):
                chance.random() < 0.3 and getattr(found, relationship)
            chance.random() < 0.2 and configure_mappers()
    except BaseException as error:
        errors.append(repr(error))
threads = [threading.Thread(target=work, args=[SEED * 4 + one], daemon=True) for one in range(4)]
[thread.start() for thread in threads]
[thread.join(60) for thread in threads]
assert not errors and not any(thread.is_alive() for thread in threads), errors
configure_mappers()
for mapper in generated.Base._sa_registry.mappers:
    assert set(mapper.class_.__sqlmodel_relationships__) == set(mapper.relationships.keys())
"""


def test_threads_may_load_tables_at_once(cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    """A web server's first requests come together; what one loads, another must not configure half-way."""
    prove(make_database(SCHEMA), cluster, tmp_path)
    for seed in range(4):
        done = lazily(tmp_path, "generated", THREADS.replace("SEED", str(seed)))
        assert (done.returncode, done.stderr) == (0, "")


def test_a_flush_finds_the_tables_that_it_points_to(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    url = make_database(SCHEMA)
    prove(url, cluster, tmp_path)
    code = (
        "import sys, uuid, sqlalchemy as sa\n"
        "from sqlmodel import Session\n"
        "from generated.profiles import Profile\n"
        f"engine = sa.create_engine({url.replace('postgresql://', 'postgresql+psycopg://')!r})\n"
        "with Session(engine) as session:\n"
        "    key = session.scalar(sa.text('insert into authors default values returning id'))\n"
        "    assert 'generated.authors' not in sys.modules\n"
        "    session.add(Profile(author_id=key, bio='b'))\n"
        "    session.flush()\n"
        "    assert 'generated.authors' in sys.modules and 'generated.books' not in sys.modules\n"
        "engine.dispose()\n"
    )
    done = lazily(tmp_path, "generated", code)
    assert (done.returncode, done.stderr) == (0, "")
