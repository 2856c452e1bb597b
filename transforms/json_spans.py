"""Where the parts of a JSON array or object stand in its bytes, sound or damaged.

A decoder gives values without their places and stops for good at the first fault. Here brackets are counted outside of strings, so that each part has
its place before anyone tries to decode it, and a faulty part does not hide those behind it. For documents that are in memory; records of one that is
not are found by transforms/sources/json_pieces.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from transforms.json_marks import Marks
from transforms.json_text import BadJson, loads

# Most parts are small, a document may be large.
_FIRST_BLOCK, _LARGEST_BLOCK = 1 << 12, 1 << 20
# No alternative gives back what it took, so that no text takes more than linear time.
_NAME = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+:\s*+', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*+")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to `end` without white space around them. `is_closed` is False for the last part of an array or object whose end is not
    there."""

    start: int
    end: int
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
    marks, start, block, size = Marks(), at + 1, at, _FIRST_BLOCK
    while block < len(raw):
        for index, _, step in marks.find(raw[block : block + size], 1, with_commas=True):
            if step <= 0:
                found += _trimmed(raw, start, block + index)
                start = block + index + 1
                if step < 0:
                    return found, start
        block, size = block + size, min(2 * size, _LARGEST_BLOCK)
    found += _trimmed(raw, start, len(raw), is_closed=False)
    return found, None


def members(raw: bytes, spans: list[Span]) -> Iterator[tuple[str, Span]]:
    """Name and value's place for each part of an object; a part that has no name is left out."""
    for span in spans:
        if found := _NAME.match(raw, span.start, span.end):
            try:
                name = loads(found[1])
            except BadJson:
                continue
            yield name, Span(found.end(), span.end, span.is_closed)


def value_at(raw: bytes, at: int = 0) -> Span:
    """The place of the array or object that opens at `at`, up to the end of the bytes where it is not closed, as any other value."""
    if raw[at : at + 1] not in (b"{", b"["):
        return Span(at, len(raw))
    _, end = parts(raw, at)
    return Span(at, len(raw) if end is None else end, end is not None)


def load(raw: bytes, span: Span) -> Any:
    """The value that stands there. Raises BadJson where it is none, or nested too deep."""
    return loads(raw[span.start : span.end])


def _trimmed(raw: bytes, start: int, end: int, is_closed: bool = True) -> list[Span]:
    start = min(after_space(raw, start), end)
    end = start + len(raw[start:end].rstrip(b" \t\r\n"))
    return [Span(start, end, is_closed)] if end > start else []
