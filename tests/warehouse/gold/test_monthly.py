from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.store

GoldRows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]


def paper(paper_id: str, published_on: date | None, inferred: bool | None = False, organization: str | None = None) -> dict[str, Any]:
    return {"paper_id": paper_id, "published_on": published_on, "date_is_inferred": inferred, "organization_id": organization}


def link(paper_id: str, url: str, kind: str) -> dict[str, Any]:
    return {"paper_id": paper_id, "url": url, "kind": kind, "record_id": "r"}


def test_papers_are_counted_in_their_month(gold_rows: GoldRows) -> None:
    rows = gold_rows(
        "gold.monthly",
        {
            "silver.papers": [
                # The first and the last day of a month, and of a leap February.
                paper("p1", date(2024, 2, 1), organization="nine"),
                paper("p2", date(2024, 2, 29), inferred=True, organization="nine"),
                paper("p3", date(2024, 3, 1), inferred=True),
                # The same month of another year.
                paper("p4", date(2025, 2, 1), organization="nine"),
                paper("p5", date(2025, 2, 28), organization="ten"),
                # No date, no month.
                paper("p6", None, inferred=None, organization="nine"),
            ],
            "silver.links": [
                # Two repositories of one paper are one paper with code.
                link("p1", "https://github.com/nine/a", "github"),
                link("p1", "https://github.com/nine/b", "github"),
                link("p2", "https://huggingface.co/nine", "huggingface"),
                link("p5", "https://github.com/ten/a", "github"),
                link("p6", "https://github.com/nine/c", "github"),
            ],
        },
    )
    columns = ("month", "paper_count", "inferred_count", "code_count", "organization_count")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        (date(2024, 2, 1), 2, 1, 1, 1),
        (date(2024, 3, 1), 1, 1, 0, 0),
        (date(2025, 2, 1), 2, 0, 1, 2),
    ]
    assert set(rows[0]) == set(columns)


def test_date_before_1970_has_its_month(gold_rows: GoldRows) -> None:
    assert gold_rows("gold.monthly", {"silver.papers": [paper("p1", date(1665, 3, 6))]})[0]["month"] == date(1665, 3, 1)


def test_papers_without_dates_give_no_month(gold_rows: GoldRows) -> None:
    assert gold_rows("gold.monthly", {"silver.papers": [paper("p1", None, inferred=None)]}) == []
