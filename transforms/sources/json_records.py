"""The reading of JSON formats record by record: JSON lines, an array, or the answer of an API that wraps an array or one record.

A format says where its answers have their records (`Layout`) and what one of them is (`values_of`); faults cost the record that has them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from transforms.content import Content
from transforms.field_names import without
from transforms.json_text import BadJson, head_paths, loads
from transforms.lines import raw_lines
from transforms.parsed import RAW_BYTES_KEPT, Page, Part, Passed, Record, Reject, Told
from transforms.sources.given_fields import Fields
from transforms.sources.json_pieces import Piece, Place, pieces, too_large

_START = b"\xef\xbb\xbf \t\r\n"
_LINES_TRIED = 3
_JSON_TYPES = {list: "an array", str: "text", int: "a number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a format's answers have their records, as paths of keys (`message.items`): in arrays, or one as an object.

    Nothing needs to be said of JSON lines, of an array of records and of a record alone.
    """

    arrays: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def place(self, head: bytes) -> Place | None:
        """Where a document that begins so has its records; None for JSON lines. Never raises."""
        paths = head_paths(head)
        if head.lstrip(_START)[:1] == b"[":
            return Place()
        for path in self.arrays:
            if path in paths:
                return Place(tuple(path.split(".")))
        for path in self.objects:
            if path in paths:
                return Place(tuple(path.split(".")), is_array=False)
        return None if _is_lines(head) else Place(is_array=False)

    def paths(self, head: bytes) -> frozenset[str]:
        """The paths of keys in the first record of a document, from the record on; in JSON lines those of the first lines, so that one that is
        damaged hides nothing. Never raises."""
        if head.lstrip(_START)[:1] not in (b"{", b"["):
            return frozenset()
        place = self.place(head)
        if place is None:
            lines = [line for line in head.split(b"\n", _LINES_TRIED)[:_LINES_TRIED] if line.lstrip(_START)]
            return frozenset().union(*map(head_paths, lines))
        prefix = ".".join(place.keys) + ("[]" if place.is_array else "")
        found = head_paths(head)
        return frozenset(path[len(prefix) + 1 :] for path in found if path.startswith(f"{prefix}.")) if prefix else found


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is not kept: a code of REJECT_CODES and a sentence; and its key, where that is not its `id`."""

    code: str
    why: str
    source_id: str | None = None


NO_TITLE = Refusal("no_title", "it has no title, so nothing says which paper it is")
# What a format makes of a record: columns of bronze.records, or why it is not kept, or that it is no paper by its own type.
# The fields may be changed; the bytes are the record as printed.
ValuesOf = Callable[[Fields, bytes], Fields | Refusal | Passed]


def parse_records(content: Content, told: Told, layout: Layout, values_of: ValuesOf) -> Iterator[Part]:
    """The records of a document in any of the layouts. It never raises, and read = kept + rejected is counted as the records are found."""
    place = layout.place(content.head())
    unit = "line" if place is None else "record"
    read = 0
    # A fault of the last record may be that the document ends within it, so it waits until the next one is found.
    waiting: Reject | None = None
    with content.stream() as stream:
        limit = told.limits.max_record_bytes
        for piece in _lines(stream, limit) if place is None else pieces(stream, place, limit):
            if waiting:
                yield waiting
                waiting = None
            part = _judge(piece, unit, told, values_of)
            if isinstance(part, Passed):
                yield part
                continue
            read += 1
            if isinstance(part, Reject) and part.code in ("malformed", "not_utf8"):
                waiting = part
            else:
                yield part
    if waiting:
        yield _cut_off(waiting, unit) if _ends_early(waiting.raw or b"") else waiting
    yield Page(read_count=read)


_ADVICE = {
    "record_too_large": "raise the limit if it is right",
    "error_answer": "ask the source again",
    "cut_off": "get the file again",
    "no_title": "nothing can be done here but to ask the source",
}


def _lines(stream: Any, limit: int) -> Iterator[Piece]:
    for line in raw_lines(stream, limit):
        fault = ("record_too_large", too_large(line.length, limit)) if line.is_too_long else None
        yield Piece(line.number, line.offset, line.length, line.raw, fault)


def _judge(piece: Piece, unit: str, told: Told, values_of: ValuesOf) -> Record | Reject | Passed:
    if piece.fault or piece.raw is None:
        return _reject(piece, unit, *(piece.fault or ("malformed", "its bytes were not kept")))
    raw = piece.raw
    try:
        value = loads(raw)
    except BadJson as error:
        if set(raw.replace(b",", b" ").split()) == {b"null"}:
            return Passed("null", raw.count(b"null"))
        code = "not_utf8" if "is not UTF-8" in str(error) else "malformed"
        return _reject(piece, unit, code, f"{error}, {error.offset:,} bytes into it")
    if type(value) is not dict:
        # An API asked for many answers null for what it does not have.
        if value is None:
            return Passed("null")
        return _reject(piece, unit, "malformed", f"it is {_JSON_TYPES.get(type(value), 'a value')} where an object was expected")
    told.paths.walk(value)
    key = value.get("id")
    left = without(value, told.ignored) if told.ignored else None
    values = values_of(value, raw)
    if left is not None and type(values) is dict:
        # The key names the record and is no evidence, whatever it is made of.
        told_less = values_of(left, raw)
        values = told_less | {"source_id": values.get("source_id")} if type(told_less) is dict else told_less
    if isinstance(values, Refusal):
        return _reject(piece, unit, values.code, values.why, values.source_id or (key if type(key) is str else None))
    if isinstance(values, Passed):
        return values
    return Record(piece.number, piece.offset, piece.length, values)


def _reject(piece: Piece, unit: str, code: str, why: str, source_id: str | None = None) -> Reject:
    reason = f"{unit} {piece.number}: {why}; {_ADVICE.get(code, f'mend the {unit}, or get the file again')}"
    raw = None if piece.raw is None else piece.raw[:RAW_BYTES_KEPT]
    return Reject(code, reason, piece.number, piece.offset, piece.length, raw, source_id)


def _ends_early(raw: bytes) -> bool:
    """Whether all that is wrong with this JSON is that it stops, perhaps within a letter."""
    try:
        orjson.loads(raw.decode("utf-8", "ignore"))
    except orjson.JSONDecodeError as error:
        return "unexpected end of data" in str(error)
    return False


def _cut_off(reject: Reject, unit: str) -> Reject:
    reason = f"{unit} {reject.position}: the document ends within it; {_ADVICE['cut_off']}"
    return Reject("cut_off", reason, reject.position, reject.offset, reject.length, reject.raw)


def _is_lines(head: bytes) -> bool:
    """Whether each record has a line of its own, from a beginning that is no array: not where a record spans lines."""
    lines = [line for line in head.lstrip(_START).split(b"\n", _LINES_TRIED)[:_LINES_TRIED] if line.strip()]
    if len(lines) < 2 or lines[1].startswith(b"{"):
        return True
    try:
        orjson.loads(lines[0])
    except orjson.JSONDecodeError:
        return False
    return True
