"""Where the parts of a JSON array or object stand in its bytes, sound or damaged.

A decoder gives values without their places and stops for good at the first fault. Here brackets are counted outside of strings, so that each part has
its place before anyone tries to decode it, and a faulty part does not hide those behind it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from transforms.json_text import MAX_DEPTH, BadJson, loads

# No alternative gives back what it took, so that no text takes more than linear time; a string that never ends goes to the end of the bytes.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
_NAME = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+:\s*+', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*+")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to `end` without white space around them; `depth` is how deep brackets are nested there.

    `is_closed` is False for the last part of an array or object whose end is not there.
    """

    start: int
    end: int
    depth: int = 0
    is_closed: bool = True


def after_space(raw: bytes, at: int) -> int:
    """The first place from `at` on that has no white space; the end of the bytes where there is none."""
    found = _SPACE.match(raw, at)
    return found.end() if found else at


def parts(raw: bytes, at: int) -> tuple[list[Span], int | None]:
    """What stands between the commas of the array or object that opens at `at`, and the place behind its closing bracket; None where it has none.

    Blank parts are left out. Any bracket closes any other: a part with a wrong one will not decode.
    """
    found: list[Span] = []
    depth = most = 0
    start = at + 1
    for token in _TOKEN.finditer(raw, at):
        mark = raw[token.start() : token.start() + 1]
        if mark in (b"{", b"["):
            depth += 1
            most = max(most, depth - 1)
        elif mark == b"," and depth == 1:
            found += _trimmed(raw, Span(start, token.start(), most))
            start, most = token.end(), 0
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                found += _trimmed(raw, Span(start, token.start(), most))
                return found, token.end()
    found += _trimmed(raw, Span(start, len(raw), most, is_closed=False))
    return found, None


def members(raw: bytes, spans: list[Span]) -> Iterator[tuple[str, Span]]:
    """Name and value's place for each part of an object; a part that has no name is left out."""
    for span in spans:
        if found := _NAME.match(raw, span.start, span.end):
            try:
                name = loads(found[1])
            except BadJson:
                continue
            yield name, Span(found.end(), span.end, span.depth, span.is_closed)


def value_at(raw: bytes, at: int = 0) -> Span:
    """The place of the array or object that opens at `at`, up to the end of the bytes where it is not closed, as any other value."""
    if raw[at : at + 1] not in (b"{", b"["):
        return Span(at, len(raw))
    inside, end = parts(raw, at)
    return Span(at, len(raw) if end is None else end, 1 + max((span.depth for span in inside), default=0), end is not None)


def load(raw: bytes, span: Span) -> Any:
    """The value that stands there. Raises BadJson where it is none, or nested too deep."""
    if span.depth > MAX_DEPTH:
        raise BadJson(f"brackets nested {span.depth} deep, more than {MAX_DEPTH}")
    return loads(raw[span.start : span.end])


def _trimmed(raw: bytes, span: Span) -> list[Span]:
    start = min(after_space(raw, span.start), span.end)
    end = start + len(raw[start : span.end].rstrip(b" \t\r\n"))
    return [Span(start, end, span.depth, span.is_closed)] if end > start else []
