"""Which paths a document's records have, and of which type: what `bronze.drift` is made from."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
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


class _Node:
    __slots__ = ("counts", "fields", "items")

    def __init__(self) -> None:
        self.counts: defaultdict[type, int] = defaultdict(int)
        self.fields: dict[str, _Node] = {}
        self.items: _Node | None = None


class Paths:
    """A tally of paths (`paper.authors[].name`) and types (string, integer, number, boolean, null, object, array; element, attribute, field)."""

    def __init__(self, opaque: frozenset[str] = frozenset()) -> None:
        """`opaque` are paths of objects whose keys are data, not names: they are counted and not entered."""
        self._root = _Node()
        self._noted: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.opaque = opaque

    def note(self, path: str, kind: str, count: int = 1) -> None:
        """Count one path of a format that is no JSON."""
        self._noted[path, kind] += count

    def walk(self, value: Any) -> None:
        """Count every path in a JSON value."""
        self._walk(self._root, "", value)

    def _walk(self, node: _Node, path: str, value: Any) -> None:
        if type(value) is dict:
            fields = node.fields
            for name, inner in value.items():
                child = fields.get(name)
                if child is None:
                    child = fields[name] = _Node()
                kind = type(inner)
                child.counts[kind] += 1
                if kind is dict or kind is list:
                    below = f"{path}.{name}" if path else name
                    if below not in self.opaque:
                        self._walk(child, below, inner)
        elif type(value) is list:
            if node.items is None:
                node.items = _Node()
            below = f"{path}[]"
            for inner in value:
                kind = type(inner)
                node.items.counts[kind] += 1
                if kind is dict or kind is list:
                    self._walk(node.items, below, inner)

    def rows(self) -> list[tuple[str, str, int]]:
        """(path, type, count) of all that was seen, in order of path and type."""
        found: defaultdict[tuple[str, str], int] = defaultdict(int, self._noted)
        for path, kind, count in _flat(self._root, ""):
            found[path, kind] += count
        return [(path, kind, count) for (path, kind), count in sorted(found.items())]


def _flat(node: _Node, path: str) -> Iterator[tuple[str, str, int]]:
    for kind, count in node.counts.items():
        yield path, _NAMES[kind], count
    if node.items is not None:
        yield from _flat(node.items, f"{path}[]")
    for name, child in node.fields.items():
        yield from _flat(child, f"{path}.{name}" if path else name)


def known_paths(types_of: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """(path, type) from a table of path to types separated by blanks; a known path may always be null."""
    return frozenset((path, kind) for path, types in types_of.items() for kind in (*types.split(), "null"))
