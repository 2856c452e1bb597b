from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.store

GoldRows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]

MAY, JUNE, JULY = datetime(2025, 5, 1, 6), datetime(2025, 6, 1, 6), datetime(2025, 7, 1, 6)


def document(document_id: str, source: str, observed_at: datetime) -> dict[str, Any]:
    return {"document_id": document_id, "source": source, "observed_at": observed_at}


def record(record_id: str, document_id: str, source: str, paper_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"record_id": record_id, "document_id": document_id, "source": source}, {"record_id": record_id, "paper_id": paper_id}


def paper(paper_id: str, **fields: Any) -> dict[str, Any]:
    return {"paper_id": paper_id, "work_id": "w" + paper_id[1:], "title": f"Title of {paper_id}", "record_count": 1, **fields}


def work(paper_id: str) -> dict[str, Any]:
    return {"work_id": "w" + paper_id[1:], "preferred_paper_id": paper_id, "paper_count": 1}


def warehouse() -> dict[str, list[dict[str, Any]]]:
    """p1 is listed twice by one source and once by another; p2 once, with nothing but a title; p3 is a version that p1 stands for."""
    records = [
        record("d1-1", "d1", "hf", "p1"),
        # Twice in one document: two records, one document.
        record("d1-9", "d1", "hf", "p1"),
        record("d2-1", "d2", "arxiv", "p1"),
        record("d2-5", "d2", "arxiv", "p2"),
        record("d3-1", "d3", "hf", "p3"),
    ]
    return {
        "bronze.documents": [document("d1", "hf", JUNE), document("d2", "arxiv", MAY), document("d3", "hf", JULY)],
        "bronze.records": [one for one, _ in records],
        "silver.record_papers": [one for _, one in records],
        "silver.papers": [
            paper(
                "p1",
                abstract="About one.",
                published_on=date(2025, 4, 30),
                date_is_inferred=False,
                year=2025,
                venue="Where",
                organization_id="nine",
                author_count=3,
                record_count=3,
            ),
            paper("p2"),
            paper("p3") | {"work_id": "w1"},
        ],
        "silver.works": [work("p1") | {"paper_count": 2}, work("p2")],
        "silver.organizations": [{"organization_id": "nine", "name": "Nine Labs"}, {"organization_id": "other", "name": "Other"}],
        "silver.observations": [
            {"paper_id": "p1", "source": "hf", "observed_at": MAY, "comments": 7, "upvotes": 40},
            # Later, fewer comments, and no votes shown: each count is that of the last time it was shown.
            {"paper_id": "p1", "source": "hf", "observed_at": JUNE, "comments": 5},
            {"paper_id": "p3", "source": "hf", "observed_at": JULY, "comments": 99, "upvotes": 99},
        ],
        "silver.links": [
            {"paper_id": "p1", "url": "https://zeta.example/a", "kind": "other", "record_id": "d1-1"},
            {"paper_id": "p1", "url": "https://github.com/nine/two", "kind": "github", "record_id": "d1-1"},
            {"paper_id": "p1", "url": "https://github.com/nine/one", "kind": "github", "record_id": "d2-1"},
            {"paper_id": "p2", "url": "https://alpha.example/b", "kind": "other", "record_id": "d2-5"},
        ],
    }


def test_one_row_per_work_as_the_paper_that_stands_for_it(gold_rows: GoldRows) -> None:
    assert gold_rows("gold.papers", warehouse()) == [
        {
            "work_id": "w1",
            "paper_id": "p1",
            "title": "Title of p1",
            "abstract": "About one.",
            "published_on": date(2025, 4, 30),
            "date_is_inferred": False,
            "year": 2025,
            "venue": "Where",
            "authors": None,
            "author_count": 3,
            "organization": "Nine Labs",
            "sources": "arxiv, hf",
            "record_count": 3,
            "document_count": 2,
            "first_observed_at": MAY,
            "last_observed_at": JUNE,
            "upvotes": 40,
            "comments": 5,
            "link_count": 3,
            "links": "https://github.com/nine/one https://github.com/nine/two https://zeta.example/a",
            "code_url": "https://github.com/nine/one",
        },
        {
            "work_id": "w2",
            "paper_id": "p2",
            "title": "Title of p2",
            "abstract": None,
            "published_on": None,
            "date_is_inferred": None,
            "year": None,
            "venue": None,
            "authors": None,
            "author_count": None,
            "organization": None,
            "sources": "arxiv",
            "record_count": 1,
            "document_count": 1,
            "first_observed_at": MAY,
            "last_observed_at": MAY,
            "upvotes": None,
            "comments": None,
            "link_count": 1,
            "links": "https://alpha.example/b",
            "code_url": None,
        },
    ]


def test_paper_without_links_has_none_and_counts_zero(gold_rows: GoldRows) -> None:
    (first, second) = gold_rows("gold.papers", warehouse() | {"silver.links": []})
    assert [(row["link_count"], row["links"], row["code_url"]) for row in (first, second)] == [(0, None, None), (0, None, None)]


def test_empty_warehouse_has_no_rows(gold_rows: GoldRows) -> None:
    assert gold_rows("gold.papers", {}) == []
