"""The header of a Hugging Face page saved as text: navigation words, page title, date, and a line that says when it was saved."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from transforms.dates import PrintedDate, as_utc, read_date_line
from transforms.lines import Line

# The navigation words that the dumps of 2024 to 2026 have, and those of the site's menu that a browser may save with them.
_NAVIGATION = frozenset(
    [
        "new",
        "get trending papers in your email inbox!",
        "subscribe",
        "daily papers",
        "trending papers",
        "papers",
        "hugging face",
        "models",
        "datasets",
        "spaces",
        "docs",
        "pricing",
        "enterprise",
        "log in",
        "sign up",
        "search",
        "by",
        "ak",
        "and the research community",
        "daily",
        "weekly",
        "monthly",
        "trending",
    ]
)
_BYLINE = re.compile(r"by ?AK ?and the research community", re.IGNORECASE)
_STRONG_MARKS = frozenset(["get trending papers in your email inbox!", "daily papers", "trending papers"])
_CAPTURED = re.compile(
    r"(?:retrieved|captured|fetched|saved)(?: at| on)? ?[:=] ?[\"']?(?P<at>\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)[\"']?",
    re.IGNORECASE,
)
# The byline ends the header; a page whose menu was saved too has it within this many lines.
_LONGEST_HEADER = 60
# A line above the byline that is longer, and no address, is text: papers stand above it, and none of them may be taken for navigation.
_LONGEST_NAVIGATION = 80


@dataclass(frozen=True, slots=True)
class Header:
    """How many of the page's lines are its header, and what it says: the page's date as printed, when it was saved (UTC, no zone)."""

    line_count: int
    date: PrintedDate | None = None
    captured_at: datetime | None = None


def is_header_mark(text: str) -> bool:
    """Whether this line alone is a sign of such a page."""
    return text.lower() in _STRONG_MARKS or _BYLINE.fullmatch(text) is not None


def read_header(lines: Sequence[Line]) -> Header:
    """The header at the start of these lines; of length 0 where there is none (the page's upper part was cut away)."""
    byline = next((n for n, line in enumerate(lines[:_LONGEST_HEADER]) if _BYLINE.fullmatch(line.text)), -1)
    if any(len(line.text) > _LONGEST_NAVIGATION and "://" not in line.text for line in lines[: max(byline, 0)]):
        byline = -1
    count = byline + 1
    captured_at = next(filter(None, (_capture_time(line.text) for line in lines[:count])), None)
    date: PrintedDate | None = None
    for line in lines[count:_LONGEST_HEADER]:
        if not date and (found := read_date_line(line.text)) and found.comment_count is None:
            date = found
        elif at := _capture_time(line.text):
            captured_at = captured_at or at
        elif line.text.lower() not in _NAVIGATION:
            break
        count += 1
    return Header(count, date, captured_at)


def _capture_time(text: str) -> datetime | None:
    found = _CAPTURED.fullmatch(text)
    return as_utc(found["at"]) if found else None
