from datetime import datetime

import pytest

from transforms.dates import PrintedDate
from transforms.lines import Line, scan
from transforms.sources.hf_text_header import Header, is_header_mark, read_header

TOP = ("new", "Get trending papers in your email inbox!", "Subscribe")
BYLINE = "byAK and the research community"
TITLE = "Small Models Seldom Right"


def lines(*texts: str) -> list[Line]:
    return list(scan("\n\n".join(texts).encode(), 1 << 20))


@pytest.mark.parametrize(
    ("texts", "count", "date"),
    [
        ((*TOP, BYLINE, "Mar 11", TITLE), 5, PrintedDate("Mar 11", 3, 11)),
        ((*TOP, "Daily Papers", BYLINE, "Dec 16", TITLE), 6, PrintedDate("Dec 16", 12, 16)),
        ((*TOP, BYLINE, "Dec 16, 2025", TITLE), 5, PrintedDate("Dec 16, 2025", 12, 16, 2025)),
        ((*TOP, "by AK and the research community", TITLE), 4, None),
        ((*TOP, "BY AK AND THE RESEARCH COMMUNITY", TITLE), 4, None),
        (("Hugging Face", "Models", "Pricing", "Papers", "My own heading", BYLINE, "Daily", "Dec 16", TITLE), 8, PrintedDate("Dec 16", 12, 16)),
        ((*TOP, "Trending Papers", "Dec 16", TITLE), 5, PrintedDate("Dec 16", 12, 16)),
        ((TITLE, "Its abstract."), 0, None),
        (("Dec 16", TITLE), 1, PrintedDate("Dec 16", 12, 16)),
        ((), 0, None),
        ((*TOP, BYLINE), 4, None),
    ],
    ids=[
        "plain",
        "with page title",
        "year printed",
        "byline spaced, no date",
        "capitals",
        "menu saved too",
        "no byline",
        "cut away",
        "date only",
        "no line",
        "header only",
    ],
)
def test_the_header_ends_where_the_papers_start(texts: tuple[str, ...], count: int, date: PrintedDate | None) -> None:
    assert read_header(lines(*texts)) == Header(count, date)


def test_blank_lines_do_not_matter() -> None:
    close = list(scan("\n".join((*TOP, BYLINE, "Dec 16", TITLE)).encode(), 1 << 20))
    assert read_header(close) == read_header(lines(*TOP, BYLINE, "Dec 16", TITLE))


def test_the_first_date_is_the_pages_and_the_next_belongs_to_the_papers() -> None:
    found = read_header(lines(*TOP, BYLINE, "Dec 16", "Dec 17", TITLE))
    assert (found.line_count, found.date) == (5, PrintedDate("Dec 16", 12, 16))


def test_a_date_with_a_comment_count_is_no_page_date() -> None:
    found = read_header(lines(*TOP, BYLINE, "Oct 28, 2024 2", TITLE))
    assert (found.line_count, found.date) == (4, None)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("Retrieved: 2025-12-20", datetime(2025, 12, 20)),
        ("captured at: 2025-12-20T10:30:00", datetime(2025, 12, 20, 10, 30)),
        ("Saved on 2025-12-20 10:30", None),
        ("Saved on: 2025-12-20 10:30", datetime(2025, 12, 20, 10, 30)),
        ("fetched = '2025-12-20T10:30:00Z'", datetime(2025, 12, 20, 10, 30)),
        ('retrieved: "2025-12-20T10:30:00+05:30"', datetime(2025, 12, 20, 5, 0)),
        ("retrieved: 2025-12-20T23:30:00-0500", datetime(2025, 12, 21, 4, 30)),
    ],
)
def test_a_line_that_says_when_the_page_was_saved_is_read_in_utc(line: str, at: datetime | None) -> None:
    found = read_header(lines(*TOP, line, BYLINE, "Dec 16", TITLE))
    assert (found.captured_at, found.line_count) == (at, 6)


def test_it_may_stand_behind_the_byline_too() -> None:
    found = read_header(lines(*TOP, BYLINE, "Retrieved: 2025-12-20", "Dec 16", TITLE))
    assert found == Header(6, PrintedDate("Dec 16", 12, 16), datetime(2025, 12, 20))


def test_the_first_of_two_capture_lines_counts() -> None:
    found = read_header(lines("Saved: 2025-12-20", BYLINE, "Saved: 2025-12-21", TITLE))
    assert (found.captured_at, found.line_count) == (datetime(2025, 12, 20), 3)


@pytest.mark.parametrize(
    "line",
    ["Retrieved: 2025-13-40", "Retrieved: 2025-12-20T99:00", "Retrieved: 0001-01-01T00:00:00+14:00", "Retrieved: 9999-12-31T23:59:59-12:00"],
    ids=["no such day", "no such hour", "before the calendar in UTC", "after the calendar in UTC"],
)
def test_a_time_that_is_none_is_not_believed(line: str) -> None:
    assert read_header(lines(*TOP, line, BYLINE, TITLE)).captured_at is None


def test_papers_above_a_late_byline_are_not_swallowed() -> None:
    # Two pages saved into one file, the first without its header: what stands above the second's header is papers, not navigation.
    above = (TITLE, "We study how small models learn. " * 8, "nvidia NVIDIA", "·", "Oct 28, 2024 2")
    assert read_header(lines(*above, *TOP, BYLINE, "Dec 16", "Another Title")).line_count == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Get trending papers in your email inbox!", True),
        ("Daily Papers", True),
        ("TRENDING PAPERS", True),
        ("byAK and the research community", True),
        ("by AK and the research community", True),
        ("new", False),
        ("Papers", False),
        ("The daily papers", False),
        ("", False),
    ],
)
def test_marks_are_the_phrases_that_stand_nowhere_else(text: str, expected: bool) -> None:
    assert is_header_mark(text) is expected
