from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from warehouse.schema.gold import Policy

pytestmark = pytest.mark.store

GoldRows = Callable[..., list[dict[str, Any]]]

MAY, JUNE, JULY = datetime(2025, 5, 1, 6), datetime(2025, 6, 1, 6), datetime(2025, 7, 1, 6)


def document(document_id: str, source: str, observed_at: datetime) -> dict[str, Any]:
    return {"document_id": document_id, "source": source, "observed_at": observed_at}


def record(record_id: str, document_id: str, source: str, paper_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"record_id": record_id, "document_id": document_id, "source": source}, {"record_id": record_id, "paper_id": paper_id}


def paper(paper_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "paper_id": paper_id,
        "work_id": "w" + paper_id[1:],
        "title": f"Title of {paper_id}",
        "manifestation": "published",
        "field_count": 1,
        **fields,
    }


def work(paper_id: str) -> dict[str, Any]:
    return {"work_id": "w" + paper_id[1:], "preferred_paper_id": paper_id, "paper_count": 1}


def author(paper_id: str, position: int, name: str) -> dict[str, Any]:
    return {"paper_id": paper_id, "position": position, "name": name}


def warehouse() -> dict[str, list[dict[str, Any]]]:
    """p1 is listed twice by one source and once by another; p2 once, with nothing but a title; p3 is a preprint and p4 a correction of p1."""
    records = [
        record("d1-1", "d1", "hf", "p1"),
        # Twice in one document: two records, one document.
        record("d1-9", "d1", "hf", "p1"),
        record("d2-1", "d2", "arxiv", "p1"),
        record("d2-5", "d2", "arxiv", "p2"),
        record("d3-1", "d3", "hf", "p3"),
        record("d2-7", "d2", "arxiv", "p4"),
    ]
    return {
        "bronze.documents": [document("d1", "hf", JUNE), document("d2", "arxiv", MAY), document("d3", "hf", JULY)],
        "bronze.records": [one for one, _ in records],
        "silver.record_papers": [one for _, one in records],
        "silver.papers": [
            paper("p1", published_on=date(2025, 4, 30), date_is_inferred=False, year=2025, venue="Where", organization_id="nine", doi="10.1000/one"),
            paper("p2"),
            paper(
                "p3",
                work_id="w1",
                manifestation="preprint",
                abstract="About one, early.",
                published_on=date(2024, 1, 2),
                date_is_inferred=True,
                year=2024,
                venue="arXiv",
                organization_id="other",
                arxiv_id="2401.00001",
                doi="10.48550/arxiv.2401.00001",
                author_count=2,
            ),
            paper("p4", work_id="w1", manifestation="notice", abstract="The number is wrong.", field_count=9, author_count=5),
        ],
        "silver.works": [work("p1") | {"paper_count": 3}, work("p2")],
        "silver.organizations": [{"organization_id": "nine", "name": "Nine Labs"}, {"organization_id": "other", "name": "Other"}],
        "silver.observations": [
            {"paper_id": "p1", "source": "hf", "observed_at": MAY, "comments": 7, "upvotes": 40},
            # Later, fewer comments, and no votes shown: each count is that of the last time it was shown.
            {"paper_id": "p1", "source": "hf", "observed_at": JUNE, "comments": 5, "citations": 3},
            {"paper_id": "p1", "source": "openalex", "observed_at": JUNE, "citations": 8},
            {"paper_id": "p3", "source": "hf", "observed_at": JULY, "comments": 99, "upvotes": 98},
        ],
        "silver.links": [
            {"paper_id": "p1", "url": "https://zeta.example/a", "kind": "other", "record_id": "d1-1"},
            {"paper_id": "p1", "url": "https://github.com/nine/two", "kind": "github", "record_id": "d1-1"},
            {"paper_id": "p3", "url": "https://github.com/nine/two", "kind": "github", "record_id": "d3-1"},
            {"paper_id": "p3", "url": "https://github.com/nine/one", "kind": "github", "record_id": "d3-1"},
            {"paper_id": "p2", "url": "https://alpha.example/b", "kind": "other", "record_id": "d2-5"},
        ],
        "silver.authorships": [author("p3", 2, "Bo Kim"), author("p3", 1, "Ann Lee"), author("p2", 1, "Cy Poe"), author("p4", 1, "The Editors")],
    }


OF_P2 = {
    "work_id": "w2",
    "paper_id": "p2",
    "title": "Title of p2",
    **dict.fromkeys(("abstract", "published_on", "date_is_inferred", "year", "venue", "arxiv_id", "doi", "organization", "filled")),
    "authors": "Cy Poe",
    "author_count": 1,
    "paper_count": 1,
    "sources": "arxiv",
    "record_count": 1,
    "document_count": 1,
    "first_observed_at": MAY,
    "last_observed_at": MAY,
    **dict.fromkeys(("upvotes", "comments", "citations")),
    "link_count": 1,
    "links": "https://alpha.example/b",
    "code_url": None,
}
P1_ALONE = {
    "work_id": "w1",
    "paper_id": "p1",
    "title": "Title of p1",
    "abstract": None,
    "published_on": date(2025, 4, 30),
    "date_is_inferred": False,
    "year": 2025,
    "venue": "Where",
    "authors": None,
    "author_count": None,
    "arxiv_id": None,
    "doi": "10.1000/one",
    "organization": "Nine Labs",
    "filled": None,
    "paper_count": 1,
    "sources": "arxiv, hf",
    "record_count": 3,
    "document_count": 2,
    "first_observed_at": MAY,
    "last_observed_at": JUNE,
    "upvotes": 40,
    "comments": 5,
    "citations": 8,
    "link_count": 2,
    "links": "https://github.com/nine/two https://zeta.example/a",
    "code_url": "https://github.com/nine/two",
}


def test_merged_a_work_is_its_preferred_paper_with_gaps_filled_and_the_counts_of_all_versions(gold_rows: GoldRows) -> None:
    first, second = gold_rows("gold.papers", warehouse())
    assert first == P1_ALONE | {
        "abstract": "About one, early.",
        "authors": "Ann Lee; Bo Kim",
        "author_count": 2,
        "arxiv_id": "2401.00001",
        "filled": "abstract, authors, arxiv_id",
        "paper_count": 3,
        "record_count": 5,
        "document_count": 3,
        "last_observed_at": JULY,
        "upvotes": 98,
        "comments": 99,
        "link_count": 3,
        "links": "https://github.com/nine/one https://github.com/nine/two https://zeta.example/a",
        "code_url": "https://github.com/nine/one",
    }
    assert second == OF_P2


def test_prefer_published_shows_the_preferred_paper_as_it_is(gold_rows: GoldRows) -> None:
    assert gold_rows("gold.papers", warehouse(), Policy.PREFER_PUBLISHED) == [P1_ALONE, OF_P2]


def test_keep_both_shows_each_paper_as_it_is(gold_rows: GoldRows) -> None:
    first, third, fourth, second = gold_rows("gold.papers", warehouse(), Policy.KEEP_BOTH)
    assert (first, second) == (P1_ALONE, OF_P2)
    assert {name: third[name] for name in ("work_id", "paper_id", "venue", "authors", "upvotes", "paper_count", "code_url", "filled")} == {
        "work_id": "w1",
        "paper_id": "p3",
        "venue": "arXiv",
        "authors": "Ann Lee; Bo Kim",
        "upvotes": 98,
        "paper_count": 1,
        "code_url": "https://github.com/nine/one",
        "filled": None,
    }
    assert (fourth["paper_id"], fourth["abstract"], fourth["filled"]) == ("p4", "The number is wrong.", None)


def filled(gold_rows: GoldRows, shown: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    given = warehouse()
    papers = [paper("p1", **shown), *(paper(f"p{number}", work_id="w1", **fields) for number, fields in enumerate(others, 3)), paper("p2")]
    row, _ = gold_rows("gold.papers", given | {"silver.papers": papers, "silver.authorships": []})
    return row


def test_date_and_year_are_filled_together_or_not_at_all(gold_rows: GoldRows) -> None:
    early = {"published_on": date(2024, 1, 2), "date_is_inferred": True, "year": 2024, "manifestation": "preprint"}
    dates = ("published_on", "date_is_inferred", "year", "filled")
    row = filled(gold_rows, {"year": 2025}, early)
    assert [row[name] for name in dates] == [None, None, 2025, None]
    row = filled(gold_rows, {}, early)
    assert [row[name] for name in dates] == [date(2024, 1, 2), True, 2024, "published_on, year"]


def test_an_archive_is_no_venue_of_an_article_and_the_better_version_fills_first(gold_rows: GoldRows) -> None:
    archived = {"manifestation": "preprint", "venue": "arXiv", "abstract": "Early.", "field_count": 9}
    assert filled(gold_rows, {}, archived)["venue"] is None
    assert filled(gold_rows, {"manifestation": "preprint"}, archived)["venue"] == "arXiv"
    row = filled(gold_rows, {}, archived, {"venue": "Where", "abstract": "Late."})
    assert (row["venue"], row["abstract"], row["filled"]) == ("Where", "Late.", "abstract, venue")


def test_paper_without_links_has_none_and_counts_zero(gold_rows: GoldRows) -> None:
    (first, second) = gold_rows("gold.papers", warehouse() | {"silver.links": []})
    assert [(row["link_count"], row["links"], row["code_url"]) for row in (first, second)] == [(0, None, None), (0, None, None)]


@pytest.mark.parametrize("policy", Policy)
def test_empty_warehouse_has_no_rows(gold_rows: GoldRows, policy: Policy) -> None:
    assert gold_rows("gold.papers", {}, policy) == []


@pytest.mark.parametrize("policy", Policy)
def test_made_in_ranges_the_rows_are_the_same(gold_rows: GoldRows, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gold_rows("gold.papers", warehouse(), policy)
    monkeypatch.setattr("warehouse.made._ROWS_AT_ONCE", 1)
    assert gold_rows("gold.papers", warehouse(), policy) == whole
