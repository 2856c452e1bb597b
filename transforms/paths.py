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
# Nor is a shape kept that has very many names, or one beyond so many characters of names in all: keys of a hostile document are data.
_MOST_SHAPE_CHARACTERS = 1 << 20
# The sources that are read have a few hundred paths, the longest of them under 100 characters.
_MOST_PATHS = 5_000
_LONGEST_PATH = 500
# Where values of further paths are counted.
OTHERS = "…"


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


class Paths:
    """A tally of paths (`paper.authors[].name`) and types (string, integer, number, boolean, null, object, array; element, attribute, field).

    Memory is bounded: beyond a few thousand paths, or for one that is very long, values are counted under the path `…`, and nothing below them is.
    """

    def __init__(self, opaque: frozenset[str] = frozenset()) -> None:
        """`opaque` are paths of objects whose keys are data, not names: they are counted and not entered."""
        self._root = _Node("")
        self._others = _Node(OTHERS)
        self._path_count = 0
        self._shape_characters = 0
        self._noted: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.opaque = opaque

    def note(self, path: str, kind: str, count: int = 1) -> None:
        """Count one path of a format that is no JSON."""
        if (path, kind) not in self._noted and (len(self._noted) >= _MOST_PATHS or len(path) > _LONGEST_PATH):
            path = OTHERS
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
            size = sum(map(len, names)) + len(names)
            if len(node.shapes) < _MOST_SHAPES and self._shape_characters + size <= _MOST_SHAPE_CHARACTERS:
                node.shapes[names, kinds] = shape
                self._shape_characters += size
            else:
                for name, kind in zip(names, kinds, strict=True):
                    self._field(node, name).counts[kind] += 1
        shape.count += 1
        for name, child, is_object in shape.below:
            if is_object:
                self._object(child, value[name])
            else:
                self._array(child, value[name])

    def _shape(self, node: _Node, names: tuple[str, ...], kinds: tuple[type, ...]) -> _Shape:
        # Each field has its node from the first time that it is seen: which paths are counted as others follows from the order of the document.
        children = [(name, self._field(node, name), kind) for name, kind in zip(names, kinds, strict=True)]
        below = ((name, child, kind is dict) for name, child, kind in children if kind is dict or kind is list)
        return _Shape(tuple(one for one in below if one[1] is not self._others and one[1].path not in self.opaque))

    def _field(self, node: _Node, name: str) -> _Node:
        """The node of this field, or the one of all others where there are too many."""
        child = node.fields.get(name)
        if child is None:
            path = f"{node.path}.{name}" if node.path else name
            if self._path_count >= _MOST_PATHS or len(path) > _LONGEST_PATH:
                return self._others
            child = node.fields[name] = _Node(path)
            self._path_count += 1
        return child

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
        for path, kind, count in chain(self._flat(self._root), self._flat(self._others)):
            found[path, kind] += count
        return [(path, kind, count) for (path, kind), count in sorted(found.items())]

    def _flat(self, node: _Node) -> Iterator[tuple[str, str, int]]:
        for kind, count in node.counts.items():
            yield node.path, _NAMES[kind], count
        for (names, kinds), shape in node.shapes.items():
            for name, kind in zip(names, kinds, strict=True):
                yield self._field(node, name).path, _NAMES[kind], shape.count
        if node.items is not None:
            yield from self._flat(node.items)
        for child in node.fields.values():
            yield from self._flat(child)


def known_paths(types_of: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """(path, type) from a table of path to types separated by blanks; a known path may always be null."""
    return frozenset((path, kind) for path, types in types_of.items() for kind in (*types.split(), "null"))
