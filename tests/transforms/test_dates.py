from datetime import date

import pytest

from transforms.dates import PrintedDate, page_date, read_date_line

DEC_16 = PrintedDate("Dec 16", 12, 16)


def printed(*texts: str) -> list[PrintedDate]:
    found = [read_date_line(text) for text in texts]
    assert None not in found
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("line", "text", "month", "day", "year", "comments"),
    [
        ("Oct 28, 2024 2", "Oct 28, 2024", 10, 28, 2024, 2),
        ("Oct 28, 2024", "Oct 28, 2024", 10, 28, 2024, None),
        ("May 1 8", "May 1", 5, 1, None, 8),
        ("May 18", "May 18", 5, 18, None, None),
        ("May 18 1", "May 18", 5, 18, None, 1),
        ("May 1 18", "May 1", 5, 1, None, 18),
        ("Feb 10", "Feb 10", 2, 10, None, None),
        ("Feb 29", "Feb 29", 2, 29, None, None),
        ("Feb 29, 2024 1", "Feb 29, 2024", 2, 29, 2024, 1),
        ("Sept 3, 2025", "Sept 3, 2025", 9, 3, 2025, None),
        ("Sep. 3, 2025", "Sep. 3, 2025", 9, 3, 2025, None),
        ("March 3", "March 3", 3, 3, None, None),
        ("Jun 30,2023 1000", "Jun 30,2023", 6, 30, 2023, 1000),
    ],
)
def test_a_date_line_is_read_by_value(line: str, text: str, month: int, day: int, year: int | None, comments: int | None) -> None:
    assert read_date_line(line) == PrintedDate(text, month, day, year, comments)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "May",
        "May 0",
        "May 32",
        "May 100",
        "Feb 30",
        "Jun 31, 2024",
        "Feb 29, 2023",
        "may 1",
        "Mayday 1",
        "Marches 3",
        "On May 1",
        "May 1 we show",
        "May 1, 24",
        "May 1, 20245",
        "May 1 8 9",
        "May  1",
        "1 May",
        "Oct 28 2024 2",
        "Octopus 8",
    ],
)
def test_anything_else_is_no_date_line(line: str) -> None:
    assert read_date_line(line) is None


def test_digits_of_other_scripts_are_no_date() -> None:
    # Whatever reads the text later must be able to make numbers of them.
    assert read_date_line("Oct 28, ٢٠٢٤") is None
    assert read_date_line("Oct २८") is None


def test_there_was_no_year_zero() -> None:
    assert read_date_line("Oct 28, 0000") is None


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("Oct 28, 2024", 2025, date(2024, 10, 28)),
        ("Oct 28", 2025, date(2025, 10, 28)),
        ("Oct 28", None, None),
        ("Feb 29", 2024, date(2024, 2, 29)),
        ("Feb 29", 2025, None),
    ],
    ids=["its own year wins", "the given year", "no year", "leap day", "no such day"],
)
def test_a_date_is_completed_by_a_year(text: str, year: int | None, expected: date | None) -> None:
    assert printed(text)[0].in_year(year) == expected


def test_a_page_that_prints_its_year_needs_nothing_else() -> None:
    (page,) = printed("Dec 16, 2023")
    assert page_date(page, printed("Jan 5, 2025"), date(2026, 1, 2)) == date(2023, 12, 16)


@pytest.mark.parametrize(
    ("captured", "expected"),
    [
        (date(2025, 12, 16), date(2025, 12, 16)),
        (date(2025, 12, 31), date(2025, 12, 16)),
        (date(2026, 1, 2), date(2025, 12, 16)),
        (date(2025, 12, 15), date(2025, 12, 16)),
        (date(2025, 12, 14), date(2024, 12, 16)),
    ],
    ids=["the same day", "later that year", "in January", "one day ahead of the capture's clock", "two days ahead: the year before"],
)
def test_a_known_capture_gives_the_year(captured: date, expected: date) -> None:
    # The items would say 2021: the capture is the better witness.
    assert page_date(DEC_16, printed("Oct 1, 2020"), captured) == expected


def test_a_capture_just_before_midnight_of_the_new_year_dates_a_page_of_the_day_ahead() -> None:
    # The page's clock is east of the capture's: 1 January there, 31 December here. The page is of the new year, not of a year ago.
    assert page_date(PrintedDate("Jan 1", 1, 1), [], date(2025, 12, 31)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("captured", "expected"),
    [(date(2024, 3, 1), date(2024, 2, 29)), (date(2025, 1, 5), date(2024, 2, 29)), (date(2026, 6, 1), None)],
    ids=["in the leap year", "in January after it", "two years later: no such day"],
)
def test_a_page_of_a_leap_day(captured: date, expected: date | None) -> None:
    assert page_date(PrintedDate("Feb 29", 2, 29), [], captured) == expected


def test_the_year_after_the_latest_printed_one_is_inferred() -> None:
    assert page_date(DEC_16, printed("Oct 28, 2024", "Mar 3, 2023", "May 1", "Dec 16"), None) == date(2025, 12, 16)


def test_an_item_without_year_after_the_page_refuses_the_inferred_year() -> None:
    assert page_date(DEC_16, printed("Oct 28, 2024", "Dec 17"), None) is None


def test_an_item_on_a_day_that_the_inferred_year_lacks_refuses_it() -> None:
    # 2025 has no 29 February, so the page cannot be of 2025.
    assert page_date(DEC_16, printed("Oct 28, 2024", "Feb 29"), None) is None


@pytest.mark.parametrize("items", [[], ["May 1", "Jun 2"]], ids=["no items", "no item with a year"])
def test_without_capture_and_printed_years_the_page_has_no_date(items: list[str]) -> None:
    assert page_date(DEC_16, printed(*items), None) is None


def test_a_year_beyond_the_calendar_gives_no_date() -> None:
    assert page_date(DEC_16, printed("Oct 28, 9999"), None) is None
