"""The items of a Hugging Face listing in JSON bytes, each judged for itself: a record, or a reject with the reason."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from transforms.json_spans import Span, load, value_at
from transforms.json_text import BadJson, loads, loads_exactly
from transforms.parsed import RAW_BYTES_KEPT, Record, Reject, Told
from transforms.python_repr import as_json_text
from transforms.sources.hf_paper import is_paper, record_values

# How an item begins, as an object or as Python's printed form in a string. Inside of a sound string its quotes would be escaped.
_BEGINNING = re.compile(rb"""\{\s*+"paper"\s*+:|"\{'paper'\s*+:""")
_BETWEEN_ITEMS = b" \t\r\n,"
_NO_ITEM = b" \t\r\n,]}"
_AGAIN = "fetch the listing again, or mend the file"
Place = Callable[[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Item:
    """One item: what it says (None where it says nothing), and the part that it becomes."""

    value: Any
    part: Record | Reject


class _Fault(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def read_items(
    raw: bytes, spans: Sequence[Span], told: Told, first: int = 1, place: Place = lambda start, end: (start, end - start)
) -> Iterator[Item]:
    """What these parts of an array become, numbered from `first`. `place` gives offset and length in the document for a place in `raw`.

    Where a part cannot be read, the items that it swallowed (behind a missing quote, comma or bracket) are looked for and read one by one.
    """
    number = first
    for span in spans:
        for piece, code, why in _pieces(raw, span, told.limits.max_record_bytes):
            offset, length = place(piece.start, piece.end)
            value: Any = None
            try:
                if code:
                    raise _Fault(code, why)
                value, source = _decoded(raw[piece.start : piece.end], told.limits.max_record_bytes)
                part: Record | Reject = Record(number, offset, length, _judged(value, source))
                told.paths.walk(value)
            except _Fault as fault:
                reason = f"element {number}: {fault}; {_AGAIN}"
                part = Reject(fault.code, reason, number, offset, length, raw[piece.start : min(piece.end, piece.start + RAW_BYTES_KEPT)])
            yield Item(value if isinstance(part, Record) else None, part)
            number += 1


def _pieces(raw: bytes, span: Span, most: int) -> Iterator[tuple[Span, str, str]]:
    """The part itself where it can be decoded; else what it has of items. With each its fault, where that is known already (code and words)."""
    try:
        _checked(raw, span, most)
    except _Fault as fault:
        found = [match.start() for match in _BEGINNING.finditer(raw, span.start, span.end)]
        starts = [start for start in found if start > span.start]
        if not starts:
            yield span, fault.code, str(fault)
            return
    else:
        yield span, "", ""
        return
    for start, end in zip([span.start, *starts], [*starts, span.end], strict=True):
        piece = _own(raw, start, start + len(raw[start:end].rstrip(_BETWEEN_ITEMS)), is_closed=span.is_closed or end < span.end)
        try:
            _checked(raw, piece, most)
        except _Fault as fault:
            yield piece, fault.code, str(fault)
        else:
            yield piece, "", ""


def _own(raw: bytes, start: int, end: int, is_closed: bool) -> Span:
    """The bytes of one item, without the brackets behind it that close what it stands in."""
    inside = raw[start:end]
    own = value_at(inside)
    if own.is_closed and not inside[own.end :].strip(_NO_ITEM):
        end = start + own.end
    return Span(start, end, own.depth, is_closed)


def _checked(raw: bytes, span: Span, most: int) -> None:
    """Raises a fault where these bytes cannot be decoded."""
    if span.end - span.start > most:
        raise _Fault("record_too_large", f"{span.end - span.start:,} bytes, more than the {most:,} that a record may have (setting max_record_bytes)")
    try:
        load(raw, span)
    except BadJson as error:
        if "is not UTF-8" in str(error):
            raise _Fault("not_utf8", f"{error} (offset {error.offset} of the element)") from None
        if not span.is_closed:
            raise _Fault("cut_off", "the document ends within it") from None
        raise _Fault("malformed", f"no JSON ({error})") from None


def _decoded(raw: bytes, most: int) -> tuple[Any, bytes]:
    """The item's value and the JSON that it comes from. A string is opened: somebody saved Python's printed form of the item, or its JSON, in it."""
    value = loads(raw)
    if not isinstance(value, str):
        return value, raw
    text = value.strip()
    for inner in (text.encode("utf-8", "replace"), as_json_text(text)):
        try:
            _checked(inner, replace(value_at(inner), end=len(inner), is_closed=True), most)
        except _Fault as fault:
            refused = fault
            continue
        found = loads(inner)
        if isinstance(found, dict):
            return found, inner
        refused = _Fault("malformed", "a text, no object")
    raise _Fault(refused.code, f"a text in which no printed object can be read: {refused}")


def _judged(value: Any, source: bytes) -> dict[str, Any]:
    """The item's columns; `source` is the JSON that the value comes from. Raises a fault where it is no paper or has no title."""
    if not isinstance(value, dict):
        raise _Fault("malformed", f"{_KINDS.get(type(value), 'a value')}, no object with a paper")
    if not is_paper(value):
        raise _Fault("malformed", f"an object with no paper in it (its keys: {', '.join(list(value)[:8])[:200] or 'none'})")
    values = record_values(_with_exact_id(value, source))
    if "title" not in values:
        raise _Fault("no_title", "a paper with no title")
    return values


_KINDS = {str: "a text", int: "a number", float: "a number", bool: "true or false", list: "an array", type(None): "null"}


def _with_exact_id(item: dict[str, Any], source: bytes) -> dict[str, Any]:
    """The item with an id that somebody wrote as a number with a point as text, digit by digit."""
    has_paper = isinstance(item.get("paper"), dict)
    if type((item["paper"] if has_paper else item).get("id")) is not float:
        return item
    exact = loads_exactly(source)
    if has_paper:
        return {**item, "paper": {**item["paper"], "id": exact["paper"]["id"]}}
    return {**item, "id": exact["id"]}
