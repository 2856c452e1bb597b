from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.resolve import resolve_records
from transforms.json_text import as_json
from transforms.silver import organizations, silver_tables
from warehouse.schema import silver

Staged = Callable[..., pl.DataFrame]
Tables = dict[str, pl.DataFrame]
SEEN, LATER = datetime(2026, 1, 15, 8, 0), datetime(2026, 1, 16, 8, 0)
SHORT = "We ask a reader made of software for one number of a table and it gives us the largest. Code: https://github.com/blue-lab/reader."
FULL = SHORT + r" Data: \url{https://example.org/tables}. Three habits of layout explain most of it."
OTHER = "A survey among forty engineers names cost as the reason and habit as the excuse. See https://arxiv.org/abs/2401.00001."

ROWS: list[dict[str, Any]] = [
    {
        "record_id": "d1-1",
        "title": r"Pok\'eReader: Tables at 2.5times the Speed",
        "abstract": FULL,
        "published_on": "2025-05-01",
        "date_is_inferred": True,
        "organization_id": "blue-lab",
        "organization_name": "The Blue Lab",
        "comment_count": 3,
    },
    {
        "record_id": "d2-1",
        "title": "PokéReader: Tables at 2.5x the Speed",
        "abstract": SHORT,
        "published_on": "2024-10-28",
        "author_count": 4,
        "doi": "10.1000/reader",
        "comment_count": 5,
        "observed_at": LATER,
    },
    {
        "record_id": "d2-9",
        "title": "POKÉREADER: TABLES AT 2.5X THE SPEED",
        "author_count": 4,
        "doi": "10.1000/reader",
        "comment_count": 4,
        "observed_at": LATER,
    },
    {
        "record_id": "d3-1",
        "title": "Why We Do It",
        "abstract": OTHER,
        "organization_id": "blue-lab",
        "organization_name": "Blue Lab",
        "arxiv_id": "2401.00001",
    },
]


def tables(records: pl.DataFrame) -> Tables:
    """All silver tables by full name, as a load makes them."""
    found = resolve_records(records, pl.DataFrame(schema=GIVEN_SCHEMA))
    named = records.drop_nulls("organization_id").group_by("organization_id", "organization_name").agg(record_count=pl.len())
    whole = {
        silver.RECORD_PAPERS: silver.RECORD_PAPERS.conform(found.members),
        silver.WORK_PAPERS: silver.WORK_PAPERS.conform(found.works),
        silver.ID_REDIRECTS: silver.ID_REDIRECTS.conform(found.redirects),
        silver.ID_REPAIRS: silver.ID_REPAIRS.empty(),
        silver.ORGANIZATIONS: organizations(named),
    }
    joined = records.join(found.members.select("record_id", "paper_id"), on="record_id").join(
        found.works.select("paper_id", "work_id"), on="paper_id"
    )
    by_paper = silver_tables(joined)
    return {table.full_name: frame for table, frame in (whole | by_paper).items()}


@pytest.fixture
def found(staged: Staged) -> Tables:
    return tables(staged(*ROWS))


def paper_ids(found: Tables) -> tuple[str, str]:
    """The merged paper's id and the other's."""
    of = dict(found["silver.record_papers"].select("record_id", "paper_id").iter_rows())
    assert of["d1-1"] == of["d2-1"] == of["d2-9"] != of["d3-1"]
    return of["d1-1"], of["d3-1"]


# The others are made of these, by SQL.
MADE_HERE = [table for table in silver.TABLES if table not in (silver.WORKS, silver.AUTHORS)]


def test_every_declared_table_is_made_as_declared(found: Tables) -> None:
    assert set(found) == {table.full_name for table in MADE_HERE}
    assert all(found[table.full_name].schema == table.polars_schema() for table in MADE_HERE)
    assert all(found[table.full_name].select(table.key).is_duplicated().sum() == 0 for table in MADE_HERE)


def test_a_paper_has_the_best_value_of_each_field(found: Tables) -> None:
    merged, _ = paper_ids(found)
    (paper,) = found["silver.papers"].filter(pl.col("paper_id") == merged).rows(named=True)
    assert paper == {
        "paper_id": merged,
        "work_id": "w" + merged[1:],
        "manifestation": "published",
        "title": "PokéReader: Tables at 2.5x the Speed",
        "abstract": FULL,
        "published_on": date(2024, 10, 28),
        "date_is_inferred": False,
        "year": 2024,
        **dict.fromkeys(("authors", "venue", "volume", "issue", "pages", "kind", "status")),
        "organization_id": "blue-lab",
        "author_count": 4,
        "arxiv_id": None,
        "doi": "10.1000/reader",
        "field_count": 7,
        "record_count": 3,
    }


def test_each_losing_value_is_kept_with_its_record(found: Tables) -> None:
    merged, _ = paper_ids(found)
    sources = found["silver.field_sources"].filter(pl.col("paper_id") == merged)
    assert sources.select("field", "rank", "is_winner", "record_id", "record_count", "value").rows() == [
        ("abstract", 1, True, "d1-1", 1, None),
        ("abstract", 2, False, "d2-1", 1, SHORT),
        ("author_count", 1, True, "d2-1", 2, None),
        ("doi", 1, True, "d2-1", 2, None),
        ("organization_id", 1, True, "d1-1", 1, None),
        ("published_on", 1, True, "d2-1", 1, None),
        ("published_on", 2, False, "d1-1", 1, "2025-05-01"),
        ("title", 1, True, "d2-1", 1, None),
        ("title", 2, False, "d2-9", 1, "POKÉREADER: TABLES AT 2.5X THE SPEED"),
        ("title", 3, False, "d1-1", 1, r"Pok\'eReader: Tables at 2.5times the Speed"),
        ("year", 1, True, "d2-1", 1, None),
        ("year", 2, False, "d1-1", 1, "2025"),
    ]


def test_each_record_says_why_it_is_of_its_paper(found: Tables) -> None:
    members = found["silver.record_papers"]
    assert members.select("record_id", "rule", "matched_record_id").rows() == [
        ("d1-1", "same_title_similar_abstract", "d2-1"),
        ("d2-1", "same_identifier", "d2-9"),
        ("d2-9", "same_identifier", "d2-1"),
        ("d3-1", "only_record", None),
    ]
    assert members["score"].is_between(0.9, 1).all()


def test_the_links_of_all_records_are_the_papers_links_once(found: Tables) -> None:
    merged, other = paper_ids(found)
    assert sorted(found["silver.links"].select("paper_id", "url", "kind", "record_id").rows()) == sorted(
        [
            (merged, "https://example.org/tables", "other", "d1-1"),
            (merged, "https://github.com/blue-lab/reader", "github", "d1-1"),
            (other, "https://arxiv.org/abs/2401.00001", "arxiv", "d3-1"),
        ]
    )


def test_comments_are_observed_once_for_each_time(found: Tables) -> None:
    merged, _ = paper_ids(found)
    rows = found["silver.observations"].select("paper_id", "source", "observed_at", "comments", "upvotes").rows()
    # Two records of one time: the larger count, for a list that is still being read only grows.
    assert rows == [(merged, "hf", SEEN, 3, None), (merged, "hf", LATER, 5, None)]


def test_identifiers_are_those_that_records_carry(found: Tables) -> None:
    merged, other = paper_ids(found)
    assert sorted(found["silver.identifiers"].rows()) == sorted([(merged, "doi", "10.1000/reader"), (other, "arxiv", "2401.00001")])


def test_an_organisation_has_the_name_that_most_records_print(staged: Staged) -> None:
    names = [("lab", "The Lab"), ("lab", "Lab"), ("lab", "Lab"), ("two", "B"), ("two", "A"), ("bare", None), (None, None)]
    records = staged(*[{"title": f"Title {n}", "organization_id": handle, "organization_name": name} for n, (handle, name) in enumerate(names)])
    assert tables(records)["silver.organizations"].rows() == [("bare", "bare"), ("lab", "Lab"), ("two", "A")]


def test_a_paper_without_other_versions_is_a_work_of_its_own(found: Tables) -> None:
    assert found["silver.work_papers"].rows() == sorted((paper, "w" + paper[1:], "only_paper", 1.0, None) for paper in paper_ids(found))


def test_all_identifiers_are_kept_where_records_of_one_paper_differ(staged: Staged) -> None:
    found = tables(staged({"title": "A Reader", "abstract": FULL, "doi": "10.1000/b"}, {"title": "A Reader", "abstract": FULL, "doi": "10.1000/a"}))
    assert sorted(found["silver.identifiers"]["value"]) == ["10.1000/a", "10.1000/b"]


def test_no_records_are_empty_tables(staged: Staged) -> None:
    assert [frame.height for frame in tables(staged()).values()] == [0] * len(MADE_HERE)


def test_every_field_of_a_paper_names_its_record(staged: Staged) -> None:
    whole = {
        **ROWS[0],
        **dict.fromkeys(("venue", "volume", "issue", "pages", "kind", "status"), "x"),
        "authors": as_json([{"name": "Ann Lee"}, {"name": "Bo Kim"}]),
        "arxiv_id": "2503.02130",
        "doi": "10.1000/a",
        "organization_id": "lab",
    }
    found = tables(staged(whole))
    (paper,) = found["silver.papers"].rows(named=True)
    derived = {"paper_id", "work_id", "manifestation", "date_is_inferred", "field_count", "record_count"}
    assert set(paper) - derived == set(silver.FIELDS) == set(found["silver.field_sources"]["field"])
    assert paper["field_count"] == len(silver.FIELDS)


def test_where_no_listing_prints_the_number_of_authors_those_are_counted_who_are_named(staged: Staged) -> None:
    named = {"title": "A", "arxiv_id": "2503.02130", "authors": as_json([{"name": "Ann Lee"}, {"name": "Bo Kim"}])}
    more = {"title": "A", "arxiv_id": "2503.02130", "authors": as_json([{"name": "Cy Poe"}])}
    found = tables(staged(named, more))
    assert found["silver.papers"]["author_count"].to_list() == [3]
    counted = found["silver.field_sources"].filter(pl.col("field") == "author_count")
    assert counted.select("rank", "is_winner", "record_id", "value").rows() == [(1, True, "r0", None)]
    assert tables(staged(named | {"author_count": 7}, more))["silver.papers"]["author_count"].to_list() == [7]


def test_the_order_of_records_does_not_matter(staged: Staged, found: Tables) -> None:
    turned = staged(*ROWS).reverse()
    assert all(frame.equals(found[name]) for name, frame in tables(turned).items())


def test_identifiers_beside_the_columns_are_normalised_too(staged: Staged) -> None:
    identifiers = {"doi": ["https://doi.org/10.48550/arXiv.2104.01111v1"], "openalex": ["https://openalex.org/W12"], "acl": ["P07-1001", "none"]}
    found = tables(staged({"title": "A", "doi": "10.1000/a", "identifiers": as_json(identifiers)}))
    assert sorted(found["silver.identifiers"].select("scheme", "value").rows()) == [
        ("acl", "P07-1001"),
        ("arxiv", "2104.01111"),
        ("doi", "10.1000/a"),
        ("doi", "10.48550/arxiv.2104.01111v1"),
        ("openalex", "W12"),
    ]


def test_a_whole_abstract_wins_against_a_longer_one_that_may_be_a_summary(staged: Staged) -> None:
    doubtful = {"title": "A", "arxiv_id": "2503.02130", "abstract": FULL + " And more.", "abstract_rank": 1}
    sure = {"title": "A", "arxiv_id": "2503.02130", "abstract": FULL, "abstract_rank": 0}
    assert tables(staged(doubtful, sure))["silver.papers"]["abstract"].to_list() == [FULL]
    assert tables(staged(doubtful))["silver.papers"]["abstract"].to_list() == [FULL + " And more."]
