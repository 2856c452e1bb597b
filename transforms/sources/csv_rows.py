"""The rows of a delimited table, each with its place in the bytes, as a stream."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from transforms.sources.csv_columns import columns_of
from transforms.sources.text_lines import TextLine, text_lines

DELIMITERS = (",", "\t", ";", "|")
# A quoted field goes on for no more lines than this. A quote that is never closed is found out after as many, and costs its own line only.
_MAX_ROW_LINES = 200
_SEPARATOR_LINE = re.compile(rb"sep=(.)")
_CLOSING = re.compile(rb'(?:[^"]++|"")*+"')


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first line, its place, its fields, or why it has none."""

    line: int
    offset: int
    length: int
    fields: list[str]
    fault: str | None = None
    code: str = "malformed"
    raw: bytes = b""


def delimiter_of(header: bytes) -> str:
    """The delimiter with which a header has the most columns that are known."""

    def known(delimiter: str) -> tuple[int, int]:
        fields = split_fields(header.decode("utf-8", "replace"), delimiter)
        return len(columns_of(fields).places), len(fields)

    return max(DELIMITERS, key=known)


def declared_delimiter(line: bytes) -> str | None:
    """The delimiter that a first line of `sep=;` declares, as Excel writes it."""
    found = _SEPARATOR_LINE.fullmatch(line.strip(b"\r\n"))
    return found[1].decode("latin-1") if found else None


def rows(stream: BinaryIO, max_line_bytes: int, max_row_bytes: int) -> Iterator[Row]:
    """The header, and then all rows that are not blank. Memory is bounded by one row."""
    source = text_lines(stream, max_line_bytes)
    ahead: deque[TextLine] = deque()
    delimiter, width = "", 0
    while (line := ahead.popleft() if ahead else next(source, None)) is not None:
        if line.is_too_long:
            why = f"the line has {line.length:,} bytes; mend it, or raise max_line_bytes"
            yield Row(line.number, line.offset, line.length, [], why, "record_too_large", line.raw)
        elif not delimiter and (declared := declared_delimiter(line.raw)):
            delimiter = declared
        elif line.raw.strip():
            delimiter = delimiter or delimiter_of(line.raw)
            taken = _lines_of_row(line, delimiter, ahead, source, max_row_bytes)
            row = _row(taken, delimiter, width)
            if row.fault and len(taken) > 1 and any(len(_fields_of([other], delimiter)) == width for other in taken[1:]):
                # Rows of their own stand in what a stray quote holds together: it costs its own line.
                row, taken = _row([line], delimiter, -1), [line]
            for _ in taken[1:]:
                ahead.popleft()
            width = width or len(row.fields)
            yield row


def _lines_of_row(line: TextLine, delimiter: str, ahead: deque[TextLine], source: Iterator[TextLine], max_bytes: int) -> list[TextLine]:
    """This line and those of `ahead` in which a quoted field of it goes on; only this line where the field does not end."""
    mark = delimiter.encode("latin-1") + b'"'
    taken = [line]
    is_open = _is_open(line.raw, mark, is_open=False)
    size = line.length
    while is_open:
        if len(taken) > len(ahead) and (following := next(source, None)) is not None:
            ahead.append(following)
        if len(taken) > len(ahead) or len(taken) >= _MAX_ROW_LINES:
            return [line]
        following = ahead[len(taken) - 1]
        size += following.length
        if following.is_too_long or size > max_bytes:
            return [line]
        taken.append(following)
        is_open = _is_open(following.raw, mark, is_open=True)
    return taken


def _is_open(raw: bytes, mark: bytes, is_open: bool) -> bool:
    """Whether a quoted field is open at the line's end. `mark` is the delimiter and a quote: only there does a field open in a line."""
    at = 0
    if not is_open:
        if raw[:1] == b'"':
            at = 1
        elif (found := raw.find(mark)) >= 0:
            at = found + 2
        else:
            return False
    while True:
        closing = _CLOSING.match(raw, at)
        if not closing:
            return True
        found = raw.find(mark, closing.end())
        if found < 0:
            return False
        at = found + 2


def _row(lines: list[TextLine], delimiter: str, width: int) -> Row:
    """The row that these lines are; `width` is the number of fields it should have (0: any, -1: none can be right)."""
    first, last = lines[0], lines[-1]
    offset, length = first.offset, last.end - first.offset
    raw = b"\n".join(line.raw for line in lines)
    fields = _fields_of(lines, delimiter)

    def faulty(why: str, code: str = "malformed") -> Row:
        return Row(first.number, offset, length, [], why, code, raw)

    if width < 0 or _is_open(lines[-1].raw, delimiter.encode("latin-1") + b'"', is_open=len(lines) > 1):
        return faulty("a quote that opens in it does not close where the row should end; close it, or double the quotes within the field")
    if not fields:
        return faulty(f"it cannot be split into fields: one has more than {csv.field_size_limit():,} characters, or a line break without quotes")
    if width and len(fields) != width:
        return faulty(f"it has {len(fields)} fields where the header has {width}; put quotes around a field that holds the delimiter")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        why = f"byte 0x{raw[error.start]:02X} is not UTF-8; convert the file to UTF-8 (iconv -f latin1 -t utf-8) and load it again"
        return Row(first.number, offset, length, fields, why, "not_utf8", raw)
    return Row(first.number, offset, length, fields)


def _fields_of(lines: list[TextLine], delimiter: str) -> list[str]:
    """The fields of these lines as one row; none where they are not one row."""
    text = "\n".join(line.raw.decode("utf-8", "surrogateescape") for line in lines)
    if '"' not in text:
        return text.split(delimiter)
    return split_fields(text, delimiter)


def split_fields(text: str, delimiter: str) -> list[str]:
    """The fields of one row, quotes undone; none where it is not one row."""
    try:
        found = list(csv.reader([text], delimiter=delimiter))
    except csv.Error:
        return []
    return found[0] if len(found) == 1 else []
