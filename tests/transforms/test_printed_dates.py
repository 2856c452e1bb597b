from calendar import month_name
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.printed_dates import read_dates

Parts = tuple[int | None, int | None, int | None]


def read(text: str) -> Parts | None:
    """Year, month and day as printed; None where no date is read."""
    rows = read_dates(pl.Series([text], dtype=pl.String)).select("year", "month", "day").rows()
    return rows[0] if rows else None


# The forms of 290,000 real records and of common exports, with what each says.
CASES: list[tuple[str, Parts | None]] = [
    # ISO and its relatives
    ("2024-05-24T17:34:15.000Z", (2024, 5, 24)),
    ("2024-05-24 23:30:00-05:00", (2024, 5, 24)),
    ("2021-01-03", (2021, 1, 3)),
    ("2021/01/03", (2021, 1, 3)),
    ("2021.01.03", (2021, 1, 3)),
    ("2021-1-3", (2021, 1, 3)),
    ("20210103", (2021, 1, 3)),
    ("20210103T1200Z", (2021, 1, 3)),
    ("2003/06/16/Spring", (2003, 6, 16)),
    ("2003-06-16/2003-06-18", (2003, 6, 16)),
    ("1609459200000", (2021, 1, 1)),
    ("1609459199999", (2020, 12, 31)),
    # a year, or a month and a year: no day is made up
    ("1994", (1994, None, None)),
    ("2003.0", (2003, None, None)),
    ("(2003)", (2003, None, None)),
    ("c1997", (1997, None, None)),
    ("2003 (to appear)", (2003, None, None)),
    ("2003-2004", (2003, None, None)),
    ("2021-01", (2021, None, None)),
    ("2003/06//", (2003, None, None)),
    ("200306", (2003, None, None)),
    ("06/2003", (2003, None, None)),
    ("August 1994", (1994, None, None)),
    ("Aug. 1994", (1994, None, None)),
    ("2003 Jun", (2003, None, None)),
    ("2003 Jun-Jul", (2003, None, None)),
    ("2019 Dec-2020 Jan", (2019, None, None)),
    ("October-November 2018", (2018, None, None)),
    ("May–June 2015", (2015, None, None)),
    ("January/February 2001", (2001, None, None)),
    ("Spring 2001", (2001, None, None)),
    ("2021 Spring", (2021, None, None)),
    ("Winter 2001/2002", (2001, None, None)),
    ("Third Quarter 2001", (2001, None, None)),
    # words with a day
    ("Oct 28, 2024", (2024, 10, 28)),
    ("Sept. 3,2024", (2024, 9, 3)),
    ("July 5th, 2001", (2001, 7, 5)),
    ("05 August 2020", (2020, 8, 5)),
    ("15-Sep-2026", (2026, 9, 15)),
    ("2003 Jun 16", (2003, 6, 16)),
    ("Saturday, 16th of June 2003", (2003, 6, 16)),
    ("Tue, 15 Sep 2026 00:00:00 GMT", (2026, 9, 15)),
    ("Mon, 2 Apr 2007 00:46:51 GMT", (2007, 4, 2)),
    ("Tue Sep 15 00:00:00 2026", (2026, 9, 15)),
    ("{June}~16, 2003", (2003, 6, 16)),
    # ranges: the first day
    ("June 16-18 2003", (2003, 6, 16)),
    ("16-18 June 2003", (2003, 6, 16)),
    ("April 22–23 1999", (1999, 4, 22)),
    ("10--11 January 2020", (2020, 1, 10)),
    ("Aug 23–Aug 27 2004", (2004, 8, 23)),
    ("April 30 - May 1 2004", (2004, 4, 30)),
    ("29 October--3 November 2019", (2019, 10, 29)),
    ("August 28th and 29th 2004", (2004, 8, 28)),
    ("December 30, 2003 - January 2, 2004", (2003, 12, 30)),
    # a page's own year is missing
    ("May 1", (None, 5, 1)),
    ("Dec 16", (None, 12, 16)),
    # day and month in either order: where nothing tells them apart, the year alone
    ("16/06/2003", (2003, 6, 16)),
    ("06/16/2003", (2003, 6, 16)),
    ("06/07/2003", (2003, None, None)),
    ("16.06.2003", (2003, 6, 16)),
    # what names no month or no year there is
    ("2024-13-28", (2024, None, None)),
    ("Foo 28, 2024", (2024, None, None)),
    ("Oct ٢٨, 2024", (2024, None, None)),
    ("٢٠٢٤-10-28", None),
    ("0000-10-28", None),
    ("Oct 28, 0000", None),
    ("1609459200", None),
    ("in press", None),
    ("yesterday", None),
    ("", None),
    (" ", None),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[repr(text) for text, _ in CASES])
def test_what_is_printed_of_a_date_is_read_and_nothing_else(text: str, expected: Parts | None) -> None:
    assert read(text) == expected


def test_each_distinct_text_is_one_row() -> None:
    texts = pl.Series(["May 1", None, "2003", "May 1", "nothing"])
    assert sorted(read_dates(texts)["printed"]) == ["2003", "May 1"]
    assert read_dates(pl.Series([], dtype=pl.String)).is_empty()


FORMS = (
    "{month} {day}, {year}",
    "{day} {month} {year}",
    "{short}. {day}, {year}",
    "{year} {short} {day}",
    "{day}-{short}-{year}",
    "{month} {day}-{later}, {year}",
    "{day}–{later} {month} {year}",
    "{year}-{number:02}-{day:02}T23:59:59Z",
    "{year}/{number:02}/{day:02}",
    "{year}{number:02}{day:02}",
    "{day}.{number}.{year}",
)


@given(at=st.dates(), later=st.integers(1, 31), form=st.sampled_from(FORMS))
def test_a_day_is_read_back_in_every_form(at: Any, later: int, form: str) -> None:
    if at.year < 1600 or at.year > 2099:
        at = at.replace(year=1600 + at.year % 500, day=min(at.day, 28))
    month = month_name[at.month]
    text = form.format(month=month, short=month[:3], day=at.day, year=at.year, number=at.month, later=later)
    assert read(text) == (at.year, at.month, at.day)


@given(text=st.text(max_size=40) | st.text(alphabet="0123456789-/., JunespringGMT:T", max_size=40))
@example(text="9" * 400)
@example(text="\0")
@example(text="1" * 13)
@example(text="- " * 200)
def test_any_text_is_read_without_an_error_and_no_part_is_out_of_range(text: str) -> None:
    if found := read(text):
        year, month, day = found
        assert year is None or 1 <= year <= 9999
        assert month is None or 1 <= month <= 12
        # A day is printed with its month.
        assert day is None or (month is not None and 0 <= day <= 99)
