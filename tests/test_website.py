"""The site: works from its files, asks for nothing else, leads everywhere, and can be searched and walked."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import chromium
import pytest
from proving import read
from test_documents import HOSTILE, ZOO, Make, described, tools

from tools import config, lineage, placing, scratch, sources, website
from tools.drawing import LETTER
from tools.history import Step
from tools.placing import Box

needs_chromium = pytest.mark.skipif(chromium.PROGRAM is None, reason="needs chromium: apt-get install chromium")


class Page(HTMLParser):
    """A page as a browser reads it: what it links to, what can be linked to, and whether its elements close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.elements: list[str] = []
        self.open: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in ("meta", "link", "input", "br", "hr"):
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own site."""
    folder = tmp_path_factory.mktemp("site")
    assert tools("docs", "--html", str(folder))[0] == 0
    return folder


def pages(folder: Path) -> Iterator[tuple[Path, Page]]:
    for path in sorted(folder.rglob("*.html")):
        yield path, Page(path.read_text(encoding="utf-8"))


def write(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def check_links(folder: Path) -> int:
    known = {path.resolve(): page for path, page in pages(folder)}
    count = 0
    for path, page in known.items():
        assert page.open == [], path
        assert page.handlers == [], path
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            name, _, anchor = link.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            assert target.is_file(), (path, link)
            assert not anchor or unquote(anchor) in known[target].ids, (path, link)
            count += 1
    return count


def test_every_link_leads_somewhere(site: Path) -> None:
    assert check_links(site) > 1000


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_every_link_leads_somewhere_in_the_zoo(path: Path, make_database: Make, tmp_path: Path) -> None:
    if path.stem == "since_18" and read(make_database("")).major < 18:
        pytest.skip("needs PostgreSQL 18")
    found = described(make_database(path.read_text(encoding="utf-8")))[1]
    assert check_links(write(website.build(found), tmp_path)) > 100


def test_there_is_a_page_for_each_table_migration_and_query(site: Path) -> None:
    root = Path(__file__).parent.parent / "sql"
    migrations = [path for path in (root / "migrations").glob("*.sql") if not path.name.endswith(".rollback.sql")]
    assert {path.stem for path in (site / "migrations").iterdir()} == {path.stem for path in migrations}
    assert {path.stem for path in (site / "queries").iterdir()} == {
        path.stem for path in (root / "queries").glob("*.sql")
    }
    assert {"tasks", "users", "active_tasks"} < {path.stem for path in (site / "tables").iterdir()}


def test_nothing_is_asked_from_anywhere_else(site: Path) -> None:
    for path in site.rglob("*"):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        assert re.findall(r"""(?:src|href)=["'](?:https?:|//)|url\((?!#)|@import|fetch\(|XMLHttp""", text) == [], path


def test_a_migration_says_what_it_did(site: Path) -> None:
    text = (site / "migrations/20260302090000_drop_task_assignee.html").read_text(encoding="utf-8")
    assert "dropped column" in text
    assert "<del>tasks_assignee_id_fkey</del>" in text
    assert '<span id="L16" class="line">' in text


def test_the_same_is_written_twice(site: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(site, tmp_path / "site"))
    assert tools("docs", "--html", str(site), "--check") == (0, "")
    (site / "tables/gone.html").write_text("<!-- Written by tools docs -->", encoding="utf-8")
    (site / "mine.html").write_text("mine", encoding="utf-8")
    (site / "assets").mkdir()
    (site / "assets/more.html").write_text("<!-- Written by tools docs, too -->", encoding="utf-8")
    code, told = tools("docs", "--html", str(site), "--check")
    assert (code, told.split()) == (1, ["extra:", str(site / "tables/gone.html")])
    assert tools("docs", "--html", str(site))[0] == 0
    assert not (site / "tables/gone.html").exists()
    assert (site / "mine.html").exists()
    assert (site / "assets/more.html").exists()


def test_hostile_names_and_comments_stay_text(make_database: Make, tmp_path: Path) -> None:
    found = described(make_database(HOSTILE))[1]
    sheet = replace(found.sheets[0], purpose="</script><img src=x onerror=alert(1)>")
    files = website.build(replace(found, title="<b>&", sheets=(sheet, *found.sheets[1:])))
    assert all(re.fullmatch(r"[a-z0-9_/-]+\.(html|js|css)", name) for name in files)
    folder = write(files, tmp_path)
    assert check_links(folder) > 50
    for _, page in pages(folder):
        assert page.elements.count("script") == 2
        assert not {"img", "i", "b", "template"} & set(page.elements)
    index = files["search.js"].partition("[\n")[2].rpartition("\n];")[0]
    entries = json.loads(f"[{index}]")
    assert "</script><img src=x onerror=alert(1)>" in {entry[3] for entry in entries}


def test_what_a_change_did_is_told_once(make_database: Make) -> None:
    one = read(make_database("create table a (x integer, y integer)"))
    two = read(make_database("create table a (x bigint); create table b (z integer primary key)"))
    told = [(shift.word, shift.kind, shift.name, shift.facts) for shift in lineage.shifts(one, two)]
    assert told == [
        ("made", "table", "public.b", (("column", "", "z"), ("constraint", "", "b_pkey"))),
        ("changed", "column", "public.a.x", (("type", "integer", "bigint"),)),
        ("dropped", "column", "public.a.y", ()),
    ]


def test_what_migrations_did_is_kept_and_only_new_ones_are_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = scratch.configured(None, None)
    if settings.url:
        pytest.skip("a server given by URL may have changed, so nothing is cached")
    folder = tmp_path / "sql/migrations"
    folder.mkdir(parents=True)
    (folder / "20260101000000_a.sql").write_text(f"create table a (); -- {tmp_path}", encoding="utf-8")
    replayed: list[int] = []
    real = lineage._replayed

    def counting(reader: sources.Reader, steps: tuple[Step, ...], start: int) -> list[lineage.Shifts]:
        replayed.append(len(steps) - start)
        return real(reader, steps, start)

    monkeypatch.setattr(lineage, "_replayed", counting)
    for more in ("create table b ();", ""):
        with sources.reader(config.load(tmp_path), settings) as reader:
            found = lineage.read(reader, reader.steps())
        if more:
            (folder / "20260102000000_b.sql").write_text(more, encoding="utf-8")
    with sources.reader(config.load(tmp_path), settings) as reader:
        assert lineage.read(reader, reader.steps()) == found
    assert [[shift.name for shift in shifts] for shifts in found] == [["public.a"], ["public.b"]]
    assert replayed == [1, 1]


# -- diagrams ---------------------------------------------------------------------------------------------------------


def overlapping(boxes: list[Box], plan: placing.Plan) -> list[tuple[str, str]]:
    found = []
    for number, one in enumerate(boxes):
        left, top = plan.corners[one.name]
        for other in boxes[number + 1 :]:
            x, y = plan.corners[other.name]
            if left < x + other.width and x < left + one.width and top < y + other.height and y < top + one.height:
                found.append((one.name, other.name))
    return found


def columns(boxes: list[Box], plan: placing.Plan) -> Iterator[tuple[float, float]]:
    yield from ((plan.corners[box.name][0], box.width) for box in boxes)


SHAPES = {
    "a star": [(f"t{number}", "hub") for number in range(30)],
    "a chain": [(f"t{number}", f"t{number + 1}") for number in range(30)],
    "a circle": [(f"t{number}", f"t{(number + 1) % 12}") for number in range(12)],
    "two ways": [("a", "b"), ("b", "a"), ("a", "a")],
    "a net": [(f"t{number}", f"t{number * 7 % 20}") for number in range(20)],
    "nothing": [],
}


def test_a_map_of_many_boxes_has_them_in_rows() -> None:
    boxes = [Box(name=f"b{number:03}", width=90 + number % 40, height=56) for number in range(95)]
    edges = [(f"b{number:03}", f"b{number // 3:03}") for number in range(95)]
    plan = placing.spread(boxes, edges)
    assert overlapping(boxes, plan) == []
    assert plan == placing.spread(boxes[::-1], edges[::-1])
    assert 1 < plan.width / plan.height < 2.5


@pytest.mark.parametrize("edges", SHAPES.values(), ids=list(SHAPES))
def test_boxes_do_not_overlap_and_lines_pass_between_them(edges: list[tuple[str, str]]) -> None:
    names = sorted({name for edge in edges for name in edge} | {"alone", "lonely"})
    boxes = [
        Box(name=name, width=80 + 7 * len(name), height=40 + 20 * (number % 5)) for number, name in enumerate(names)
    ]
    plan = placing.place(boxes, edges)
    assert overlapping(boxes, plan) == []
    assert all(0 <= x <= plan.width and 0 <= y <= plan.height for x, y in plan.corners.values())
    for points in plan.bends.values():
        for x, y in points:
            inside = [
                box.name
                for box in boxes
                if plan.corners[box.name][0] < x < plan.corners[box.name][0] + box.width
                and plan.corners[box.name][1] < y < plan.corners[box.name][1] + box.height
            ]
            assert inside == []
        for (x, _), (next_x, _) in zip(points[1::2], points[2::2], strict=False):  # from one layer to the next
            ends = sorted((x, next_x))
            assert not any(left < ends[1] and ends[0] < left + wide for left, wide in columns(boxes, plan))
    assert plan == placing.place(boxes, edges[::-1])


# -- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[chromium.Browser]:
    with chromium.browser(tmp_path) as opened:
        yield opened
        assert opened.complaints == []
        assert [one for one in opened.requests if not one.startswith("file:")] == []


@needs_chromium
def test_it_is_searched_from_its_files(site: Path, browser: chromium.Browser) -> None:
    browser.open((site / "index.html").as_uri())
    browser.type("/")
    browser.until("document.activeElement.id === 'search'")
    browser.type("tag")
    browser.until("document.querySelectorAll('#found [role=option]').length > 3")
    assert browser.value("document.querySelector('#found b').textContent") == "tags"
    assert browser.value("document.getElementById('search').getAttribute('aria-activedescendant')") == "found-0"
    browser.press("ArrowDown")
    browser.press("ArrowUp")
    browser.press("Enter")
    browser.until("location.pathname.endsWith('/tables/tags.html') && document.readyState === 'complete'")
    assert browser.value("document.querySelector('h1').firstChild.textContent") == "tags"
    browser.click("#search")
    browser.type("hourly_rate")
    browser.until("document.querySelector('#found b')?.textContent === 'time_blocks'")
    browser.press("Escape")
    assert browser.value("document.getElementById('found').hidden")
    browser.value("document.getElementById('search').value = ''")
    browser.click("#search")
    browser.type("assign")
    browser.until("document.querySelector('#found b')?.textContent === 'assignment_status'")


@needs_chromium
def test_a_diagram_is_moved_and_followed(site: Path, browser: chromium.Browser) -> None:
    browser.open((site / "index.html").as_uri())
    before = browser.value("document.querySelector('.diagram').getAttribute('viewBox')")
    x, y = browser.point(".stage")
    browser.mouse("mousePressed", x, y, button="left", clickCount=1)
    for step in range(5):
        browser.mouse("mouseMoved", x + 20 * step, y + 10 * step, button="left", buttons=1)
    browser.mouse("mouseReleased", x + 80, y + 40, button="left", clickCount=1)
    moved = browser.value("document.querySelector('.diagram').getAttribute('viewBox')")
    assert moved.split()[2:] == before.split()[2:]
    assert moved.split()[:2] != before.split()[:2]
    assert browser.value("location.pathname").endswith("/index.html")
    browser.mouse("mouseWheel", x, y, deltaX=0, deltaY=-300)
    browser.until("document.querySelector('.diagram').getAttribute('viewBox') !== " + json.dumps(moved))
    browser.click("[data-act=fit]")
    assert browser.value("document.querySelector('.diagram').getAttribute('viewBox')") == before
    node = ".node[href='tables/comments.html']"
    browser.mouse("mouseMoved", *browser.point(f"{node} .title"))
    browser.until("document.querySelector('.diagram').classList.contains('dim')")
    lit = browser.value("[...document.querySelectorAll('.node.lit .title')].map((one) => one.textContent).sort()")
    assert lit == ["attachments", "comments", "projects", "tasks", "users"]
    x, y = browser.point(f"{node} .title")
    browser.mouse("mousePressed", x, y, button="left", clickCount=1)
    browser.mouse("mouseMoved", x + 30, y + 10, button="left", buttons=1)
    browser.mouse("mouseReleased", x + 30, y + 10, button="left", clickCount=1)
    assert browser.value("new Promise((done) => setTimeout(() => done(location.pathname), 300))").endswith("index.html")
    browser.click(f"{node} .title")
    browser.until("location.pathname.endsWith('/tables/comments.html') && document.readyState === 'complete'")


@needs_chromium
def test_light_and_dark(site: Path, browser: chromium.Browser) -> None:
    shade = "getComputedStyle(document.body).backgroundColor"
    for scheme in ("light", "dark"):
        browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.open((site / "tables.html").as_uri())
        browser.until(f"{shade} === '{'rgb(255, 255, 255)' if scheme == 'light' else 'rgb(18, 21, 26)'}'")
    browser.click("#theme")
    browser.until(f"{shade} === 'rgb(255, 255, 255)'")
    browser.open((site / "rules.html").as_uri())
    assert browser.value(shade) == "rgb(255, 255, 255)"


@needs_chromium
def test_texts_fit_their_boxes(site: Path, browser: chromium.Browser) -> None:
    browser.open((site / "index.html").as_uri())
    wide = browser.value(
        "[...document.querySelectorAll('.node')].filter((node) => {"
        " const back = node.querySelector('.back').getBBox();"
        " return [...node.querySelectorAll('text')].some((one) => {"
        " const box = one.getBBox(); return box.x < 0 || box.x + box.width > back.width; }); })"
        ".map((node) => node.dataset.id)"
    )
    assert wide == []
    name = "document.querySelector('.node .name')"
    assert browser.value(f"{name}.getComputedTextLength() / {name}.textContent.length") <= LETTER


@needs_chromium
def test_of_a_thousand_tables_no_page_shows_or_holds_too_much(make_database: Make, tmp_path: Path) -> None:
    text = "".join(
        f"create table t{number:04} (id integer primary key, a integer references t{number // 9:04}, b text);"
        for number in range(1000)
    )
    folder = write(website.build(described(make_database(text))[1]), tmp_path / "site")
    with chromium.browser(tmp_path / "profile") as browser:
        browser.open((folder / "index.html").as_uri())
        assert browser.value("document.querySelectorAll('.node').length") < 200
        assert max(path.stat().st_size for path in folder.rglob("*")) < 1_000_000
        browser.click("#search")
        browser.type("t0777")
        browser.until("document.querySelector('#found b')?.textContent === 't0777'")
        assert browser.complaints == []
