"""Which paths a document's records have, and of which type: what `bronze.drift` is made from."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

_NAMES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


# Records of one source have few shapes (names and types of an object's fields); beyond so many at one path each field is counted by itself.
_MOST_SHAPES = 1_000


class _Shape:
    """Objects with the same names and types: how many there were, and which of their fields have something below."""

    __slots__ = ("below", "count")

    def __init__(self, below: tuple[tuple[str, "_Node", bool], ...]) -> None:
        self.count = 0
        self.below = below


class _Node:
    """What was seen at one path."""

    __slots__ = ("counts", "fields", "items", "path", "shapes")

    def __init__(self, path: str) -> None:
        self.path = path
        self.counts: defaultdict[type, int] = defaultdict(int)
        self.fields: dict[str, _Node] = {}
        self.items: _Node | None = None
        self.shapes: dict[tuple[tuple[str, ...], tuple[type, ...]], _Shape] = {}

    def field(self, name: str) -> "_Node":
        child = self.fields.get(name)
        if child is None:
            child = self.fields[name] = _Node(f"{self.path}.{name}" if self.path else name)
        return child


class Paths:
    """A tally of paths (`paper.authors[].name`) and types (string, integer, number, boolean, null, object, array; element, attribute, field)."""

    def __init__(self, opaque: frozenset[str] = frozenset()) -> None:
        """`opaque` are paths of objects whose keys are data, not names: they are counted and not entered."""
        self._root = _Node("")
        self._noted: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.opaque = opaque

    def note(self, path: str, kind: str, count: int = 1) -> None:
        """Count one path of a format that is no JSON."""
        self._noted[path, kind] += count

    def walk(self, value: Any) -> None:
        """Count every path in a JSON value."""
        if type(value) is dict:
            self._object(self._root, value)
        elif type(value) is list:
            self._array(self._root, value)

    def _object(self, node: _Node, value: dict[str, Any]) -> None:
        # Most objects look like one before, so they are counted by their shape, and only fields with something below are looked into.
        names, kinds = tuple(value), tuple(map(type, value.values()))
        shape = node.shapes.get((names, kinds))
        if shape is None:
            shape = self._shape(node, names, kinds)
            if len(node.shapes) < _MOST_SHAPES:
                node.shapes[names, kinds] = shape
            else:
                for name, kind in zip(names, kinds, strict=True):
                    node.field(name).counts[kind] += 1
        shape.count += 1
        for name, child, is_object in shape.below:
            if is_object:
                self._object(child, value[name])
            else:
                self._array(child, value[name])

    def _shape(self, node: _Node, names: tuple[str, ...], kinds: tuple[type, ...]) -> _Shape:
        children = ((name, node.field(name), kind) for name, kind in zip(names, kinds, strict=True) if kind is dict or kind is list)
        return _Shape(tuple((name, child, kind is dict) for name, child, kind in children if child.path not in self.opaque))

    def _array(self, node: _Node, value: list[Any]) -> None:
        items = node.items
        if items is None:
            items = node.items = _Node(f"{node.path}[]")
        kinds = set(map(type, value))
        if len(kinds) == 1:
            (kind,) = kinds
            items.counts[kind] += len(value)
            if kind is dict:
                for inner in value:
                    self._object(items, inner)
            elif kind is list:
                # All of them are counted at the same path, so they may as well be one.
                self._array(items, list(chain.from_iterable(value)))
            return
        for inner in value:
            kind = type(inner)
            items.counts[kind] += 1
            if kind is dict:
                self._object(items, inner)
            elif kind is list:
                self._array(items, inner)

    def rows(self) -> list[tuple[str, str, int]]:
        """(path, type, count) of all that was seen, in order of path and type."""
        found: defaultdict[tuple[str, str], int] = defaultdict(int, self._noted)
        for path, kind, count in _flat(self._root):
            found[path, kind] += count
        return [(path, kind, count) for (path, kind), count in sorted(found.items())]


def _flat(node: _Node) -> Iterator[tuple[str, str, int]]:
    for kind, count in node.counts.items():
        yield node.path, _NAMES[kind], count
    for (names, kinds), shape in node.shapes.items():
        for name, kind in zip(names, kinds, strict=True):
            yield node.field(name).path, _NAMES[kind], shape.count
    if node.items is not None:
        yield from _flat(node.items)
    for child in node.fields.values():
        yield from _flat(child)


def known_paths(types_of: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """(path, type) from a table of path to types separated by blanks; a known path may always be null."""
    return frozenset((path, kind) for path, types in types_of.items() for kind in (*types.split(), "null"))
