"""Where the records of a JSON document begin and end, found in a stream without reading the document into memory.

Only brackets outside of strings are looked at, a block at a time, so a record that is no valid JSON still costs itself alone as long as its
brackets and quotes are even. Where they are not, what follows cannot be told apart and is one piece with a fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_BLOCK_BYTES = 1 << 20
# What may stand between two records: commas, white space and, at the very beginning, a byte order mark.
_BETWEEN = b", \t\r\n\xef\xbb\xbf"
# Enough for `"message":` and the white space around it, which says what the bracket behind it holds.
_KEY_BYTES = 256
_QUOTE, _BACKSLASH = 0x22, 0x5C
_STEP = np.zeros(256, dtype=np.int8)
_STEP[[ord("{"), ord("[")]] = 1
_STEP[[ord("}"), ord("]")]] = -1
_CLOSING = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document has its records: in the array behind these keys, or each as the object behind them; no keys mean the top."""

    keys: tuple[str, ...] = ()
    is_array: bool = True

    @property
    def record_level(self) -> int:
        """How many brackets are open within a record, its own counted."""
        return len(self.keys) + (2 if self.is_array else 1)


@dataclass(slots=True)
class Piece:
    """A record's bytes and their place; its number counts from 1. `fault` is a code and the reason where they are no whole record.

    `raw` is None where the bytes were not kept.
    """

    number: int
    offset: int
    length: int
    raw: bytes | None
    fault: tuple[str, str] | None = None


class _Brackets:
    """The brackets outside of strings, with their level, in blocks of bytes that follow one another."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_in_string = 0
        self._backslashes = 0

    def find(self, block: bytes, deepest: int) -> Iterator[tuple[int, int, bool]]:
        """(index, level, whether it opens) of each bracket that opens or closes at most `deepest` levels."""
        codes = np.frombuffer(block, dtype=np.uint8)
        quotes = self._quotes(block, codes)
        at = np.flatnonzero(_STEP[codes])
        at = at[((np.searchsorted(quotes, at) + self._is_in_string) & 1) == 0]
        self._is_in_string = (self._is_in_string + len(quotes)) & 1
        if not len(at):
            return iter(())
        steps = _STEP[codes[at]].astype(np.int64)
        after = steps.cumsum() + self._depth
        self._depth = int(after[-1])
        levels = np.where(steps > 0, after, after + 1)
        wanted = levels <= deepest
        return zip(at[wanted].tolist(), levels[wanted].tolist(), (steps[wanted] > 0).tolist(), strict=True)

    def _quotes(self, block: bytes, codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """Where the quotes are that no backslash escapes."""
        quotes = np.flatnonzero(codes == _QUOTE)
        before, self._backslashes = self._backslashes, 0
        if b"\\" not in block:
            return quotes[1:] if before % 2 and len(quotes) and quotes[0] == 0 else quotes
        slashes = np.flatnonzero(codes == _BACKSLASH)
        breaks = np.diff(slashes) != 1
        first, last = slashes[np.concatenate(([True], breaks))], slashes[np.concatenate((breaks, [True]))]
        counts = last - first + 1
        escaped = last + 1
        if first[0] == 0:
            counts[0] += before
        elif before % 2:
            escaped, counts = np.append(escaped, 0), np.append(counts, 1)
        if last[-1] == len(codes) - 1:
            self._backslashes = int(counts[len(last) - 1])
        return quotes[~np.isin(quotes, escaped[counts % 2 == 1])]


class _Scan:
    """The reading of one document. What is being read (a record, or what stands between two) begins at `_start`."""

    def __init__(self, stream: BinaryIO, place: Place, max_record_bytes: int, block_bytes: int) -> None:
        self._stream = stream
        self._place = place
        self._max_record_bytes = max_record_bytes
        self._block_bytes = block_bytes
        self._number = 0
        self._open: list[tuple[str, str]] = []  # bracket and key of each level above the records
        self._value_start = self._start = 0
        self._is_in_record = False
        self._has_records = False
        # The bytes that are kept, and where in the document they begin.
        self._kept = b""
        self._base = 0

    def pieces(self) -> Iterator[Piece]:
        brackets = _Brackets()
        while block := self._stream.read(self._block_bytes):
            shift = self._base + len(self._kept)
            self._kept += block
            for index, level, opens in brackets.find(block, self._place.record_level):
                at = shift + index
                mark = chr(block[index])
                if opens:
                    yield from self._opened(at, level, mark)
                elif level == self._place.record_level and self._is_in_record:
                    yield self._record(at + 1)
                elif level < self._place.record_level:
                    if not self._open or _CLOSING[self._open[-1][0]] != mark:
                        yield self._lost(at, mark)
                        return
                    yield from self._closed(at)
            self._forget()
        yield from self._ended()

    def _opened(self, at: int, level: int, mark: str) -> Iterator[Piece]:
        if level == self._place.record_level and self._begins_record(at, mark):
            yield from self._between(at)
            self._is_in_record, self._start = True, at
            self._has_records = True
        elif level < self._place.record_level:
            if level == 1:
                yield from self._between(at)
                self._value_start, self._has_records = at, False
            self._open.append((mark, self._key(at)))
            if self._is_at_records:
                self._has_records = True
                self._start = at + 1

    def _closed(self, at: int) -> Iterator[Piece]:
        if self._is_at_records:
            yield from self._between(at)
        self._open.pop()
        if not self._open:
            self._start = at + 1
            if not self._has_records:
                self._number += 1
                names = ".".join(self._place.keys)
                yield Piece(self._number, self._value_start, at + 1 - self._value_start, None, ("error_answer", f"an answer without {names}"))

    @property
    def _is_at_records(self) -> bool:
        """Whether a record may begin here."""
        opened = self._open
        if len(opened) != self._place.record_level - 1:
            return False
        if self._place.is_array:
            return opened[-1][0] == "[" and all(mark == "{" for mark, _ in opened[:-1]) and tuple(key for _, key in opened[1:]) == self._place.keys
        return not opened

    def _begins_record(self, at: int, mark: str) -> bool:
        if self._place.is_array or not self._place.keys:
            return self._is_at_records
        return mark == "{" and (*(name for _, name in self._open[1:]), self._key(at)) == self._place.keys

    def _key(self, at: int) -> str:
        """The key before the bracket at this place; empty in an array and at the top."""
        if not self._open or self._open[-1][0] != "{":
            return ""
        before = self._kept[max(0, at - self._base - _KEY_BYTES) : at - self._base].rstrip(b" \t\r\n:")
        start = before.rfind(b'"', 0, -1)
        return before[start + 1 : -1].decode("utf-8", "replace")

    def _record(self, end: int) -> Piece:
        start, self._start, self._is_in_record = self._start, end, False
        return self._piece(start, end)

    def _between(self, end: int) -> Iterator[Piece]:
        """What stands between two records and is no comma."""
        if not (self._is_at_records or not self._open) or self._is_in_record:
            return
        start, self._start = self._start, end
        if start >= self._base:
            text = self._kept[start - self._base : end - self._base]
            start += len(text) - len(text.lstrip(_BETWEEN))
            end -= len(text) - len(text.rstrip(_BETWEEN)) if start < end else 0
        if start < end:
            yield self._piece(start, end)

    def _piece(self, start: int, end: int, fault: tuple[str, str] | None = None) -> Piece:
        self._number += 1
        if end - start > self._max_record_bytes:
            return Piece(self._number, start, end - start, None, fault or ("record_too_large", too_large(end - start, self._max_record_bytes)))
        raw = self._kept[start - self._base : end - self._base]
        return Piece(self._number, start, end - start, raw, fault)

    def _forget(self) -> None:
        """Drop the bytes that are not needed any more, or that are more than a record may have."""
        end = self._base + len(self._kept)
        needed = self._start if self._is_in_record or self._is_at_records or not self._open else end - _KEY_BYTES
        if end - needed > self._max_record_bytes:
            needed = end - _KEY_BYTES
        if needed > self._base:
            self._kept = self._kept[needed - self._base :]
            self._base = needed

    def _lost(self, at: int, mark: str) -> Piece:
        """A bracket that closes what is not open: from here on nothing can be told apart."""
        end = self._base + len(self._kept)
        while block := self._stream.read(self._block_bytes):
            end += len(block)
        start = self._start if self._is_in_record or self._is_at_records else at
        self._number += 1
        why = f"“{mark}” at byte {at:,} closes what is not open, so nothing behind it can be told apart"
        return Piece(self._number, start, end - start, None, ("malformed", why))

    def _ended(self) -> Iterator[Piece]:
        end = self._base + len(self._kept)
        if self._is_in_record:
            yield self._piece(self._start, end, ("cut_off", "the document ends within it"))
            return
        yield from self._between(end)
        if self._open and not self._has_records:
            self._number += 1
            why = f"the document ends before {'.'.join(self._place.keys) or 'a record'}"
            yield Piece(self._number, self._value_start, end - self._value_start, None, ("cut_off", why))


def too_large(length: int, most: int) -> str:
    """Why a record of this many bytes is not read."""
    return f"it has {length:,} bytes, more than the {most:,} that a record may have (setting max_record_bytes)"


def pieces(stream: BinaryIO, place: Place, max_record_bytes: int, block_bytes: int = _BLOCK_BYTES) -> Iterator[Piece]:
    """The records of a document, or of several one behind the other, in order. Memory is bounded by the limit and a few blocks."""
    return _Scan(stream, place, max_record_bytes, block_bytes).pieces()
