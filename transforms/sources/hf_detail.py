"""`hf_detail`: one paper's page saved as text: SOURCE-URL, FETCHED and HTTP, then the page's words, a tail of its data's JSON in their middle.

The tail begins anywhere, so it is no JSON as a whole. The paper in it is one object and is rescued with what follows it; where that object
is cut too, its leading fields are, and the page's words fill in what it lacks.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from transforms.json_spans import members, parts
from transforms.json_text import BadJson, loads, loads_exactly
from transforms.lines import Buffer, Line, scan
from transforms.parsed import Capture, Page, Part, Record, Reject, Told, reading_whole, refused
from transforms.sources.hf_detail_text import words_of
from transforms.sources.hf_facts import paper_id
from transforms.sources.hf_paper import record_values
from transforms.sources.hf_preamble import read_preamble

_PAGE = re.compile(rb"^(?:\xef\xbb\xbf)?SOURCE-URL: ?https?://huggingface\.co/papers/[^\s/?#]+\s")
_ANSWER = re.compile(rb"^(?:FETCHED|HTTP): ?\S", re.MULTILINE)
_ANSWER_BYTES = 1_000
# In somebody's comment, which is a string of that JSON, the quotes would have backslashes.
_OBJECT = re.compile(rb'(?<!\\)"paper"\s{0,8}:\s{0,8}(?=\{)')
_ESCAPED_OBJECT = re.compile(rb"&quot;paper&quot;\s{0,8}:\s{0,8}(?=\{)")
_MOST_OBJECTS = 8


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of such a dump."""
    return b"\0" not in head and _PAGE.match(head) is not None and _ANSWER.search(head[:_ANSWER_BYTES].replace(b"\r", b"\n")) is not None


@reading_whole
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """The page's one record, and when the page was fetched."""
    lines = list(scan(data, told.limits.max_record_bytes))
    preamble = read_preamble(lines[:3])
    if preamble.status not in ("", "200"):
        yield from refused(Reject("error_answer", f"the page was answered with HTTP status {preamble.status}; fetch it again"))
        return
    if len(data) > told.limits.max_record_bytes:
        most = f"more than the {told.limits.max_record_bytes:,} that a record may have (setting max_record_bytes)"
        yield from refused(Reject("record_too_large", f"the page has {len(data):,} bytes, {most}"))
        return
    values, is_cut = _values(bytes(data), lines, preamble.url, told)
    if "title" not in values:
        yield from refused(Reject("no_paper", "neither the page's data nor its words have a paper's title; save the page again"))
        return
    for name in preamble.notes:
        told.paths.note(name, "field")
    yield Record(1, 0, len(data), values)
    capture = Capture(preamble.captured_at, "page") if preamble.captured_at and told.capture.source != "fetch" else None
    yield Page(read_count=1, listing_state="truncated" if is_cut else "normal", capture=capture)


def _values(raw: bytes, lines: list[Line], url: str, told: Told) -> tuple[dict[str, Any], bool]:
    """The record's columns, and whether the paper's own object was cut off."""
    own = paper_id(url)
    paper, around, is_cut = _rescued(raw, own.get("source_id"))
    values: dict[str, Any] = {}
    if paper:
        item = {**around, "paper": paper}
        told.paths.walk(item)
        values = record_values(item)
    words = words_of(lines) | own
    if "upvote_count" in values:
        words.pop("counts_are_rounded", None)
    return words | values, is_cut or not paper


def _rescued(raw: bytes, wanted: str | None) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """The paper's fields, those of the page behind it, and whether the paper's end is missing. Of several the page's own counts, else the fullest."""
    if not _OBJECT.search(raw) and _ESCAPED_OBJECT.search(raw):
        raw = unescape(raw.decode()).encode()
    best: tuple[dict[str, Any], dict[str, Any], bool] = ({}, {}, False)
    reached = found_count = 0
    for found in _OBJECT.finditer(raw):
        if found.end() < reached or found_count == _MOST_OBJECTS:
            continue
        found_count += 1
        fields, end = _fields(raw, found.end())
        reached = end or found.end()
        if _weight(fields, wanted) > _weight(best[0], wanted):
            around = _fields(b"{" + raw[end:].lstrip(b", \r\n"), 0)[0] if end else {}
            best = (fields, around, end is None)
    return best


def _weight(paper: dict[str, Any], wanted: str | None) -> tuple[bool, bool, int]:
    return paper.get("id") == wanted and bool(paper), "title" in paper, len(paper)


def _fields(raw: bytes, at: int) -> tuple[dict[str, Any], int | None]:
    """The leading fields of the object that opens here, up to the first that is damaged, and the place behind its end; None where it has none.

    Behind a damaged field quotes open and close in the wrong places: nothing there can be trusted.
    """
    spans, end = parts(raw, at)
    fields: dict[str, Any] = {}
    for name, span in members(raw, spans):
        try:
            if not span.is_closed:
                return fields, None
            value = raw[span.start : span.end]
            fields[name] = loads_exactly(value) if name == "id" else loads(value)
        except BadJson:
            return fields, None
    return fields, end
