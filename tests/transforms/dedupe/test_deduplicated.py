"""Anybody's records, without a warehouse and without ids of earlier runs."""

from collections.abc import Callable

import polars as pl

from transforms.dedupe.facts import facts
from transforms.dedupe.resolve import Deduplicated, deduplicated, in_memory

Staged = Callable[..., pl.DataFrame]
PAPER = {"title": "Copper Tables Read by Careful Engines", "authors": '[{"family":"Rossi","given":"A."}]', "year": 2001}


def found_in(records: pl.DataFrame, within: list[str | None] | None = None) -> Deduplicated:
    known = facts(records)
    return deduplicated(known.with_columns(distinct=pl.Series(within, dtype=pl.String)) if within else known, in_memory(records))


def test_each_record_is_of_one_paper_named_by_its_first_record(staged: Staged) -> None:
    found = found_in(staged(PAPER, PAPER | {"title": "Coper Tables Read by Careful Engines"}, {"title": "Nine Stones on a Wet Beach"})).members
    assert found.columns == ["record_id", "paper", "work", "rule", "score", "matched_record_id"]
    assert found.select("record_id", "paper", "work", "rule", "matched_record_id").rows() == [
        ("r0", "r0", "r0", "similar_title_same_facts", "r1"),
        ("r1", "r0", "r0", "similar_title_same_facts", "r0"),
        ("r2", "r2", "r2", "only_record", None),
    ]


def test_no_records_are_of_no_papers(staged: Staged) -> None:
    assert found_in(staged()).members.height == 0


def test_a_record_without_title_is_a_paper_too(staged: Staged) -> None:
    found = found_in(staged(PAPER, PAPER | {"title": None})).members
    assert found.select("record_id", "paper", "work", "rule").rows() == [("r0", "r0", "r0", "only_record"), ("r1", "r1", "r1", "only_record")]


def test_a_source_that_lists_each_paper_once_has_no_repeats(staged: Staged) -> None:
    records = staged(PAPER, PAPER, PAPER)
    assert found_in(records).members["paper"].n_unique() == 1
    papers = dict(found_in(records, ["mine", "mine", None]).members.select("record_id", "paper").iter_rows())
    assert papers["r0"] != papers["r1"]
    assert papers["r2"] in (papers["r0"], papers["r1"])
