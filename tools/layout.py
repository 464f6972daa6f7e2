"""Python expressions as values, and their text as ``ruff format`` leaves it at 120 columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WIDTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Something imported, or a built-in: ``text`` of ``sqlalchemy``; `module` begins with a dot inside the package."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string, cut into several where a line is too short for it."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Parts that follow each other on one line: an annotation."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A call, or a tuple, list or dict; `items` are values with what stands before each: ``default=``, ``"a": ``."""

    head: Node = ""
    brackets: str = "()"
    items: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A lambda: some conditions, joined by ``and`` or ``or``; where one line does not hold them, a line each."""

    head: str
    word: str
    conditions: tuple[Joined, ...]


Node = str | Name | Text | Joined | Group | Function


def call(head: Node, *arguments: Node, **keywords: Node | None) -> Group:
    """Return a call; a keyword with None is left out."""
    named = tuple((f"{key}=", value) for key, value in keywords.items() if value is not None)
    return Group(head=head, items=(*(("", value) for value in arguments), *named))


def mapping(entries: Mapping[str, Node | None]) -> Group:
    """Return a dict of strings and values; an entry with None is left out."""
    found = tuple((f"{quoted(key)}: ", value) for key, value in entries.items() if value is not None)
    return Group(brackets="{}", items=found)


def several(brackets: str, values: Iterable[Node]) -> Group:
    """Return a tuple or a list."""
    return Group(brackets=brackets, items=tuple(("", value) for value in values))


def joined(*parts: Node) -> Joined:
    """Return parts that follow each other."""
    return Joined(parts=parts)


def quoted(value: str) -> str:
    r"""Return a string as a literal: double quotes, unless single ones save escapes.

    >>> quoted("it's"), quoted('say "x"'), quoted("a\nb")
    ('"it\'s"', '\'say "x"\'', '"a\\nb"')
    """
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    plain = "".join(one if one.isprintable() and one != "\\" else repr(one)[1:-1] for one in value)
    quote = "'" if plain.count('"') > plain.count("'") else '"'
    return quote + plain.replace(quote, f"\\{quote}") + quote


@dataclass(slots=True, kw_only=True)
class Scope:
    """The names of a module: what it imports, under which name; `taken` are the attributes of its classes.

    An attribute called ``date`` hides the type of that name in the rest of the class body, so the type is imported as
    ``date_``.
    """

    module: str = ""  # its own name, from which nothing is imported
    taken: frozenset[str] = frozenset()
    used: dict[tuple[str, str], str] = field(default_factory=dict)

    def local(self, name: Name) -> str:
        """Return what the module calls it, and remember to import it."""
        if name.module and name.module == self.module:
            return name.name
        module, _, attribute = name.name.rpartition(".")
        owner = (name.module, module or attribute)
        if owner not in self.used:
            self.used[owner] = self._free(owner[1])
        return f"{self.used[owner]}.{attribute}" if module else self.used[owner]

    def _free(self, wanted: str) -> str:
        while wanted in self.taken or wanted in self.used.values():
            wanted += "_"
        return wanted


def width(text: str) -> int:
    """Return the columns that a text takes, as ruff counts them: a wide character takes two, a combining one none.

    >>> width("name"), width("名前"), width("e\u0301")
    (4, 4, 1)
    """
    return len(text) if text.isascii() else sum(_columns(one) for one in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def flat(node: Node, scope: Scope) -> str:
    """Return the expression on one line."""
    match node:
        case str():
            return node
        case Name():
            return scope.local(node)
        case Text():
            return quoted(node.value)
        case Joined():
            return "".join(flat(part, scope) for part in node.parts)
        case Function():
            return f"{node.head}: " + f" {node.word} ".join(flat(one, scope) for one in node.conditions)
    inside = ", ".join(key + flat(value, scope) for key, value in node.items)
    comma = "," if node.brackets == "()" and not node.head and len(node.items) == 1 else ""
    return f"{flat(node.head, scope)}{node.brackets[0]}{inside}{comma}{node.brackets[1]}"


def lay(node: Node, scope: Scope, *, indent: int, before: int, after: int = 0) -> str:
    """Return the expression on as few lines as ruff would.

    `indent` is that of the line it begins on, `before` and `after` count the columns taken on its first and last line.
    """
    line = flat(node, scope)
    if before + width(line) + after <= WIDTH or isinstance(node, str | Name | Joined):
        return line
    if isinstance(node, Function):
        return _body(node, scope, indent=indent)
    if isinstance(node, Text):
        return _cut(node.value, indent=indent, before=before, after=after)
    if not node.items:
        return line
    inner, pad = indent + 4, " " * (indent + 4)
    head = flat(node.head, scope)
    bare = [key + flat(value, scope) for key, value in node.items]
    if node.head and inner + width(", ".join(bare)) <= WIDTH:
        body = pad + ", ".join(bare)
    else:
        comma = "," if len(node.items) > 1 or (node.brackets == "()" and not node.head) else ""
        body = "\n".join(
            pad + key + lay(value, scope, indent=inner, before=inner + width(key), after=len(comma)) + comma
            for key, value in node.items
        )
    return f"{head}{node.brackets[0]}\n{body}\n{' ' * indent}{node.brackets[1]}"


def _body(function: Function, scope: Scope, *, indent: int) -> str:
    """Return a function whose body begins on a line of its own."""
    pad, inner = "\n" + " " * indent, "\n" + " " * (indent + 4)
    lines = [flat(one, scope) for one in function.conditions]
    line = f" {function.word} ".join(lines)
    body = line if indent + 4 + width(line) <= WIDTH else f"{inner}{function.word} ".join(lines)
    return f"{function.head}: ({inner}{body}{pad})"


def _cut(value: str, *, indent: int, before: int, after: int) -> str:
    """Return a string as several literals that follow each other, cut after spaces."""
    pieces: list[str] = []
    piece = ""
    for word in _words(value):
        room = WIDTH - (indent if pieces else before) - after
        if piece and width(quoted(piece + word)) > room:
            pieces.append(piece)
            piece = ""
        piece += word
    return ("\n" + " " * indent).join(quoted(one) for one in (*pieces, piece) if one)


def _words(value: str) -> Iterable[str]:
    """Yield the words, each with the space after it; one that no line could hold is cut anywhere."""
    *parts, last = value.split(" ")
    for word in (*(f"{part} " for part in parts), last):
        yield from (word[start : start + 60] for start in range(0, len(word), 60))


def paragraph(text: str, *, indent: int) -> list[str]:
    """Return the lines of a docstring: a first line apart where one does not hold all of it."""
    shown = " ".join(text.split()).replace("\\", "\\\\")
    plain = shown.rstrip('"')  # what ends the text may not end the docstring
    clean = plain.replace('"""', '\\"\\"\\"') + '\\"' * (len(shown) - len(plain))
    clean = "".join(one if one.isprintable() else repr(one)[1:-1] for one in clean)
    if indent + width(clean) + 6 <= WIDTH:
        return [f'"""{clean}"""']
    summary = _summary(clean, WIDTH - indent - 3)
    return [f'"""{summary}', "", *_wrap(clean[len(summary) :].strip(), WIDTH - indent), '"""']


def _summary(text: str, room: int) -> str:
    """Return the first sentence, or as much of it as a line holds, to the last stop in it."""
    sentence = text.partition(". ")
    if sentence[1] and width(sentence[0]) < room:
        return f"{sentence[0]}."
    cut = max((text.rfind(stop, 0, room) for stop in ("; ", ": ", ", ")), default=-1)
    cut = cut if cut > 0 else text.rfind(" ", 0, room) - 1
    return text[: cut + 1] if cut > 0 else text[:room]


def _wrap(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and width(lines[-1]) + width(word) + 1 > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
