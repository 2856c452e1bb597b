"""Dates as listings print them, and the year that a page leaves out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# `Oct 28, 2024 2`: a date and two comments. `May 1 8`: 1 May and eight. The day has at most two digits, so `May 18` is a day.
_DATE_LINE = re.compile(
    r"(?P<date>(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>[0-9]{1,2})(?:, ?(?P<year>(?!0000)[0-9]{4}))?)"
    r"(?: (?P<comments>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7}))?",
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed: its text, its parts (year None where it has none) and the comment count behind it, if any."""

    text: str
    month: int
    day: int
    year: int | None = None
    comment_count: int | None = None

    def in_year(self, year: int | None) -> date | None:
        """The date in its own year, else in the given one; None where there is no such day or no year."""
        wanted = self.year or year
        if not wanted:
            return None
        try:
            return date(wanted, self.month, self.day)
        except ValueError:
            return None


def read_date_line(text: str, must_exist: bool = True) -> PrintedDate | None:
    """The date that is all of this line, with or without a comment count; None where the line is anything else.

    A day that no year has (Feb 30) is no date, unless `must_exist` is false: where a date must stand, it is one that was printed wrong.
    """
    found = _DATE_LINE.fullmatch(text)
    if not found:
        return None
    word = found["month"].lower()
    if word[:3] not in MONTHS or not _is_month(word):
        return None
    printed = PrintedDate(
        text=found["date"],
        month=MONTHS.index(word[:3]) + 1,
        day=int(found["day"]),
        year=int(found["year"]) if found["year"] else None,
        comment_count=int(found["comments"].replace(",", "")) if found["comments"] else None,
    )
    # 2024 has every day that any year has.
    return printed if not must_exist or printed.in_year(2024) or printed.in_year(2023) else None


def _is_month(word: str) -> bool:
    names = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
    return word in MONTHS or word in names or word == "sept"


def as_utc(text: str) -> datetime | None:
    """The time or day (its midnight) written in ISO form, in UTC without zone; a time without a zone is taken as UTC. None where it is neither."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None


def page_date(printed: PrintedDate, items: Iterable[PrintedDate], captured_on: date | None) -> date | None:
    """The date of a page that prints it without a year; None where the year cannot be known: no date is better than a wrong one.

    The year is that of the capture, where one is known (the year before, where the day would lie after the capture: a page saved in
    January may be of December). Else it is the year after the latest that an item prints, because an item prints its year
    exactly when it is not the page's; and only if every item without a year then falls on or before the page's day.
    """
    if printed.year:
        return printed.in_year(None)
    if captured_on:
        # One day of grace: the page's clock may be ahead of the capture's time zone, also over the new year.
        possible = [printed.in_year(captured_on.year + ahead) for ahead in (1, 0, -1)]
        return next((day for day in possible if day and (day - captured_on).days <= 1), None)
    dated = list(items)
    years = [item.year for item in dated if item.year]
    if not years:
        return None
    year = max(years) + 1
    page = printed.in_year(year)
    without_year = [item.in_year(year) for item in dated if not item.year]
    return page if page and all(day and day <= page for day in without_year) else None
