"""The lines of a stream, whatever ends them, with their places: LF, CRLF, or CR alone in a document that has no LF."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_BLOCK_BYTES = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KEPT_OF_LONG = 64 * 1024


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line, blank or not: its number from 1, its place, and its bytes without the line break.

    `raw` is its beginning where it is longer than the limit.
    """

    number: int
    offset: int
    length: int
    raw: bytes

    @property
    def is_too_long(self) -> bool:
        return self.length > len(self.raw)

    @property
    def end(self) -> int:
        return self.offset + self.length


def text_lines(stream: BinaryIO, max_bytes: int) -> Iterator[TextLine]:
    """All lines in order; memory is bounded by the limit and one block."""
    kept_of_long = min(_KEPT_OF_LONG, max_bytes)
    held = stream.read(_BLOCK_BYTES)
    offset = len(_BYTE_ORDER_MARK) if held.startswith(_BYTE_ORDER_MARK) else 0
    held, number = held[offset:], 1
    line_break = b"\n" if b"\n" in held or b"\r" not in held else b"\r"
    # Of a line beyond the limit: its beginning, and how much of it is no longer held.
    beginning, passed = b"", 0
    while True:
        lines = held.split(line_break)
        held = lines.pop()
        for raw in lines:
            length = passed + len(raw)
            kept = (beginning if passed else raw)[:kept_of_long] if length > max_bytes else raw
            if line_break == b"\n" and kept[-1:] == b"\r" and len(kept) == length:
                kept = kept[:-1]
                yield TextLine(number, offset, length - 1, kept)
            else:
                yield TextLine(number, offset, length, kept)
            offset += length + 1
            number, passed = number + 1, 0
        if passed + len(held) > max_bytes:
            beginning = beginning if passed else held[:kept_of_long]
            passed, held = passed + len(held), b""
        block = stream.read(_BLOCK_BYTES)
        if not block:
            if held or passed:
                yield TextLine(number, offset, passed + len(held), beginning if passed else held)
            return
        held += block
