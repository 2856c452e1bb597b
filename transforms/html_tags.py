"""The start tags of an HTML document with the places of their attributes' values in its bytes.

Parsers of documents give values and no places, and the common ones take quadratic time for some damaged pages. This reads tags as the HTML standard's
tokenizer does: attributes in any order, values in either quotes or none, comments and scripts passed over.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# No part gives back what it took: linear time on any bytes. What has no end goes to the end of the document.
_TAG = re.compile(
    rb"""<!--(?:(?!-->).)*+
      | <(?P<name>[A-Za-z][^\s/>]*+)
        (?P<attributes>(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s"'>][^\s>]*+))?+)*+)[\s/]*+>?""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    rb"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)
         (?:\s*+=\s*+(?:"(?P<double>[^"]*+)(?:"|\Z)|'(?P<single>[^']*+)(?:'|\Z)|(?P<bare>[^\s"'>][^\s>]*+)))?+""",
    re.VERBOSE,
)
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Elements whose content is text up to their own end tag, whatever it looks like.
_TEXT_ENDS = {name: re.compile(rb"</" + name + rb"(?![A-Za-z0-9])", re.IGNORECASE) for name in (b"script", b"style", b"textarea", b"title")}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute's value as the document has it, entities and all, and where it starts."""

    raw: bytes
    start: int


def start_tags(raw: bytes) -> Iterator[tuple[str, dict[str, Attribute]]]:
    """Name and attributes of each start tag, names in lower case; of two attributes with the same name the first counts."""
    at = 0
    while found := _TAG.search(raw, at):
        at = found.end()
        if found["name"] is None:
            continue
        attributes: dict[str, Attribute] = {}
        start = found.start("attributes")
        for one in _ATTRIBUTE.finditer(raw, start, found.end("attributes")):
            kind = one.lastgroup or "name"
            value = Attribute(one[kind], one.start(kind)) if kind != "name" else Attribute(b"", one.end())
            attributes.setdefault(_text(one["name"]), value)
        name = found["name"].lower()
        yield _text(name), attributes
        if name in _TEXT_ENDS:
            end = _TEXT_ENDS[name].search(raw, at)
            at = end.start() if end else len(raw)


class Unescaped:
    """An attribute's value with its entities resolved, and the way back from a place in it to the document."""

    def __init__(self, attribute: Attribute) -> None:
        parts: list[bytes] = []
        # Where an entity ends in the value, and how many bytes the document has more up to there.
        self._ends: list[int] = []
        self._more: list[int] = []
        self._start = attribute.start
        at = length = more = 0
        for entity in _ENTITY.finditer(attribute.raw):
            resolved = html.unescape(entity[0].decode()).encode("utf-8", "replace")
            parts += [attribute.raw[at : entity.start()], resolved]
            length += entity.start() - at + len(resolved)
            more += len(entity[0]) - len(resolved)
            self._ends.append(length)
            self._more.append(more)
            at = entity.end()
        self.data = b"".join([*parts, attribute.raw[at:]])

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offset and length in the document of these bytes of the value, which begin and end at an entity's bounds or outside of one."""
        offset = self._back(start)
        return offset, self._back(end) - offset

    def _back(self, at: int) -> int:
        before = bisect_right(self._ends, at)
        return self._start + at + (self._more[before - 1] if before else 0)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace").lower()
