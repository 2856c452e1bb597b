from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.block import block_members, candidate_pairs, exact_groups, identified, representatives
from transforms.dedupe.facts import facts
from transforms.dedupe.parameters import Parameters

Staged = Callable[..., pl.DataFrame]
LONG = "tables of numbers are read by people who look for one of them and by software that looks for the largest of them all"


def pairs(records: pl.DataFrame, **changes: int) -> list[tuple[str, str]]:
    parameters = Parameters(**changes)  # type: ignore[arg-type]
    known = facts(records, parameters)
    return identified(candidate_pairs(known, block_members(known), parameters), known).rows()


def groups(records: pl.DataFrame) -> dict[str, str]:
    return dict(exact_groups(facts(records), Parameters()).select("record_id", "representative").rows())


def test_records_that_differ_in_a_fact_are_not_one_group(staged: Staged) -> None:
    assert groups(staged({"title": "A Reader", "abstract": LONG}, {"title": "A Reader", "abstract": LONG, "doi": "10.1/x"})) == {
        "r0": "r0",
        "r1": "r1",
    }


def test_a_title_that_names_a_kind_of_text_makes_no_group_without_abstract(staged: Staged) -> None:
    assert groups(staged(*[{"title": "Editor's Notes", "year": 2001}] * 2)) == {"r0": "r0", "r1": "r1"}


def test_representatives_are_one_of_each_group(staged: Staged) -> None:
    records = facts(staged(*[{"title": "A Reader", "abstract": LONG}] * 3, {"title": "A Writer"}))
    assert representatives(records, exact_groups(records, Parameters()))["record_id"].to_list() == ["r0", "r3"]


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
    records = facts(staged(*[{"title": "A Reader", "abstract": LONG}] * 2, *[{"title": "A Reader", "author_count": 4}] * 2))
    found = exact_groups(records, Parameters()).sort("record_id").select("rule", "score").rows()
    assert found == [("same_title_same_abstract", 1.0)] * 2 + [("same_title_same_facts", 0.8)] * 2


def test_records_that_share_a_title_are_compared(staged: Staged) -> None:
    assert pairs(staged({"title": "A Reader", "abstract": LONG}, {"title": "a-reader"}, {"title": "A Writer"})) == [("r0", "r1")]


def test_in_a_large_block_each_record_is_compared_with_those_that_follow_it(staged: Staged) -> None:
    # By first author: an editor's editorials stand together.
    rows = [{"title": "Editorial", "authors": f'[{{"family":"{name}"}}]'} for name in ("delta", "alpha", "carol", "bravo")]
    assert pairs(staged(*rows), window=1) == [("r0", "r2"), ("r1", "r3"), ("r2", "r3")]
    assert len(pairs(staged(*rows), window=2)) == 5
    assert len(pairs(staged(*rows), window=3)) == 6


def test_pairs_grow_as_the_records_do(staged: Staged) -> None:
    found = [len(pairs(staged(*({"title": "Editorial", "author_count": n} for n in range(size))))) for size in (500, 1000)]
    assert found[1] < 2.1 * found[0]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"title": "Copper Tables Read by Small Careful Engines"}, {"title": "Copper Tables Read by Small Careful Engimes"}),
        ({"title": "Copper Tables Read by Small Careful Engines"}, {"title": "Coper Tables Read by Small Careful Engines"}),
        ({"title": "Copper Tables Read by Small Careful Engines"}, {"title": "Copper Tables Read by Careful Engines"}),
        (
            {"title": "Copper Tables", "year": 2001, "authors": '[{"family":"Rossi"}]'},
            {"title": "Copper Table", "year": 2001, "authors": '[{"name":"A. Rossi"}]'},
        ),
        ({"title": "One", "volume": "7", "pages": "12-19", "year": 2001}, {"title": "Uno", "volume": "7", "pages": "12", "year": 2001}),
        ({"title": "One", "pages": "12-19", "authors": '[{"family":"Rossi"}]'}, {"title": "Uno", "pages": "12", "authors": '[{"family":"Rossi"}]'}),
        ({"title": "One", "authors": '[{"name":"A Rossi"},{"name":"B Lee"}]'}, {"title": "Uno", "authors": '[{"name":"A Rossi"},{"name":"B Lee"}]'}),
        ({"title": "One", "doi": "10.1/x"}, {"title": "Uno", "doi": "10.1/x"}),
        ({"title": "One", "identifiers": '{"pmid":["12"]}'}, {"title": "Uno", "identifiers": '{"pmid":["12"]}'}),
    ],
    ids=["last word", "first word", "lost word", "author and year", "place and year", "author and page", "all authors", "doi", "pmid"],
)
def test_what_else_brings_two_records_together(staged: Staged, one: dict[str, Any], two: dict[str, Any]) -> None:
    assert pairs(staged(one, two)) == [("r0", "r1")]


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
