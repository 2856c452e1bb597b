"""Versions of one work: a preprint, its article, and the notices about it."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.joining import PARTED
from transforms.dedupe.resolve import Resolution, resolve_records
from transforms.dedupe.works import works
from warehouse.schema.silver import WORK_RULES

Staged = Callable[..., pl.DataFrame]
NONE_GIVEN = pl.DataFrame(schema=GIVEN_SCHEMA)
TITLE = "Copper Tables Read by Careful Engines in Winter"
AUTHORS = '[{"family":"Rossi","given":"Ada"},{"family":"Okafor","given":"Ben"}]'
PREPRINT = {"title": TITLE, "authors": AUTHORS, "arxiv_id": "2101.00001", "year": 2021}
ARTICLE = {"title": TITLE, "authors": AUTHORS, "doi": "10.1000/j.1", "venue": "Journal of Tables", "volume": "7", "pages": "11-29", "year": 2023}
NOTICE = ARTICLE | {"title": f"Corrigendum to: {TITLE}", "doi": "10.1000/j.9", "pages": "401", "volume": "8"}
SECOND = ARTICLE | {"title": f"{TITLE}, Part II", "doi": "10.1000/j.5", "pages": "31-40", "year": 2024}
FIRST = ARTICLE | {"title": f"{TITLE}, Part I"}
REPLY = ARTICLE | {"title": f"Comment on: {TITLE}", "authors": '[{"family":"Li","given":"Wei"}]', "doi": "10.1000/j.7", "pages": "90-91"}


def resolved(staged: Staged, *rows: dict[str, Any]) -> Resolution:
    return resolve_records(staged(*rows), NONE_GIVEN)


@pytest.mark.parametrize(
    ("a", "b", "rule"),
    [
        (PREPRINT, ARTICLE, "version_by_title_and_authors"),
        (ARTICLE, NOTICE, "notice_of"),
        (FIRST, SECOND, None),
        (ARTICLE, REPLY, None),
        (ARTICLE | {"title": "Editorial"}, ARTICLE | {"title": "Editorial", "volume": "8", "pages": "1", "doi": "10.1000/j.2", "year": 2024}, None),
    ],
)
def test_two_papers_are_of_one_work_or_not(staged: Staged, a: dict[str, Any], b: dict[str, Any], rule: str | None) -> None:
    for rows in ((a, b), (b, a)):
        found = resolved(staged, *rows)
        assert found.members["paper_id"].n_unique() == 2
        assert found.works["paper_id"].to_list() == sorted(found.members["paper_id"])
        assert found.works["rule"].to_list() == [rule or "only_paper"] * 2
        assert found.works["work_id"].n_unique() == (1 if rule else 2)
        assert found.works["score"].is_between(0.5, 1).all()
        assert found.works["rule"].is_in(WORK_RULES).all()
        if rule:
            assert found.works["matched_paper_id"].to_list() == found.works["paper_id"].to_list()[::-1]


def test_a_version_that_comes_later_keeps_the_works_id(staged: Staged) -> None:
    first = resolved(staged, ARTICLE)
    known = first.new_ids.with_columns(sequence=pl.lit(0, pl.Int64)).select(GIVEN_SCHEMA.names())
    later = resolve_records(staged(ARTICLE, PREPRINT, NOTICE), known)
    assert later.works["work_id"].to_list() == first.works["work_id"].to_list() * 3


def test_papers_join_over_others_but_not_across_what_a_person_parted() -> None:
    edges = pl.DataFrame(
        [("a", "b", "notice_of", 0.8), ("b", "c", "notice_of", 0.9), ("a", "c", None, PARTED)],
        schema=["paper_a", "paper_b", "rule", "score"],
        orient="row",
    )
    found = works(pl.Series(["a", "b", "c", "d"]), edges)
    assert found.rows() == [
        ("a", "a", "only_paper", 1.0, None),
        ("b", "b", "notice_of", 0.9, "c"),
        ("c", "b", "notice_of", 0.9, "b"),
        ("d", "d", "only_paper", 1.0, None),
    ]
    assert works(pl.Series(["a", "b", "c"]), edges[:2])["work"].to_list() == ["a"] * 3
