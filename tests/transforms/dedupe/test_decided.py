"""What a person decides wins over all evidence, whatever comes later."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.dedupe.decided import DECIDED_SCHEMA
from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.resolve import Resolution, resolve_records

Staged = Callable[..., pl.DataFrame]
NONE_GIVEN = pl.DataFrame(schema=GIVEN_SCHEMA)
PAPER = {"title": "Copper Tables Read by Careful Engines", "authors": '[{"family":"Rossi","given":"A."}]', "year": 2001}
OTHER = {"title": "Nine Stones on a Wet Beach", "doi": "10.1000/b", "year": 1950}


def decisions(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=DECIDED_SCHEMA, orient="row")


def papers(found: Resolution) -> list[list[str]]:
    grouped = found.members.group_by("paper_id").agg(pl.col("record_id").sort())
    return sorted(grouped["record_id"].to_list())


def test_what_is_split_is_two_papers_and_two_works(staged: Staged) -> None:
    found = resolve_records(staged(PAPER, PAPER), NONE_GIVEN, decisions(("r1", "r0", "different")))
    assert papers(found) == [["r0"], ["r1"]]
    assert found.works["work_id"].n_unique() == 2
    assert papers(resolve_records(staged(PAPER, PAPER), NONE_GIVEN)) == [["r0", "r1"]]


def test_what_is_pinned_is_one_paper_whatever_speaks_against_it(staged: Staged) -> None:
    found = resolve_records(staged(PAPER | {"doi": "10.1000/a"}, OTHER), NONE_GIVEN, decisions(("r1", "r0", "same")))
    assert papers(found) == [["r0", "r1"]]
    assert found.members.select("rule", "score", "matched_record_id").rows() == [("pinned", 1.0, "r1"), ("pinned", 1.0, "r0")]


def test_a_pin_joins_papers_with_all_their_records(staged: Staged) -> None:
    rows = [PAPER | {"doi": "10.1000/a"}, PAPER | {"doi": "10.1000/a", "volume": "3"}, OTHER, OTHER | {"volume": "7"}]
    assert papers(resolve_records(staged(*rows), NONE_GIVEN)) == [["r0", "r1"], ["r2", "r3"]]
    assert papers(resolve_records(staged(*rows), NONE_GIVEN, decisions(("r0", "r3", "same")))) == [["r0", "r1", "r2", "r3"]]


def test_records_that_come_later_join_what_is_pinned(staged: Staged) -> None:
    # Each speaks for one of the two and against the other.
    other = {"title": PAPER["title"], "authors": '[{"family":"Novak","given":"C."}]', "year": 1950}
    rows = staged(PAPER, other, PAPER, other)
    assert papers(resolve_records(rows, NONE_GIVEN)) == [["r0", "r2"], ["r1", "r3"]]
    assert papers(resolve_records(rows, NONE_GIVEN, decisions(("r0", "r1", "same")))) == [["r0", "r1", "r2", "r3"]]


def test_the_last_decision_on_a_pair_counts(staged: Staged) -> None:
    both = decisions(("r0", "r1", "different"), ("r1", "r0", "same"))
    assert papers(resolve_records(staged(PAPER, OTHER), NONE_GIVEN, both)) == [["r0", "r1"]]
    assert papers(resolve_records(staged(PAPER, OTHER), NONE_GIVEN, both.reverse())) == [["r0"], ["r1"]]


def test_a_decision_on_a_record_that_is_gone_decides_nothing(staged: Staged) -> None:
    found = resolve_records(staged(PAPER, PAPER), NONE_GIVEN, decisions(("r0", "gone", "different"), ("r1", "r1", "different")))
    assert papers(found) == [["r0", "r1"]]


ROWS = st.lists(
    st.sampled_from([PAPER, PAPER | {"volume": "2"}, PAPER | {"doi": "10.1000/a"}, OTHER, OTHER | {"year": 1951}]), min_size=2, max_size=7
)
PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(["same", "different"])), max_size=5)


@settings(max_examples=25)
@given(ROWS, PAIRS, st.randoms(use_true_random=False))
def test_no_paper_holds_two_records_that_a_person_parted(
    staged: Staged, rows: Sequence[dict[str, Any]], pairs: list[tuple[int, int, str]], chance: random.Random
) -> None:
    decided = decisions(*((f"r{a}", f"r{b}", said) for a, b, said in pairs))
    records = staged(*rows)
    found = resolve_records(records, NONE_GIVEN, decided)
    last = {frozenset((a, b)): said for a, b, said in decided.iter_rows() if a != b}
    for pair, said in last.items():
        assert said == "same" or not any(pair <= set(records_of_paper) for records_of_paper in papers(found))
    assert sum(map(len, papers(found))) == len(rows)
    mixed = records.sample(fraction=1, shuffle=True, seed=chance.randrange(1 << 30))
    assert papers(resolve_records(mixed, NONE_GIVEN, decided)) == papers(found)


@settings(max_examples=15)
@given(ROWS, st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=4))
def test_pins_alone_all_hold(staged: Staged, rows: Sequence[dict[str, Any]], pairs: list[tuple[int, int]]) -> None:
    found = resolve_records(staged(*rows), NONE_GIVEN, decisions(*((f"r{a}", f"r{b}", "same") for a, b in pairs)))
    paper = dict(found.members.select("record_id", "paper_id").iter_rows())
    for a, b in pairs:
        if max(a, b) < len(rows):
            assert paper[f"r{a}"] == paper[f"r{b}"]
