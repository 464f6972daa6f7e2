"""Texts that a regular expression matches, and some that it almost does: to hold it against another reading of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(r"\[\^?(?:\\.|[^\]\\])+\]|\\.|\{\d+(?:,\d*)?\}|.", re.DOTALL)
COUNTS = {"?": (0, 1), "*": (0, 2), "+": (1, 2)}
CHARACTERS = [chr(code) for code in range(33, 127)] + [" ", "\n", "\u00e9"]
OTHER_DIGITS = {48 + digit: 0x660 + digit for digit in range(10)}


def like(pattern: str) -> Iterator[str]:
    """Yield samples, each with what comes of it when it is bent; of what is no pattern, none.

    >>> [*like("^[a-c]x{2,3}$")][:2]
    ['axx', 'cxxx']
    """
    try:
        found = [_Sampler(pattern.removeprefix("^").removesuffix("$"), most=most).sample() for most in (False, True)]
    except (re.error, FutureWarning, IndexError, ValueError):
        return
    yield from found
    for one in found:
        yield from (f"{one}\n", f"x{one}", f"{one}x", one[:-1], one[1:], one.upper(), one.lower(), f"{one}\u0301")
        yield from (one.translate(OTHER_DIGITS), one.replace("-", "_"), one.replace(".", "x"), f" {one} ", one * 3)


class _Sampler:
    """Walks over a pattern and takes the least of each choice, or the most."""

    def __init__(self, pattern: str, *, most: bool) -> None:
        self.tokens = TOKEN.findall(pattern)
        self.place = 0
        self.most = most

    def sample(self) -> str:
        """Return what matches as far as the closing parenthesis, or the end."""
        choices = [""]
        while self.place < len(self.tokens) and self.tokens[self.place] != ")":
            if self.tokens[self.place] == "|":
                self.place += 1
                choices.append("")
            else:
                choices[-1] += self._atom() * self._count()
        return choices[-1 if self.most else 0]

    def _atom(self) -> str:
        token = self.tokens[self.place]
        self.place += 1
        if token == "(":  # noqa: S105 (no password)
            inner = self.sample()
            self.place += 1
            return inner
        if token[0] in "[.":
            fitting = [one for one in CHARACTERS if re.fullmatch(token, one)]
            return fitting[-1 if self.most and token[1:2] != "^" else 0]
        return str(token[-1])

    def _count(self) -> int:
        token = self.tokens[self.place] if self.place < len(self.tokens) else ""
        if token not in COUNTS and not re.fullmatch(r"\{.*\}", token):
            return 1
        self.place += 1
        if token in COUNTS:
            return COUNTS[token][self.most]
        least, _, most = token[1:-1].partition(",")
        return int(most or least) if self.most else int(least)
