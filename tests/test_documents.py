"""The documentation says what is so: its statements make the schema, its page is current, on any schema."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from proving import read

from tools import areas, catalog, cli, drift, headers, paper, prose, sheets, survey, upkeep
from tools.catalog import Catalog
from tools.document import Document
from tools.errors import Trouble

ROOT = Path(__file__).resolve().parent.parent
ZOO = sorted((Path(__file__).parent / "zoo").glob("*.sql"))
Make = Callable[[str], str]


def described(url: str) -> tuple[Catalog, Document]:
    found = read(url)
    return found, survey.describe(found, survey.Material(title="Zoo"))


def statements(document: Document) -> Iterator[str]:
    for entry in document.others:
        yield entry.definition
    for sheet in document.sheets:
        yield from sheet.ddl


def run_in_any_order(url: str, wanted: list[str]) -> list[str]:
    """Run the statements again and again until none is left, or none works; return what is left."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set check_function_bodies = off")
        connection.execute("set search_path = ''")
        while wanted:
            left = [text for text in wanted if not works(connection, text)]
            if len(left) == len(wanted):
                return left
            wanted = left
    return []


def works(connection: psycopg.Connection, text: str) -> bool:
    try:
        connection.execute(text.encode())
    except psycopg.Error:
        return False
    return True


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_the_statements_make_the_tables(path: Path, make_database: Make) -> None:
    if path.stem == "since_18" and read(make_database("")).major < 18:
        pytest.skip("needs PostgreSQL 18")
    found, document = described(make_database(path.read_text(encoding="utf-8")))
    again = make_database("")
    assert run_in_any_order(again, [text for text in statements(document) if text]) == []
    left = [one for one in drift.diff(found, read(again)) if one.kind not in ("comment", "privilege")]
    assert [(one.change, one.kind, one.name) for one in left] == []


def test_the_statements_make_our_own_tables(database_url: str, make_database: Make) -> None:
    found, document = described(database_url)
    again = make_database("")
    assert run_in_any_order(again, [text for text in statements(document) if text]) == []
    left = [one for one in drift.diff(found, read(again)) if one.kind not in ("comment", "privilege")]
    assert [(one.change, one.kind, one.name) for one in left] == []


# -- the page ---------------------------------------------------------------------------------------------------------


def tools(*words: str, project: Path = ROOT) -> tuple[int, str]:
    done = CliRunner().invoke(cli.tools, ["-C", str(project), *words], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value, done.stdout


def rendered(text: str) -> str:
    """Return the page without what stands in fences and in code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE))


def test_the_committed_page_is_current() -> None:
    assert tools("docs", "--diff") == (0, "")


def test_the_page_has_its_ten_sections() -> None:
    page = (ROOT / "DATABASE_SCHEMA.md").read_text(encoding="utf-8")
    found = re.findall(r"^## (\d+)\. (.+)$", page, re.MULTILINE)
    assert [int(number) for number, _ in found] == list(range(1, 11))
    assert [title for _, title in found] == list(paper.CHAPTERS)


def test_every_link_of_the_page_leads_somewhere() -> None:
    page = (ROOT / "DATABASE_SCHEMA.md").read_text(encoding="utf-8")
    anchors = set(re.findall(r'<a id="([^"]+)">', page))
    links = re.findall(r"\]\(([^)\s]+)\)", rendered(page))
    assert {link[1:] for link in links if link.startswith("#")} - anchors == set()
    for path, line in {link.partition("#L")[::2] for link in links if not link.startswith("#")}:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert int(line or 1) <= len(text.splitlines()), (path, line)


def test_a_place_is_the_line_that_made_it() -> None:
    page = (ROOT / "DATABASE_SCHEMA.md").read_text(encoding="utf-8")
    for name, path, line in re.findall(r"^\| `(\w+)` \|.*\]\(([^)]+)#L(\d+)\) \|$", page, re.MULTILINE):
        text = (ROOT / path).read_text(encoding="utf-8").splitlines()
        near = " ".join(text[int(line) - 1 : int(line) + 4])
        assert name in near or "check" in near or "references" in near, (name, path, line)


HOSTILE = """
create table "a|b `c` <i>" (
    "x""y" integer primary key, "<script>" text default '`|</td>', "_a_" integer references "a|b `c` <i>" ("x""y"),
    constraint "a`b" check ("<script>" <> '||`<b>'), constraint hidden check ("<script>" <> E'\\u202e')
);
create table "../x/y" (id integer);
create table "a|b `c` <I>" (id integer);
comment on table "a|b `c` <i>" is
    E'<script>alert(1)</script> | a *b* _c_ [d](e) `f`\n\n# g\n- h ``` ~~i~~ $x$ &amp; \\\\';
comment on column "a|b `c` <i>"."_a_" is E'1. </td></tr> --- | \\u202e';
create view "v|" as select 1 as "a`|";
"""


def test_hostile_names_and_comments_stay_text(make_database: Make) -> None:
    page = paper.write(described(make_database(HOSTILE))[1])
    text = rendered(page)
    assert "<script>" not in text
    assert re.findall(r"<(?!/?(?:a|details|summary|code)\b|!--)", text) == []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(counts) == 1, block
    assert "\u202e" not in page
    slugs = re.findall(r'<a id="table-([^"]+)">', page)
    assert len(slugs) == 4
    assert sorted(slugs) == sorted({slug.lower() for slug in slugs})


def test_a_page_has_no_time_and_follows_no_order_of_making(make_database: Make) -> None:
    one = "create table a (id integer primary key); create table b (id integer, a integer references a);"
    two = "create table b (id integer, a integer); create table a (id integer primary key);" + (
        "alter table b add foreign key (a) references a;"
    )
    assert paper.write(described(make_database(one))[1]) == paper.write(described(make_database(two))[1])


def test_a_file_of_sql_is_described_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text("create table shop (\n    id integer primary key,\n    name text\n);\n")
    out = tmp_path / "shop.md"
    assert tools("docs", "--from", str(tmp_path / "shop.sql"), "--out", str(out))[0] == 0
    page = out.read_text(encoding="utf-8")
    assert "# Database schema: shop" in page
    assert "shop.sql:1](" in page
    for sentence in ("There are no sample data.", "There is no history of migrations.", "There are no documented"):
        assert sentence in page


def test_a_snapshot_is_described(tmp_path: Path, database_url: str) -> None:
    found = read(database_url)
    (tmp_path / "it.json").write_text(catalog.to_json(found, tool_version="1"), encoding="utf-8")
    assert tools("docs", "--from", str(tmp_path / "it.json"), "--out", str(tmp_path / "it.md"))[0] == 0
    assert "create table public.tasks (" in (tmp_path / "it.md").read_text(encoding="utf-8")


def test_a_database_with_nothing_in_it_is_described(empty_url: str, tmp_path: Path) -> None:
    assert tools("docs", "--from", empty_url, "--out", str(tmp_path / "it.md"))[0] == 0
    assert "There are no tables." in (tmp_path / "it.md").read_text(encoding="utf-8")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("sql", "models", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "DATABASE_SCHEMA.md", tmp_path)
    return tmp_path


def test_a_stale_page_is_told_with_its_sections(copied: Path) -> None:
    query = copied / "sql/queries/list_tasks.sql"
    query.write_text(query.read_text(encoding="utf-8").replace("newest first", "latest first"), encoding="utf-8")
    code, told = tools("docs", "--check", project=copied)
    assert (code, told) == (1, "changed: DATABASE_SCHEMA.md (Query examples)\n")
    code, told = tools("docs", "--diff", project=copied)
    assert code == 1
    assert "+What are a user's tasks, latest first, page by page?" in told
    assert tools("docs", project=copied)[0] == 0
    assert tools("docs", "--check", project=copied)[0] == 0


def test_a_plan_that_is_kept_is_shown_with_its_query(copied: Path) -> None:
    plans = copied / "sql/queries/plans"
    plans.mkdir(exist_ok=True)
    (plans / "list_tasks.txt").write_text("Limit\n  Index Scan <of> all\n", encoding="utf-8")
    assert tools("docs", project=copied)[0] == 0
    page = (copied / "DATABASE_SCHEMA.md").read_text(encoding="utf-8")
    assert "```\nLimit\n  Index Scan <of> all\n```" in page.partition("### list_tasks\n")[2].partition("### ")[0]
    assert tools("docs", "--html", str(copied / "site"), project=copied)[0] == 0
    assert "Index Scan &lt;of&gt; all" in (copied / "site/queries/list_tasks.html").read_text(encoding="utf-8")


def test_a_page_and_a_site_are_not_written_at_once(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="either --out or --html"):
        tools("docs", "--out", str(tmp_path / "a.md"), "--html", str(tmp_path / "a"))


def test_a_page_of_somebody_else_is_not_overwritten(copied: Path) -> None:
    (copied / "DATABASE_SCHEMA.md").write_text("# Ours\n", encoding="utf-8")
    with pytest.raises(Trouble, match="was not written by tools docs"):
        tools("docs", project=copied)
    assert (copied / "DATABASE_SCHEMA.md").read_text(encoding="utf-8") == "# Ours\n"


# -- parts ------------------------------------------------------------------------------------------------------------


def test_what_is_different_each_time_is_left_out_of_samples() -> None:
    page = (ROOT / "DATABASE_SCHEMA.md").read_text(encoding="utf-8")
    samples = page.partition("## 6. ")[2].partition("## 7. ")[0]
    assert "Plant the tomatoes" in samples
    assert "`updated_at`" not in samples


@pytest.mark.parametrize("path", sorted(upkeep.QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_the_statements_of_maintenance_run(path: Path, database_url: str) -> None:
    text = path.read_text(encoding="utf-8")
    with psycopg.connect(database_url, autocommit=True) as connection:
        if "pg_stat_statements" in text:  # its columns are known without shared_preload_libraries, its rows are not
            connection.execute("create extension pg_stat_statements")
            text = f"prepare known as {text}"
        status = connection.execute(text.encode()).statusmessage or ""
        assert status.partition(" ")[0] in ("PREPARE", "SELECT")


def test_a_foreign_key_without_an_index_is_told(make_database: Make) -> None:
    one = "create table a (id integer primary key); create table b (x integer, a integer references a, unique (x, a));"
    told = {advice.title: advice for advice in described(make_database(one))[1].upkeep}
    assert "create index concurrently on public.b (a);  -- b_a_fkey" in told["Find indexes that are missing"].statements
    two = one + "create index on b (a, x);"
    told = {advice.title: advice for advice in described(make_database(two))[1].upkeep}
    assert "create index" not in told["Find indexes that are missing"].statements


def test_what_a_deletion_does_is_told_through_all_tables(make_database: Make) -> None:
    url = make_database(
        "create table a (id integer primary key);"
        "create table b (id integer primary key, a integer references a on delete cascade);"
        "create table c (id integer primary key, b integer references b on delete set null);"
        "create table d (id integer primary key, b integer references b on delete restrict)"
    )
    found = {sheet.name: sheet.deletion for sheet in described(url)[1].sheets}
    assert found["public.a"] == (
        "deletes the rows that point to it in b (a)",
        "makes null c (b) through b",
        "is refused while a row points to it in d (b) through b",
    )


def test_areas_are_small_and_keep_together_what_is_tied() -> None:
    tables = [f"public.t{number:03}" for number in range(200)]
    ties = [areas.Tie(child=one, parent=tables[number // 10 * 10]) for number, one in enumerate(tables)]
    ties += [areas.Tie(child=one, parent="public.t000") for one in tables]
    found = areas.split(tables, ties, dict.fromkeys(tables, "public"), {})
    assert sorted(table for members in found.values() for table in members) == tables
    assert max(map(len, found.values())) <= areas.MOST + areas.FEW
    home = {table: title for title, members in found.items() for table in members}
    assert all(home[one] == home[tables[number // 10 * 10]] for number, one in enumerate(tables))
    assert found == areas.split(tables[::-1], ties[::-1], dict.fromkeys(tables, "public"), {})


def test_an_area_is_called_what_comments_say(make_database: Make) -> None:
    url = make_database("create table a (); create table b (); comment on table a is 'One. @area billing'")
    assert [(area.title, area.tables) for area in described(url)[1].areas] == [
        ("b", ("public.b",)),
        ("billing", ("public.a",)),
    ]


HEADERS = [
    ("-- A.\n", headers.Header(title="A.")),
    ("\n-- A\n-- b.\n--\n-- More: it is.\n\nselect 1; -- who: no", headers.Header(title="A b.", prose="More: it is.")),
    ("-- A.\n-- $1: x\n-- note: y\n-- z\n--\n-- end", None),
    ("select 1;", headers.Header()),
    ("-- A.\n\n-- of the statement\nselect 1;", headers.Header(title="A.")),
]


@pytest.mark.parametrize(("text", "wanted"), HEADERS)
def test_headers(text: str, wanted: headers.Header | None) -> None:
    found = headers.read(text)
    if wanted is None:
        assert (found.facts, found.prose) == ({"$1": "x", "note": "y z"}, "end")
        assert (found.line("note"), found.line("index"), found.said("index")) == (3, 1, ())
        assert found.parameters == {"$1": "x"}
    else:
        assert found == wanted
    assert not headers.body(text).startswith("-- A")


SLUGS = ["A b", "a-b", "../a", "", "é", "x" * 300, "x" * 300]


def test_slugs_are_fit_for_files_and_given_once() -> None:
    slugs = sheets.Slugs()
    found = [slugs.take(name) for name in SLUGS]
    assert len(set(found)) == len(SLUGS)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,90}", one) for one in found)


TEXTS = [("# a", "\\# a"), ("1. a", "1\\. a"), ("a_b _c_", "a_b \\_c\\_"), ("- a", "\\- a"), ("<b>|", "&lt;b&gt;\\|")]


@pytest.mark.parametrize(("text", "wanted"), TEXTS)
def test_what_markdown_would_obey_is_escaped(text: str, wanted: str) -> None:
    assert prose.plain(text) == wanted
