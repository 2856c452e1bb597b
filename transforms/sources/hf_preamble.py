"""The upper part of a saved Hugging Face page, above its first paper: what the tool that saved it noted, and the page's own date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from transforms.dates import PrintedDate, as_utc, read_date_line
from transforms.lines import Line

# `url: ...` of a front matter, `- Captured (UTC): ...`, `**URL:** ...`, `SOURCE-URL: ...`.
_NOTE = re.compile(r"(?:- |\*\*)?(?P<name>[A-Za-z][A-Za-z0-9_() -]{0,30}):(?:\*\*)? (?P<value>\S.*)")
_NOTE_LINES = 15
_HEADER_LINES = 200
_URLS = ("url", "source url", "source-url")
_TIMES = ("retrieved", "captured (utc)", "captured", "fetched", "exported", "saved")
_QUERY = re.compile(r"[?&]q=")
_BYLINE = re.compile(r"(?:#{1,3} )?by\b.{0,300}\bAK\b.{0,300}\band the research community", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"(?:#{1,3} )?(?P<kind>Daily|Trending) Papers")
_INVITATION = re.compile(r"Get trending papers in your email inbox(?: once a day)?!")
_MARKS = {"title": _PAGE_TITLE, "invitation": _INVITATION, "maker": _BYLINE}
_WHOLE = ("full", "complete")

# The names that the tools are known to write, as they write them.
KNOWN_NOTES = frozenset(
    (name, "field")
    for name in (
        *("url", "retrieved", "command", "statusCode", "transport", "completeness", "title"),
        *("source_id", "notebook_id", "type", "exported"),
        *("URL", "Title", "Captured", "Captured (UTC)"),
        *("Source HTML", "Source SHA256", "Source URL", "Generated from", "Extraction", "Page Title"),
        *("SOURCE-URL", "FETCHED", "HTTP"),
    )
)


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands above the papers. `notes` are the tool's own, by name as printed; `date` is the page's as printed."""

    notes: dict[str, str] = field(default_factory=dict)
    date: PrintedDate | None = None
    is_trending: bool = False

    @property
    def url(self) -> str:
        return self._first(_URLS) or ""

    @property
    def captured_at(self) -> datetime | None:
        """When the page was saved: UTC, no zone."""
        return as_utc(self._first(_TIMES) or "")

    @property
    def status(self) -> str:
        """The answer's HTTP status; empty where it is not noted."""
        return self._first(("statuscode", "http")) or ""

    @property
    def is_partial(self) -> bool:
        """Whether the tool says that it has not saved all."""
        return (self._first(("completeness",)) or "full").lower() not in _WHOLE

    def is_search_page(self, url: str | None) -> bool:
        """Whether the page answers a query (`?q=`); `url` is the document's own, where no note has one."""
        return _QUERY.search(self.url or url or "") is not None

    def _first(self, names: Sequence[str]) -> str | None:
        lowered = {name.lower(): value for name, value in self.notes.items()}
        return next((lowered[name].strip("\"'") for name in names if name in lowered), None)


def read_preamble(lines: Sequence[Line]) -> Preamble:
    """What these lines, those above the first paper, say of the page."""
    notes: dict[str, str] = {}
    for line in lines[:_NOTE_LINES]:
        if mark_of(line.text):
            break
        if found := _NOTE.fullmatch(line.text):
            notes.setdefault(found["name"], found["value"])
    dates = (read_date_line(line.text) for line in islice(lines, _HEADER_LINES))
    kinds = (_PAGE_TITLE.fullmatch(line.text) for line in islice(lines, _HEADER_LINES))
    # A daily page's menu has a line `Trending Papers` too, below its own title.
    kind = next((found["kind"] for found in kinds if found), "")
    preamble = Preamble(notes, next((date for date in dates if date and date.comment_count is None), None))
    is_trending = kind == "Trending" or "/papers/trending" in preamble.url
    return Preamble(notes, preamble.date, is_trending)


def mark_of(text: str) -> str:
    """Which sign of a page of Hugging Face's papers this line is: its title, the invitation above it, the line that names its maker; or empty."""
    return next((name for name, mark in _MARKS.items() if mark.fullmatch(text)), "")
