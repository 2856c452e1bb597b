"""A BibTeX document cut before each `@word{` at a line's start, as a stream."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_BLOCK_BYTES = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# It begins with one letter that is rare, so that the search runs at the speed of the machine; what stands before it is looked at afterwards.
_HEAD = re.compile(rb"@[ \t]{0,8}[A-Za-z][\w-]{0,63}\s{0,8}[{(]")
_MAX_INDENT = 64
# More than the longest match of the pattern: one that the end of a block cuts is found when the next is there.
_OVERLAP = 256
_KEPT_OF_LONG = 64 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes from one start of an entry to the next: where they begin, in which line, and how many they are.

    `raw` is their beginning where they are more than the limit.
    """

    offset: int
    line: int
    raw: bytes
    length: int
    is_last: bool = False

    @property
    def is_too_long(self) -> bool:
        return self.length > len(self.raw)


def pieces(stream: BinaryIO, max_bytes: int) -> Iterator[Piece]:
    """The pieces in order, which together are all bytes but a byte order mark. Memory is bounded by the limit and one block."""
    held = stream.read(_BLOCK_BYTES)
    offset = len(_BYTE_ORDER_MARK) if held.startswith(_BYTE_ORDER_MARK) else 0
    held, line = held[offset:], 1
    # Of a piece beyond the limit: its beginning, and what of it is no longer held.
    beginning, passed, passed_lines, searched = b"", 0, 0, 0
    while True:
        start = 0
        for found in _HEAD.finditer(held, searched):
            at = _line_start(held, found.start())
            if at is not None and (at > start or passed):
                yield Piece(offset, line, beginning if passed else held[start:at], passed + at - start)
                line += passed_lines + held.count(b"\n", start, at)
                offset += passed + at - start
                start, passed, passed_lines = at, 0, 0
        held = held[start:]
        if len(held) > max_bytes:
            beginning = beginning if passed else held[:_KEPT_OF_LONG]
            dropped = len(held) - _OVERLAP
            passed, passed_lines = passed + dropped, passed_lines + held.count(b"\n", 0, dropped)
            held = held[dropped:]
        searched = max(len(held) - _OVERLAP, 0 if passed else 1)
        block = stream.read(_BLOCK_BYTES)
        if not block:
            yield Piece(offset, line, beginning if passed else held, passed + len(held), is_last=True)
            return
        held += block


def _line_start(held: bytes, at: int) -> int | None:
    """Where the white space before this place begins, if a line does too."""
    before = held[max(0, at - _MAX_INDENT) : at]
    text = before.rstrip(b" \t")
    return at - len(before) + len(text) if text[-1:] in (b"\n", b"\r") or at == len(before) - len(text) else None
