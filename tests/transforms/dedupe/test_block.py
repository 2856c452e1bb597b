from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.block import candidate_pairs, exact_groups, prepared, representatives
from transforms.dedupe.parameters import Parameters

Staged = Callable[..., pl.DataFrame]
LONG = "tables of numbers are read by people who look for one of them and by software that looks for the largest of them all"


def pairs(records: pl.DataFrame, **changes: int) -> list[tuple[str, str]]:
    return candidate_pairs(prepared(records), Parameters(**changes)).rows()  # type: ignore[arg-type]


def groups(records: pl.DataFrame) -> dict[str, str]:
    return dict(exact_groups(prepared(records), Parameters()).select("record_id", "representative").rows())


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Part I", "I"),
        ("Part II of 3", "3 II"),
        ("Reader 2.5", "2 5"),
        ("No Number", ""),
        ("INVXI Reads", ""),
        ("2 and 2 is 4", "2 4"),
    ],
)
def test_the_numbers_of_a_title_are_those_that_tell_parts_and_versions_apart(staged: Staged, title: str, numbers: str) -> None:
    assert prepared(staged({"title": title}))["title_numbers"].to_list() == [numbers]


def test_what_is_compared_is_prepared_once(staged: Staged) -> None:
    (row,) = prepared(staged({"title": r"Pok\'eChamp, II", "abstract": "Half the Labels: 90\\% of it."})).rows(named=True)
    assert (row["title_key"], row["abstract_key"]) == ("pokechampii", "halfthelabels90ofit")
    assert (row["abstract_words"], row["title_numbers"]) == ("half the labels 90 of it", "II")


def test_equal_title_and_abstract_are_one_group_named_by_its_first_record(staged: Staged) -> None:
    records = staged(
        {"record_id": "c", "title": "A Reader", "abstract": LONG},
        {"record_id": "b", "title": "a reader.", "abstract": LONG.upper()},
        {"record_id": "a", "title": "A Reader", "abstract": LONG + " more"},
        {"record_id": "d", "title": "Another", "abstract": LONG},
    )
    assert groups(records) == {"a": "a", "b": "b", "c": "b", "d": "d"}


@pytest.mark.parametrize("abstract", [None, "To appear.", "one two three four five six seven eight"], ids=["none", "short", "seven pairs of words"])
def test_an_abstract_that_says_too_little_joins_nothing(staged: Staged, abstract: str | None) -> None:
    assert groups(staged(*[{"title": "A Reader", "abstract": abstract}] * 2)) == {"r0": "r0", "r1": "r1"}


def test_eight_pairs_of_words_are_enough(staged: Staged) -> None:
    abstract = "one two three four five six seven eight nine"
    assert groups(staged(*[{"title": "A Reader", "abstract": abstract}] * 2)) == {"r0": "r0", "r1": "r0"}


@pytest.mark.parametrize(
    "fact", [{"published_on": "2025-03-01"}, {"organization_id": "lab"}, {"author_count": 4}, {"arxiv_id": "2501.00001"}, {"doi": "10.1000/x"}]
)
def test_without_abstract_equal_title_and_equal_facts_are_one_group(staged: Staged, fact: dict[str, Any]) -> None:
    records = staged({"title": "A Reader", **fact}, {"title": "a-reader", **fact}, {"title": "A Reader"}, {"title": "A Writer", **fact})
    assert groups(records) == {"r0": "r0", "r1": "r0", "r2": "r2", "r3": "r3"}


def test_a_group_without_abstract_is_not_one_with_the_same_facts_and_an_abstract(staged: Staged) -> None:
    assert groups(staged({"title": "A Reader", "author_count": 4}, {"title": "A Reader", "author_count": 4, "abstract": LONG})) == {
        "r0": "r0",
        "r1": "r1",
    }


def test_the_rule_of_a_group_says_what_its_records_share(staged: Staged) -> None:
    records = prepared(staged(*[{"title": "A Reader", "abstract": LONG}] * 2, *[{"title": "A Reader", "author_count": 4}] * 2))
    found = exact_groups(records, Parameters()).sort("record_id").select("rule", "score").rows()
    assert found == [("same_title_same_abstract", 1.0)] * 2 + [("same_title_same_facts", 0.8)] * 2


def test_records_that_share_a_title_are_compared(staged: Staged) -> None:
    assert pairs(staged({"title": "A Reader", "abstract": LONG}, {"title": "a-reader"}, {"title": "A Writer"})) == [("r0", "r1")]


def test_a_title_that_more_records_share_than_papers_can_makes_no_block(staged: Staged) -> None:
    rows = [{"title": "Editorial", "author_count": number} for number in (1, 2, 3)]
    assert len(pairs(staged(*rows), max_block=3)) == 3
    assert pairs(staged(*rows), max_block=2) == []


def test_an_abstract_that_more_titles_share_than_papers_can_makes_no_block(staged: Staged) -> None:
    rows = [{"title": f"Paper {number}", "abstract": LONG} for number in (1, 2, 3)]
    assert len(pairs(staged(*rows), max_block=3)) == 3
    assert pairs(staged(*rows), max_block=2) == []


def test_a_representative_has_the_facts_of_its_group(staged: Staged) -> None:
    records = prepared(
        staged(
            {"record_id": "a", "title": "A Reader", "abstract": LONG, "author_count": 4},
            {"record_id": "b", "title": "A Reader", "abstract": LONG, "author_count": 5, "organization_id": "blue-lab"},
            {"record_id": "c", "title": "A Writer", "doi": "10.1000/y"},
        )
    )
    found = representatives(records, exact_groups(records, Parameters())).sort("record_id")
    assert found.select("record_id", "author_count", "organization_id", "doi", "title").rows() == [
        ("a", 4, "blue-lab", None, "A Reader"),
        ("c", None, None, "10.1000/y", "A Writer"),
    ]


def test_records_whose_abstracts_begin_alike_are_compared(staged: Staged) -> None:
    records = staged(
        {"title": "One", "abstract": LONG}, {"title": "Two", "abstract": LONG.title() + ", and more."}, {"title": "Six", "abstract": "x" + LONG}
    )
    assert pairs(records) == [("r0", "r1")]


def test_a_beginning_shorter_than_the_block_is_no_beginning(staged: Staged) -> None:
    records = staged({"title": "One", "abstract": "to appear"}, {"title": "Two", "abstract": "to appear"})
    assert pairs(records) == []
    assert pairs(records, abstract_block_length=8) == [("r0", "r1")]


def test_a_pair_that_shares_both_comes_once_and_in_order(staged: Staged) -> None:
    records = staged(*[{"record_id": name, "title": "A Reader", "abstract": LONG} for name in ("c", "a", "b")])
    assert pairs(records) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert pairs(records.reverse()) == pairs(records)


def test_a_title_key_and_an_abstract_key_that_are_equal_are_not_mistaken_for_each_other(staged: Staged) -> None:
    assert pairs(staged({"title": LONG}, {"title": "Other", "abstract": LONG})) == []


def test_one_record_or_none_has_no_pairs(staged: Staged) -> None:
    assert pairs(staged({"title": "A Reader"})) == []
    assert pairs(staged()) == []
