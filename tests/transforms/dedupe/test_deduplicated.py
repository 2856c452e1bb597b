"""Anybody's records, without a warehouse and without ids of earlier runs."""

from collections.abc import Callable

import polars as pl

from transforms.dedupe.resolve import deduplicated

Staged = Callable[..., pl.DataFrame]
PAPER = {"title": "Copper Tables Read by Careful Engines", "authors": '[{"family":"Rossi","given":"A."}]', "year": 2001}


def test_each_record_is_of_one_paper_named_by_its_first_record(staged: Staged) -> None:
    found = deduplicated(staged(PAPER, PAPER | {"title": "Coper Tables Read by Careful Engines"}, {"title": "Nine Stones on a Wet Beach"}))
    assert found.columns == ["record_id", "paper", "rule", "score"]
    assert found.select("record_id", "paper", "rule").rows() == [
        ("r0", "r0", "similar_title_same_facts"),
        ("r1", "r0", "similar_title_same_facts"),
        ("r2", "r2", "only_record"),
    ]


def test_no_records_are_of_no_papers(staged: Staged) -> None:
    assert deduplicated(staged()).height == 0


def test_a_source_that_lists_each_paper_once_has_no_repeats(staged: Staged) -> None:
    records = staged(PAPER, PAPER, PAPER | {"source": "other"})
    assert deduplicated(records)["paper"].n_unique() == 1
    papers = dict(deduplicated(records, ["hf"]).select("record_id", "paper").iter_rows())
    assert papers["r0"] != papers["r1"]
    assert papers["r2"] in (papers["r0"], papers["r1"])
    by_column = deduplicated(records.with_columns(collection=pl.Series(["mine", "mine", "yours"])), ["mine"])
    assert by_column["paper"].to_list() == list(papers.values())
