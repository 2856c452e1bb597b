from collections.abc import Callable
from itertools import combinations
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.block import prepared
from transforms.dedupe.match import judged_pairs
from transforms.dedupe.parameters import Parameters

Staged = Callable[..., pl.DataFrame]
# Eleven words, ten pairs of words.
TEN = "one two three four five six seven eight nine ten eleven"


def judged(records: pl.DataFrame) -> list[tuple[str, str, str, str | None, float]]:
    """What is judged of every pair of these records, whether block would propose it or not."""
    names = sorted(records["record_id"])
    pairs = pl.DataFrame(list(combinations(names, 2)), schema={"record_a": pl.String, "record_b": pl.String}, orient="row")
    return [(*row[:4], round(row[4], 4)) for row in judged_pairs(prepared(records), pairs, Parameters()).rows()]


def verdict(staged: Staged, a: dict[str, Any], b: dict[str, Any]) -> tuple[str, str | None, float]:
    """Decision, rule and score of the pair; the same whichever comes first."""
    (one,), (other,) = judged(staged({"title": "T", **a}, {"title": "T", **b})), judged(staged({"title": "T", **b}, {"title": "T", **a}))
    assert one[2:] == other[2:]
    return one[2:]


@pytest.mark.parametrize(
    ("other", "decision", "rule", "score"),
    [
        (TEN, "same", "same_title_similar_abstract", 1.0),
        (TEN + " and some words more behind it all", "same", "same_title_similar_abstract", 1.0),
        # Six words, so five of the ten pairs of the shorter.
        ("one two three four five six a b c d e f g", "same", "same_title_similar_abstract", 0.75),
        ("one two three four five a b c d e f g", "open", None, 0.0),
        # Three words, so two of ten: no more than two papers of a field share.
        ("one two three a b c d e f g h i", "different", None, 0.0),
        ("a b c d e f g h i j k l", "different", None, 0.0),
        ("To appear.", "open", None, 0.0),
        (None, "open", None, 0.0),
    ],
    ids=["equal", "longer", "half shared", "two fifths", "a fifth", "nothing", "too short", "none"],
)
def test_of_one_title_the_shared_part_of_the_shorter_abstract_decides(
    staged: Staged, other: str | None, decision: str, rule: str | None, score: float
) -> None:
    assert verdict(staged, {"abstract": TEN}, {"abstract": other}) == (decision, rule, score)


@pytest.mark.parametrize(
    "fact",
    [{"published_on": "2025-03-01"}, {"organization_id": "blue-lab"}, {"author_count": 4}, {"first_family": "petrova", "year": 2025}],
    ids=lambda fact: next(iter(fact)),
)
@pytest.mark.parametrize(
    ("other", "rule", "score"),
    [(None, "same_title_same_facts", 0.8), ("one two three four five a b c d e f g", "same_title_similar_abstract", 0.7)],
    ids=["no abstract", "two fifths of it"],
)
def test_each_fact_that_agrees_is_evidence(staged: Staged, fact: dict[str, Any], other: str | None, rule: str, score: float) -> None:
    assert verdict(staged, {"abstract": TEN, **fact}, {"abstract": other, **fact}) == ("same", rule, score)


@pytest.mark.parametrize("identifier", [{"arxiv_id": "2501.00001"}, {"doi": "10.1000/x"}], ids=lambda one: next(iter(one)))
@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A Reader", ("same", "same_identifier", 1.0)),
        ("A Reader for Tables", ("same", "same_identifier", 1.0)),
        # Somebody copied the identifier into the wrong entry.
        ("Nine Stones on a Wet Beach", ("open", None, 0.0)),
    ],
)
def test_one_identifier_is_one_paper_unless_the_titles_have_nothing_in_common(
    staged: Staged, identifier: dict[str, Any], title: str, expected: tuple[str, str | None, float]
) -> None:
    assert verdict(staged, {"title": "A Reader", **identifier}, {"title": title, **identifier}) == expected


@pytest.mark.parametrize(
    ("one", "two", "decision"),
    [
        ({"arxiv_id": "2501.00001"}, {"arxiv_id": "2501.00002"}, "different"),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/y"}, "different"),
        # A preprint and its article: two registrants.
        ({"doi": "10.1000/x"}, {"doi": "10.48550/arxiv.2501.00001"}, "same"),
        ({"arxiv_id": "2501.00001", "doi": "10.1000/x"}, {"arxiv_id": "2501.00001", "doi": "10.1000/y"}, "different"),
    ],
)
def test_other_identifiers_of_one_registrant_are_other_papers_whatever_the_abstract(
    staged: Staged, one: dict[str, Any], two: dict[str, Any], decision: str
) -> None:
    assert verdict(staged, {"abstract": TEN, **one}, {"abstract": TEN, **two})[0] == decision


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"author_count": 4}, {"author_count": 5}),
        ({"arxiv_id": "2501.00001"}, {"arxiv_id": "2501.00002"}),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/y"}),
        ({"published_on": "2023-03-01"}, {"published_on": "2025-03-01"}),
    ],
    ids=["author_count", "arxiv_id", "doi", "published_on"],
)
@pytest.mark.parametrize("other", [None, "one two three four five a b c d e f g"], ids=["no abstract", "two fifths of it"])
def test_each_fact_that_conflicts_is_evidence_against_though_another_agrees(
    staged: Staged, one: dict[str, Any], two: dict[str, Any], other: str | None
) -> None:
    agreeing = {"organization_id": "blue-lab"}
    assert verdict(staged, {"abstract": TEN, **agreeing, **one}, {"abstract": other, **agreeing, **two}) == ("different", None, 0.0)


@pytest.mark.parametrize(("day", "decision"), [("2026-04-05", "same"), ("2026-04-06", "different")])
def test_dates_may_lie_four_hundred_days_apart(staged: Staged, day: str, decision: str) -> None:
    # 1 March 2025 and 400 days are 5 April 2026.
    facts = {"author_count": 4}
    assert verdict(staged, {"published_on": "2025-03-01", **facts}, {"published_on": day, **facts})[0] == decision


def test_two_organisations_are_no_conflict_for_a_paper_may_have_both(staged: Staged) -> None:
    one, two = {"organization_id": "blue-lab", "author_count": 4}, {"organization_id": "red-lab", "author_count": 4}
    assert verdict(staged, one, two) == ("same", "same_title_same_facts", 0.8)


def test_a_fact_that_only_one_record_has_says_nothing(staged: Staged) -> None:
    assert verdict(staged, {"author_count": 4}, {"doi": "10.1000/x"}) == ("open", None, 0.0)


@pytest.mark.parametrize(
    ("title", "abstract", "decision"),
    [
        ("Small Models Are Seldom Rigt", TEN, "same"),
        ("Small Models Are Seldom Right Again and Again", TEN, "open"),
        ("Small Models Are Seldom Right 2", TEN, "open"),
        ("Small Models Are Seldom Rigt", "one two three four five six seven a b c d", "open"),
        ("Small Models Are Seldom Rigt", "one two three four five six seven eight nine a b", "same"),
    ],
    ids=["a letter missing", "longer by half", "a number more", "three fifths of the abstract", "four fifths"],
)
def test_another_title_needs_nearly_the_same_abstract(staged: Staged, title: str, abstract: str, decision: str) -> None:
    found = verdict(staged, {"title": "Small Models Are Seldom Right", "abstract": TEN}, {"title": title, "abstract": abstract})
    assert found[0] == decision
    assert found[1] == ("similar_title_same_abstract" if decision == "same" else None)


def test_the_score_of_a_similar_title_is_its_likeness_times_the_shared_part(staged: Staged) -> None:
    # smallmodelsareseldomright and the same without its h: 49 letters, 48 of them in common.
    found = verdict(staged, {"title": "Small Models Are Seldom Right", "abstract": TEN}, {"title": "Small Models Are Seldom Rigt", "abstract": TEN})
    assert found[2] == round(48 / 49, 4)


def test_no_pairs_are_judged_as_none(staged: Staged) -> None:
    assert judged(staged({"title": "T"})) == []


def test_the_order_of_records_and_pairs_does_not_matter(staged: Staged) -> None:
    rows = [{"record_id": name, "title": "T", "abstract": TEN} for name in "abc"]
    assert judged(staged(*rows[::-1])) == judged(staged(*rows))
    assert [row[:2] for row in judged(staged(*rows))] == [("a", "b"), ("a", "c"), ("b", "c")]
