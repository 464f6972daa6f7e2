"""Boxes and what ties them, placed in layers: parents on the left, few crossings, short lines; always the same way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP = 26.0  # between boxes of a layer
LANE = 92.0  # between layers
PASSING = 14.0  # what a line takes that passes a layer
MARGIN = 24.0
SWEEPS = 12
WIDE = 1.6  # how much wider than high a diagram may be
Point = tuple[float, float]
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Something to place, by its name and size."""

    name: str
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the upper left corners are, the points that lines pass, from child to parent, and the whole size."""

    corners: Mapping[str, Point]
    bends: Mapping[Edge, tuple[Point, ...]]
    width: float
    height: float


@dataclass(slots=True, kw_only=True)
class Layers:
    """The boxes in layers, and the chains of places that long lines pass."""

    rows: list[list[str]]
    sizes: dict[str, tuple[float, float]]
    left: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    right: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    chains: dict[Edge, list[str]] = field(default_factory=dict)


def place(boxes: Sequence[Box], edges: Iterable[Edge]) -> Plan:
    """Return the plan; an edge is (child, parent), and what has none stands below, in rows."""
    sizes = {box.name: (box.width, box.height) for box in boxes}
    known = sorted({(child, parent) for child, parent in edges if child != parent and {child, parent} <= sizes.keys()})
    tied = sorted({name for edge in known for name in edge})
    forward = _without_circles(tied, known)
    layers = _layers(_ranks(tied, forward), forward, sizes)
    _sort(layers)
    corners, width, height = _coordinates(layers)
    bends = {edge: tuple(_bends(edge, layers, corners)) for edge in known}
    alone = [box for box in boxes if box.name not in set(tied)]
    loose, width, height = _shelves(alone, width, height)
    return Plan(
        corners={name: (corners | loose)[name] for name in sizes},
        bends=bends,
        width=width + MARGIN,
        height=height + MARGIN,
    )


def spread(boxes: Sequence[Box], edges: Iterable[Edge]) -> Plan:
    """Return the plan of many boxes as a grid, read line by line: each comes soon after one that it is tied to."""
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        near[one].add(other)
        near[other].add(one)
    sizes = {box.name: box for box in boxes}
    order: dict[str, None] = {}
    for first in sorted(sizes, key=lambda name: (-len(near[name]), name)):
        waiting = [first]
        for name in waiting:
            if name not in order:
                order[name] = None
                waiting += sorted(near[name] - order.keys(), key=lambda one: (-len(near[one]), one))
    wide = max((box.width for box in boxes), default=0.0) + GAP
    high = max((box.height for box in boxes), default=0.0) + GAP
    across = max(1, round(math.sqrt(len(boxes) * WIDE * high / wide))) if boxes else 1
    corners = {name: (MARGIN + n % across * wide, MARGIN + n // across * high) for n, name in enumerate(order)}
    rows = math.ceil(len(boxes) / across)
    return Plan(
        corners=corners, bends={}, width=2 * MARGIN + across * wide - GAP, height=2 * MARGIN + rows * high - GAP
    )


def _bends(edge: Edge, layers: Layers, corners: Mapping[str, Point]) -> Iterator[Point]:
    """Yield the points at which a line enters and leaves the layers that it passes, from child to parent."""
    child, parent = edge
    chain = layers.chains.get(edge)
    for one in layers.chains.get((parent, child), [])[::-1] if chain is None else chain:
        (left, top), wide = corners[one], layers.sizes[one][0]
        ends = [(left + wide, top + PASSING / 2), (left, top + PASSING / 2)]
        yield from ends if chain is not None else ends[::-1]


def _without_circles(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges, those turned round that would close a circle."""
    parents: dict[str, list[str]] = defaultdict(list)
    for child, parent in edges:
        parents[child].append(parent)
    found: list[Edge] = []
    state: dict[str, int] = {}  # 1 for those on the way from the first, 2 for those that are done
    for first in names:
        stack = [(first, iter(parents[first]))] if first not in state else []
        state.setdefault(first, 1)
        while stack:
            name, rest = stack[-1]
            for parent in rest:
                found.append((parent, name) if state.get(parent) == 1 else (name, parent))
                if parent not in state:
                    state[parent] = 1
                    stack.append((parent, iter(parents[parent])))
                    break
            else:
                state[name] = 2
                stack.pop()
    return sorted(set(found))


def _ranks(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the layer of each name: after its parents, and no layer much fuller than the others."""
    parents: dict[str, list[str]] = defaultdict(list)
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in edges:
        parents[child].append(parent)
        children[parent].append(child)
    most = max(3, math.ceil(math.sqrt(len(names)) * 1.25))
    waiting = {name: len(parents[name]) for name in names}
    ready = [name for name in names if not waiting[name]]
    ranks: dict[str, int] = {}
    counts: dict[int, int] = defaultdict(int)
    while ready:
        ready.sort(key=lambda name: (max((ranks[one] for one in parents[name]), default=0), -len(children[name]), name))
        name = ready.pop(0)
        rank = max((ranks[one] + 1 for one in parents[name]), default=0)
        while counts[rank] >= most:
            rank += 1
        ranks[name] = rank
        counts[rank] += 1
        for child in children[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return _pulled(ranks, parents, children, most)


def _pulled(
    ranks: dict[str, int], parents: Mapping[str, list[str]], children: Mapping[str, list[str]], most: int
) -> dict[str, int]:
    """Move parents without parents of their own next to the nearest child, where there is room."""
    counts: dict[int, int] = defaultdict(int)
    for rank in ranks.values():
        counts[rank] += 1
    for name in sorted(ranks):
        wanted = min((ranks[one] for one in children.get(name, ())), default=0) - 1
        if not parents.get(name) and wanted > ranks[name] and counts[wanted] < most:
            counts[ranks[name]] -= 1
            counts[wanted] += 1
            ranks[name] = wanted
    used = sorted(set(ranks.values()))
    return {name: used.index(rank) for name, rank in ranks.items()}


def _layers(ranks: Mapping[str, int], edges: Sequence[Edge], sizes: Mapping[str, tuple[float, float]]) -> Layers:
    """Return the layers; where a line passes one, it has a place there."""
    found = Layers(rows=[[] for _ in range(max(ranks.values(), default=-1) + 1)], sizes=dict(sizes))
    for name, rank in sorted(ranks.items()):
        found.rows[rank].append(name)
    for child, parent in edges:
        before = child
        chain = []
        for rank in range(ranks[child] - 1, ranks[parent], -1):
            name = f"{child}\0{parent}\0{rank}"
            found.sizes[name] = (0.0, PASSING)
            found.rows[rank].append(name)
            chain.append(name)
            _tie(found, before, name)
            before = name
        _tie(found, before, parent)
        found.chains[child, parent] = chain
    return found


def _tie(layers: Layers, right: str, left: str) -> None:
    layers.left[right].append(left)
    layers.right[left].append(right)


def _sort(layers: Layers) -> None:
    """Order each layer by the middle of its neighbours, to and fro; the order with fewest crossings stays."""
    best, fewest = [list(row) for row in layers.rows], _crossings(layers)
    for sweep in range(SWEEPS):
        near = layers.left if sweep % 2 == 0 else layers.right
        rows = layers.rows if sweep % 2 == 0 else layers.rows[::-1]
        for before, row in pairwise(rows):
            places = _middles(row, before, near)
            row.sort(key=places.__getitem__)
        count = _crossings(layers)
        if count < fewest:
            best, fewest = [list(row) for row in layers.rows], count
    layers.rows[:] = best


def _middles(row: Sequence[str], before: Sequence[str], near: Mapping[str, list[str]]) -> dict[str, tuple[float, int]]:
    """Return where each name of a layer wants to be among those of the layer before."""
    at = {name: number for number, name in enumerate(before)}
    found = {}
    for number, name in enumerate(row):
        found[name] = (_mean([at[one] for one in near.get(name, ()) if one in at], number), number)
    return found


def _crossings(layers: Layers) -> int:
    count = 0
    for before, row in pairwise(layers.rows):
        at = {name: number for number, name in enumerate(before)}
        ends: list[int] = []
        for name in row:
            mine = sorted(at[one] for one in layers.left[name] if one in at)
            count += sum(other > one for one in mine for other in ends)
            ends += mine
    return count


def _coordinates(layers: Layers) -> tuple[dict[str, Point], float, float]:
    """Return corners and size: each layer a column, each box as near to the middle of its neighbours as others let."""
    middles: dict[str, float] = {}
    for row in layers.rows:
        top = 0.0
        for name in row:
            height = layers.sizes[name][1]
            middles[name] = top + height / 2
            top += height + GAP
    for sweep in range(SWEEPS):
        near = layers.left if sweep % 2 == 0 else layers.right
        for row in layers.rows if sweep % 2 == 0 else layers.rows[::-1]:
            wanted = [_mean([middles[one] for one in near[name]], middles[name]) for name in row]
            middles |= dict(zip(row, _apart(wanted, [layers.sizes[name][1] for name in row]), strict=True))
    top = min((middles[name] - layers.sizes[name][1] / 2 for name in middles), default=0.0) - MARGIN
    corners: dict[str, Point] = {}
    left = MARGIN
    for row in layers.rows:
        width = max(layers.sizes[name][0] for name in row)
        for name in row:
            own, height = layers.sizes[name]
            if not own:  # a line passes the layer straight
                own = width
                layers.sizes[name] = (own, height)
            corners[name] = (left + (width - own) / 2, middles[name] - height / 2 - top)
        left += width + LANE
    bottom = max((corners[name][1] + layers.sizes[name][1] for name in corners), default=0.0)
    return corners, max(left - LANE, MARGIN), bottom


def _mean(found: Sequence[float], otherwise: float) -> float:
    return sum(found) / len(found) if found else otherwise


def _apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return the middles nearest to those wanted that leave room, in this order: least squares, by pooling."""
    offsets = [0.0]
    for before, height in pairwise(heights):
        gap = GAP if before > PASSING or height > PASSING else 4.0
        offsets.append(offsets[-1] + before / 2 + height / 2 + gap)
    pools: list[tuple[float, int]] = []
    for one, offset in zip(wanted, offsets, strict=True):
        mean, count = one - offset, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [round(base + offset, 1) for base, offset in zip(flat, offsets, strict=True)]


def _shelves(boxes: Sequence[Box], width: float, height: float) -> tuple[dict[str, Point], float, float]:
    """Place what has no ties beside the rest where that is high, else in rows below it."""
    if boxes and height * WIDE > width + max(box.width for box in boxes):
        return _beside(boxes, width, height)
    most = max(width, 3 * max((box.width for box in boxes), default=0.0) + 2 * GAP + MARGIN)
    left, top, tallest = MARGIN, height + (GAP if height else MARGIN), 0.0
    corners = {}
    for box in sorted(boxes, key=lambda box: (-box.height, box.name)):
        if left > MARGIN and left + box.width > most:
            left, top, tallest = MARGIN, top + tallest + GAP, 0.0
        corners[box.name] = (left, top)
        left += box.width + GAP
        tallest = max(tallest, box.height)
        width = max(width, left - GAP)
    return corners, width, top + tallest if boxes else height


def _beside(boxes: Sequence[Box], width: float, height: float) -> tuple[dict[str, Point], float, float]:
    """Place boxes in columns on the right, as high as the rest."""
    left, top, widest = width + LANE / 2, MARGIN, 0.0
    corners = {}
    for box in sorted(boxes, key=lambda box: (-box.height, box.name)):
        if top > MARGIN and top + box.height > height:
            left, top, widest = left + widest + GAP, MARGIN, 0.0
        corners[box.name] = (left, top)
        top += box.height + GAP
        widest = max(widest, box.width)
        width, height = max(width, left + widest), max(height, top - GAP)
    return corners, width, height
