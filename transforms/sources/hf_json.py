"""`hf_json`: answers of Hugging Face's API, every vintage: listings, searches, papers alone; and captures that somebody's tool damaged.

Damaged are an array of strings, each Python's printed form of an item, and an object of somebody's own around such an array
(`{"status", "date", "count", "data": [...]}`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from transforms.json_spans import Span, after_space, load, members, parts, value_at
from transforms.json_text import BadJson, head_paths
from transforms.lines import Buffer
from transforms.parsed import Page, Part, Reject, Told, reading_whole, refused
from transforms.sources.hf_items import read_items
from transforms.sources.hf_listing import ListingDays, day, has_one_day, limit_of, named_day
from transforms.sources.hf_paper import PAPER_KEYS

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WRAPPED = "data"
# Where items stand: alone, in an array, in somebody's own object.
_PREFIXES = ("", "[].", f"{_WRAPPED}[].")
# What tells a paper alone from other sources' works: few others have a summary, and none has authors that can be hidden.
_SIGNS_ALONE = ({"id", "summary", "publishedAt"}, {"id", "authors", "authors[]._id", "authors[].hidden"})
_STRINGS = re.compile(rb"""\A(?:\{.{0,4096}?"data"\s*:\s*)?\[\s*"\s*\{\s*(?:'|\\")""", re.DOTALL)
_ERROR = re.compile(rb'\A\{\s*"error"\s*:\s*"[^"]{0,200}(?:Paper not found|expected number to be)')


def matches(head: bytes) -> bool:
    """Whether these are the first bytes of such an answer. An array with nothing in it is one: a day without papers."""
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if start[:1] not in (b"[", b"{"):
        return False
    if start.rstrip() == b"[]" or _ERROR.match(start):
        return True
    paths = head_paths(head)
    if any(_has_paper(paths, prefix) for prefix in _PREFIXES):
        return True
    return bool(_STRINGS.match(start)) and any(sign in start for sign in (b"'paper':", b'\\"paper\\":'))


def _has_paper(paths: frozenset[str], prefix: str) -> bool:
    wrapped = sum(f"{prefix}paper.{key}" in paths for key in PAPER_KEYS)
    return wrapped > 1 or any(all(f"{prefix}{key}" in paths for key in signs) for signs in _SIGNS_ALONE)


@reading_whole
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """The answer's papers in the source's own words, and the listing's day where the answer gives one."""
    raw = bytes(data)
    answer = _opened(raw)
    if answer.error:
        yield from refused(Reject("error_answer", f"the API answered with an error ({answer.error}); ask again for something that is there"))
        return
    told.paths.walk(answer.around)
    days, count, kept, has_items = ListingDays(), 0, 0, not answer.spans and answer.is_listing
    for item in read_items(raw, answer.spans, told):
        count += 1
        if item.value is not None:
            kept += 1
            has_items = has_items or "paper" in item.value
            days.add(item.value)
        yield item.part
    listed_on, is_inferred = _day(answer, days, told) if answer.is_listing and has_items else (None, None)
    limit = limit_of(told.url, count) if answer.is_listing else None
    promised = answer.around.get("count")
    is_cut = not answer.is_whole or bool(limit and count >= limit) or (type(promised) is int and promised > count)
    yield Page(
        read_count=count,
        listed_on=listed_on,
        listed_on_is_inferred=is_inferred,
        listing_state=("truncated" if is_cut else "normal") if kept or not count else None,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """Where an answer's items stand, what stands around them, and whether it came to its end."""

    spans: list[Span]
    is_listing: bool = True
    is_whole: bool = True
    around: dict[str, Any] = field(default_factory=dict)
    error: str | None = None


def _opened(raw: bytes) -> _Answer:
    start = after_space(raw, len(_BYTE_ORDER_MARK) if raw.startswith(_BYTE_ORDER_MARK) else 0)
    spans, end = parts(raw, start)
    # What stands behind the end is no part of the answer, and not dropped either.
    behind = Span(after_space(raw, len(raw) if end is None else end), len(raw.rstrip()))
    more = [behind] if behind.end > behind.start else []
    if raw[start : start + 1] == b"[":
        return _Answer(spans + more, is_whole=end is not None)
    found = dict(members(raw, spans))
    if error := _text_of(raw, found.get("error")) if len(spans) == len(found) == 1 else None:
        return _Answer([], is_listing=False, error=error)
    data = found.pop(_WRAPPED, None)
    if data is None or raw[data.start : data.start + 1] != b"[":
        return _Answer([value_at(raw, start), *more], is_listing=False, is_whole=end is not None)
    inner, inner_end = parts(raw, data.start)
    around: dict[str, Any] = {}
    for name, span in found.items():
        try:
            around[name] = load(raw, span)
        except BadJson:
            continue
    return _Answer(inner + more, is_whole=end is not None and inner_end is not None, around=around)


def _text_of(raw: bytes, span: Span | None) -> str | None:
    try:
        value = load(raw, span) if span else None
    except BadJson:
        return None
    return value[:200] if isinstance(value, str) else None


def _day(answer: _Answer, days: ListingDays, told: Told) -> tuple[date | None, bool | None]:
    """The listing's day, and whether it is concluded: its own, else its items', else the one in the file's name."""
    if found := day(answer.around.get("date")):
        return found, False
    if not has_one_day(told.url):
        return None, None
    if not days.is_empty:
        return days.found()
    named = named_day(told.name)
    return named, True if named else None
