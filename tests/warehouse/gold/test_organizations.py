from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.store

GoldRows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]


def paper(paper_id: str, organization: str | None, published_on: date | None) -> dict[str, Any]:
    return {"paper_id": paper_id, "organization_id": organization, "published_on": published_on}


def link(paper_id: str, url: str, kind: str) -> dict[str, Any]:
    return {"paper_id": paper_id, "url": url, "kind": kind, "record_id": "r"}


def test_papers_are_counted_under_their_organisation(gold_rows: GoldRows) -> None:
    rows = gold_rows(
        "gold.organizations",
        {
            "silver.organizations": [
                {"organization_id": "ten", "name": "Ten"},
                {"organization_id": "nine", "name": "Nine Labs"},
                # Named by a record whose paper is listed under another: it has no paper, and is shown all the same.
                {"organization_id": "eight", "name": "Eight"},
            ],
            "silver.papers": [
                paper("p1", "nine", date(2025, 2, 1)),
                paper("p2", "nine", date(2024, 12, 31)),
                # Counted, but it says nothing of first and last.
                paper("p3", "nine", None),
                paper("p4", "ten", None),
                paper("p5", None, date(2020, 1, 1)),
            ],
            "silver.links": [
                link("p1", "https://github.com/nine/a", "github"),
                link("p1", "https://github.com/nine/b", "github"),
                link("p2", "https://arxiv.org/abs/2501.00001", "arxiv"),
                link("p5", "https://github.com/five/a", "github"),
            ],
        },
    )
    columns = ("organization_id", "name", "paper_count", "code_count", "first_published_on", "last_published_on")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("eight", "Eight", 0, 0, None, None),
        ("nine", "Nine Labs", 3, 1, date(2024, 12, 31), date(2025, 2, 1)),
        ("ten", "Ten", 1, 0, None, None),
    ]
    assert set(rows[0]) == set(columns)


def test_no_organisation_gives_no_row(gold_rows: GoldRows) -> None:
    assert gold_rows("gold.organizations", {"silver.papers": [paper("p1", None, date(2025, 1, 1))]}) == []
