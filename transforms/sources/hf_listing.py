"""When a Hugging Face listing took its papers up, which day it is of, and how many papers it can have."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_LIMIT = re.compile(r"[?&]limit=(\d{1,9})(?!\d)")
# Ways to ask that give no single day: search, a week, a month, what is trending.
_NO_DAY = re.compile(r"/api/papers\b|[?&](?:week|month|submitter|sort)=")
_DEFAULT_LIMIT, _MOST = 50, 100
# A day's listing begins in the evening before: of 2,719 real items 449 were taken up at 21:00 UTC or later of that evening. Late that day a paper may
# still be added to it (one was at 22:08). So a late item says little, and an earlier one says the day.
_EVENING = 22


def moment(value: Any) -> datetime | None:
    """The time in UTC that this ISO text gives; None where it gives none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(value: Any) -> date | None:
    """The day that this text begins with (2024-08-01, 2024-08-01T00:00:00.000Z); None for a week, a month or anything else."""
    found = _DATE.match(value) if isinstance(value, str) else None
    return _date(found[0]) if found else None


def listing_time(outer: Any, published: Any) -> str | None:
    """An item's outer `publishedAt`, where it says when the listing took the paper up.

    From 11 March 2025 on it is the paper's own time minus 4 or 5 hours, a clock in New York with a Z behind it. No listing has a paper before the
    paper is there, so what is not after the paper's own time is no time of a listing.
    """
    listed, own = moment(outer), moment(published)
    return str(outer) if listed and own and listed > own else None


class ListingDays:
    """The days that a listing's items were taken up on, gathered item by item."""

    def __init__(self) -> None:
        self._submitted: set[date] = set()
        self._listed: set[date] = set()
        self._in_evening: set[date] = set()

    def add(self, item: Mapping[str, Any]) -> None:
        """Note what one item of a listing says."""
        paper = item.get("paper")
        if not isinstance(paper, dict):
            return
        if submitted := moment(paper.get("submittedOnDailyAt")):
            self._submitted.add(submitted.date())
        elif (listed := moment(listing_time(item.get("publishedAt"), paper.get("publishedAt")))) and listed.year < date.max.year:
            (self._in_evening if listed.hour >= _EVENING else self._listed).add(listed.date())

    @property
    def is_empty(self) -> bool:
        """Whether no item says a day."""
        return not (self._submitted or self._listed or self._in_evening)

    def found(self) -> tuple[date | None, bool | None]:
        """The listing's day, and whether it was concluded (no item prints it); nothing where the items are of several days, as a search's are."""
        if self._submitted:
            return (max(self._submitted), False) if len(self._submitted) == 1 else (None, None)
        days = self._listed | self._in_evening
        if not days or max(days) - min(days) > timedelta(days=1):
            return None, None
        return (max(self._listed), False) if self._listed else (max(days) + timedelta(days=1), True)


def has_one_day(url: str | None) -> bool:
    """Whether what was asked for can be one day's listing, as far as the address says."""
    return not (url and _NO_DAY.search(url))


def named_day(name: str) -> date | None:
    """The one date in a file's name."""
    found = {_date(text) for text in _DATE.findall(name)}
    return found.pop() if len(found) == 1 else None


def limit_of(url: str | None, count: int) -> int | None:
    """How many records the answer could have at most; None where nothing says so.

    Where no address says what was asked for, an answer with exactly as many as is usual (50), or as is possible (100), is taken to be cut there: of
    519 daily captures 3 have 50, none has 47 to 49 or more than 50.
    """
    if url:
        asked = _LIMIT.search(url)
        if asked and int(asked[1]):
            return min(int(asked[1]), _MOST)
        return _DEFAULT_LIMIT if "/api/daily_papers" in url else None
    return count if count in (_DEFAULT_LIMIT, _MOST) else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
