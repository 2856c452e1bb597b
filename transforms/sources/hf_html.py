"""`hf_html`: saved pages of Hugging Face's papers, a listing or one paper. Their data stands as JSON in the attribute `data-props` of an element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from transforms.html_tags import Attribute, Unescaped, start_tags
from transforms.json_spans import Span, after_space, load, members, parts, value_at
from transforms.json_text import BadJson, dumps
from transforms.lines import Buffer
from transforms.parsed import Page, Part, Reject, Told, reading_whole, refused
from transforms.sources.hf_items import Item, read_items
from transforms.sources.hf_listing import day

_LISTING, _PAPER, _COUNTER = "DailyPapers", "PaperContent", "UpvoteControl"
_ITEMS = "dailyPapers"
_MARKS = re.compile(
    rb"""data-target\s*=\s*["']?(?:DailyPapers|PaperContent)\b
       | content\s*=\s*["']https://huggingface\.co/papers\b
       | <title>\s*(?:Daily\ Papers|Trending\ Papers|Paper\ page)\b""",
    re.VERBOSE,
)
_LOOKS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<main", b"<div", b"<!--")
# A month's listing is of a few million bytes; the way back from resolved entities takes some thirty times a page's own size.
_RECORDS_HELD = 4
_API = "save the API's answer (/api/daily_papers?date=...)"
_NOTHING = (
    "a page of Hugging Face without the data of its papers (no element DailyPapers or PaperContent with data-props); "
    f"save the page's source as the server sent it, not what a reader or a script made of it, or {_API}"
)


def matches(head: bytes) -> bool:
    """Whether these are the first bytes of an HTML page that is one of these, or comes from their address."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:20].lower().startswith(_LOOKS) and _MARKS.search(head) is not None


@dataclass(slots=True)
class _Found:
    """What a page has of data: listings and papers with the attribute they stand in, and the votes that its counter shows."""

    components: list[tuple[str, Unescaped]] = field(default_factory=list)
    counter: dict[str, Any] | None = None


@reading_whole
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """The page's papers in the source's own words, and the day that its data says it is of, whatever address it came from."""
    if len(data) > (most := _RECORDS_HELD * told.limits.max_record_bytes):
        yield from refused(Reject("too_large", f"a page of more than {most:,} bytes ({_RECORDS_HELD} times the setting max_record_bytes); {_API}"))
        return
    found = _found(bytes(data))
    page, count, is_whole = None, 0, True
    for target, props in found.components:
        raw = props.data
        at = after_space(raw, 0)
        if raw[at : at + 1] != b"{":
            continue
        spans, end = parts(raw, at)
        is_whole = is_whole and end is not None
        fields = dict(members(raw, spans))
        if target == _LISTING:
            page = _page(raw, fields, told) if page is None and _ITEMS in fields else page
            items = _listed(raw, fields, told, count + 1, props)
        else:
            items = _alone(raw, fields, found.counter, told, count + 1, props)
        for item in items:
            count += 1
            yield item.part
    if not count and page is None:
        yield from refused(Reject("no_paper", _NOTHING))
        return
    listed_on = page.listed_on if page else None
    state = "normal" if is_whole else "truncated"
    yield Page(read_count=count, listed_on=listed_on, listed_on_is_inferred=False if listed_on else None, listing_state=state)


def _found(raw: bytes) -> _Found:
    found = _Found()
    for _, attributes in start_tags(raw):
        if "data-target" not in attributes or "data-props" not in attributes:
            continue
        target = attributes["data-target"].raw.strip().decode("utf-8", "replace")
        if target in (_LISTING, _PAPER):
            found.components.append((target, Unescaped(attributes["data-props"])))
        elif target == _COUNTER and found.counter is None:
            found.counter = _counter(attributes["data-props"])
    return found


def _counter(attribute: Attribute) -> dict[str, Any] | None:
    """A counter's properties; None where they have no number of votes."""
    try:
        data = Unescaped(attribute).data
        value = load(data, value_at(data, after_space(data, 0)))
    except BadJson:
        return None
    return value if isinstance(value, dict) and type(value.get("upvotes")) is int else None


def _page(raw: bytes, fields: dict[str, Span], told: Told) -> Page:
    """What a listing says of itself; its fields are noted, but for the papers, which are noted one by one."""
    values: dict[str, Any] = {}
    for name, span in fields.items():
        try:
            values[name] = [] if name == _ITEMS else load(raw, span)
        except BadJson:
            continue
    told.paths.walk(values)
    return Page(listed_on=day(values.get("dateString")) or day(values.get("date")))


def _listed(raw: bytes, fields: dict[str, Span], told: Told, first: int, props: Unescaped) -> Iterator[Item]:
    items = fields.get(_ITEMS)
    if items is None or raw[items.start : items.start + 1] != b"[":
        return iter(())
    spans, _ = parts(raw, items.start)
    return read_items(raw, spans, told, first, props.place)


def _alone(raw: bytes, fields: dict[str, Span], counter: dict[str, Any] | None, told: Told, number: int, props: Unescaped) -> Iterator[Item]:
    """The paper of a page of its own: its properties are the item, with the counter's beside them."""
    paper = fields.get("paper")
    if paper is None:
        return
    try:
        value = load(raw, value_at(raw, after_space(raw, 0)))
        source = dumps({**value, _COUNTER: counter}).encode() if counter else raw
    except BadJson:
        # Some other property is damaged: the paper is read without it.
        beside = b"," + dumps({_COUNTER: counter})[1:-1].encode() if counter else b""
        source = b'{"paper":' + raw[paper.start : paper.end] + beside + b"}"
    whole = value_at(source, after_space(source, 0))
    yield from read_items(source, [whole], told, number, lambda *_: props.place(paper.start, paper.end))
