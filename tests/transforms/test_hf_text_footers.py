from typing import Any

import pytest

from transforms.dates import PrintedDate
from transforms.lines import Line, scan
from transforms.sources.hf_text_footers import Footer, find_footers

OCT_28 = PrintedDate("Oct 28, 2024", 10, 28, 2024, 2)
MAY_1 = PrintedDate("May 1", 5, 1, None, 8)


def lines(*texts: str) -> list[Line]:
    return list(scan("\n".join(texts).encode(), 1 << 20))


def only(*texts: str) -> Footer:
    (footer,) = find_footers(lines(*texts))
    return footer


@pytest.mark.parametrize(
    ("texts", "facts"),
    [
        (("nvidia NVIDIA", "·", "Oct 28, 2024 2"), {"organization_handle": "nvidia", "organization_name": "NVIDIA", "date": OCT_28}),
        (("• 10 authors", "·", "May 1 8"), {"author_count": 10, "date": MAY_1}),
        (("• 1 author", "·", "May 1 8"), {"author_count": 1, "date": MAY_1}),
        (("10 authors", "•", "May 1 8"), {"author_count": 10, "date": MAY_1}),
        (("- 10 AUTHORS", "∙", "May 1 8"), {"author_count": 10, "date": MAY_1}),
        (
            ("blue-lab_2 The Blue Lab, Inc.", "·", "May 1 8"),
            {"organization_handle": "blue-lab_2", "organization_name": "The Blue Lab, Inc.", "date": MAY_1},
        ),
        (("nvidia", "·", "May 1 8"), {"organization_handle": "nvidia", "organization_name": "nvidia", "date": MAY_1}),
        (("nvidia 日本の研究所", "·", "May 1 8"), {"organization_handle": "nvidia", "organization_name": "日本の研究所", "date": MAY_1}),
        (("• 10 authors", "·"), {"author_count": 10}),
    ],
    ids=[
        "organisation",
        "authors",
        "one author",
        "other bullets",
        "hyphen as bullet",
        "long name",
        "handle only",
        "name in Japanese",
        "cut before the date",
    ],
)
def test_a_footer_is_read_by_value(texts: tuple[str, ...], facts: dict[str, Any]) -> None:
    assert only(*texts) == Footer(start=0, end=len(texts), **facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("nvidia NVIDIA · Oct 28, 2024 2", {"organization_handle": "nvidia", "organization_name": "NVIDIA", "date": OCT_28}),
        ("• 10 authors · May 1 8", {"author_count": 10, "date": MAY_1}),
        ("10 authors·May 1 8", {"author_count": 10, "date": MAY_1}),
    ],
)
def test_a_footer_may_stand_in_one_line(text: str, facts: dict[str, Any]) -> None:
    assert only("An abstract ends here.", text, "A Title") == Footer(start=1, end=2, **facts)


def test_a_footer_takes_its_three_lines_and_no_other() -> None:
    found = only("An abstract ends here.", "nvidia NVIDIA", "·", "Oct 28, 2024 2", "The Next Title")
    assert (found.start, found.end) == (1, 4)


def test_blank_lines_within_a_footer_do_not_matter() -> None:
    close, wide = ("nvidia NVIDIA", "·", "Oct 28, 2024 2"), ("nvidia NVIDIA", "", "·", "", "", "Oct 28, 2024 2")
    assert find_footers(lines(*wide)) == find_footers(lines(*close))


def test_two_footers_do_not_share_a_line() -> None:
    first, second = find_footers(lines("• 1 author", "·", "May 1 8", "·", "May 2"))
    assert (first.start, first.end, second.start, second.end) == (0, 3, 3, 5)
    # The second has no line of its own before its dot: the first one's date is not its organisation.
    assert (second.organization_handle, second.author_count, second.date) == (None, None, PrintedDate("May 2", 5, 2))


@pytest.mark.parametrize(
    "texts",
    [
        ("·",),
        ("An abstract ends here.", "·", "The next line"),
        ("nvidia NVIDIA", "·", "The next line", "of text"),
        ("May 1 8",),
        ("• 10 authors", "May 1 8"),
        ("A · B",),
        ("Results · May be better",),
        ("• 10 authors · soon",),
        ("• 10 authors wrote this",),
    ],
)
def test_signs_that_stand_alone_are_no_footer(texts: tuple[str, ...]) -> None:
    assert find_footers(lines(*texts)) == []


def test_the_end_of_an_abstract_is_no_organisation() -> None:
    # A footer with neither organisation nor authors, behind a wrapped abstract: its last line is prose.
    found = only("The gain is largest where data is scarce,", "and it vanishes when the model is asked twice.", "·", "Oct 28, 2024 2")
    assert (found.start, found.organization_handle, found.date) == (2, None, OCT_28)


def test_an_abstract_that_ends_without_a_full_stop_leaves_the_organisation_its_line() -> None:
    # 38 of 8,170 real abstracts end so; in a page without blank lines nothing but the words parts the two.
    found = only("It adds up to a significant improvement over all baselines", "nvidia NVIDIA", "·", "Oct 28, 2024 2")
    assert (found.start, found.organization_handle, found.organization_name) == (1, "nvidia", "NVIDIA")


@pytest.mark.parametrize(("texts", "whole"), [(("• 3 authors", "·", "May 1"), True), (("x Y", "·", "May 1"), False), (("• 3 authors", "·"), False)])
def test_only_authors_and_a_date_together_prove_a_page(texts: tuple[str, ...], whole: bool) -> None:
    assert only(*texts).is_whole is whole


def test_more_than_ten_thousand_footers_are_found_in_order() -> None:
    found = find_footers(lines(*["• 3 authors", "·", "May 1"] * 10_001))
    assert [footer.start for footer in found] == list(range(0, 30_003, 3))


@pytest.mark.parametrize(("line", "comments"), [("Mar 2 1,024", 1024), ("Feb 30 1", 1), ("Feb 30", None)])
def test_behind_the_dot_stands_a_date_also_where_it_is_printed_wrong(line: str, comments: int | None) -> None:
    found = only("• 3 authors", "·", line)
    assert found.date is not None
    assert (found.end, found.author_count, found.date.comment_count, found.date.text) == (
        3,
        3,
        comments,
        line.removesuffix(" 1,024").removesuffix(" 1"),
    )
