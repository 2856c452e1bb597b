"""Lines of a text document, each with its place in the bytes."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

Buffer = bytes | mmap.mmap

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KEPT_OF_LONG = 64 * 1024
# What a saved page has beside the ordinary blank: non-breaking, thin and zero-width spaces, stray byte order marks.
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\t\r\v\f ]+")


class NotUtf8(Exception):
    """A byte that UTF-8 does not allow; `offset` counts bytes from 0, `line` lines from 1."""

    def __init__(self, offset: int, value: int, line: int) -> None:
        super().__init__(f"byte 0x{value:02X} at offset {offset} (line {line}) is not UTF-8")
        self.offset = offset
        self.value = value
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank.

    `printed` is its text without the line break and the white space at both ends, `text` the same with odd spaces made plain. Both
    are empty, and `is_too_long` set, where the line is longer than the limit and was not read.
    """

    number: int
    offset: int
    length: int
    printed: str
    text: str
    has_gap: bool
    is_too_long: bool = False

    @property
    def end(self) -> int:
        return self.offset + self.length


def plain(text: str) -> str:
    """The text with every run of white space, odd or not, as one blank, and none at its ends."""
    return _ODD_SPACE.sub(" ", text).strip()


def scan(data: Buffer, max_line_bytes: int) -> Iterator[Line]:
    """The lines that are not blank, in order. Memory is bounded by the longest line within the limit.

    Lines end with LF, CRLF or, in a document that has no LF, CR. Raises NotUtf8 at the first byte that is not UTF-8 in a line within the limit.
    """
    start = len(_BYTE_ORDER_MARK) if data[: len(_BYTE_ORDER_MARK)] == _BYTE_ORDER_MARK else 0
    # The search starts at `start` explicitly: an mmap's own default is its file position.
    line_break = b"\n" if data.find(b"\n", start) >= 0 else b"\r"
    number, has_gap = 0, False
    while start < len(data):
        found = data.find(line_break, start)
        end = len(data) if found < 0 else found
        number += 1
        if end - start > max_line_bytes:
            yield Line(number, start, end - start, "", "", has_gap, is_too_long=True)
            has_gap = False
        else:
            printed = _decoded(data[start:end], start, number).strip()
            if text := plain(printed):
                yield Line(number, start, end - start, printed, text, has_gap)
            has_gap = not text
        start = end + 1


def _decoded(raw: bytes, offset: int, number: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8(offset + error.start, raw[error.start], number) from None


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line that is not blank, of a stream: its number from 1, where it starts, its length and its bytes without the line break.

    `raw` is its beginning and `is_too_long` set where it is longer than the limit.
    """

    number: int
    offset: int
    length: int
    raw: bytes
    is_too_long: bool = False


def raw_lines(stream: BinaryIO, max_line_bytes: int) -> Iterator[RawLine]:
    """The lines of a stream that are not blank, in order; memory is bounded by the limit."""
    offset = number = 0
    while True:
        raw = stream.readline(max_line_bytes + 1)
        if not raw:
            return
        number += 1
        length, is_whole = len(raw), raw.endswith(b"\n") or len(raw) <= max_line_bytes
        if not is_whole:
            kept = raw[:_KEPT_OF_LONG]
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(max_line_bytes + 1)
                length += len(raw)
            yield RawLine(number, offset, length, kept, is_too_long=True)
        else:
            start = len(_BYTE_ORDER_MARK) if number == 1 and raw.startswith(_BYTE_ORDER_MARK) else 0
            text = raw[start:].rstrip()
            if text:
                yield RawLine(number, offset + start, len(text), text)
        offset += length
