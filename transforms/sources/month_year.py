"""Dates whose month and year stand in fields of their own, as in bibliographies."""

import re

_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_YEAR = re.compile(r"\d{4}")


def date_of(year: str | None, month: str | None) -> str | None:
    """Month and year as one date: 1994-08 where the month is a number, else in words (August 1994, 16-18 June 2003)."""
    if year and month and _MONTH.fullmatch(month) and _YEAR.fullmatch(year):
        return f"{year}-{month:0>2}"
    return " ".join(filter(None, (month, year))) or None
