from collections.abc import Callable
from itertools import combinations
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.facts import facts
from transforms.dedupe.match import identity_marks, judged_pairs, numbered
from transforms.dedupe.parameters import Parameters

Staged = Callable[..., pl.DataFrame]
# Eleven words, ten pairs of words.
TEN = "one two three four five six seven eight nine ten eleven"
TITLE = "Copper Tables Read by Careful Engines"
ROSSI_LEE = '[{"family":"Rossi","given":"A."},{"family":"Lee","given":"B."}]'
FULL: dict[str, Any] = {"title": TITLE, "authors": ROSSI_LEE, "year": 2001, "venue": "Journal of Tables", "volume": "7", "pages": "12-19"}


def judged(records: pl.DataFrame, parameters: Parameters = Parameters()) -> pl.DataFrame:
    """What is judged of every pair of these records, whether block would propose it or not."""
    names = sorted(records["record_id"])
    pairs = pl.DataFrame(list(combinations(names, 2)), schema={"record_a": pl.String, "record_b": pl.String}, orient="row")
    known = facts(records)
    return judged_pairs(known, numbered(pairs, known), lambda ids: records.filter(pl.col("record_id").is_in(ids.implode())), parameters)


def verdict(staged: Staged, a: dict[str, Any], b: dict[str, Any]) -> tuple[str, str | None]:
    """Decision and rule of the pair; the same whichever comes first. A pair not worth judging is open."""
    one, other = judged(staged({"title": TITLE, **a}, {"title": TITLE, **b})), judged(staged({"title": TITLE, **b}, {"title": TITLE, **a}))
    assert one.drop("record_a", "record_b").equals(other.drop("record_a", "record_b"))
    return one.select("decision", "rule").row(0) if one.height else ("open", None)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (TEN, ("same", "same_title_similar_abstract")),
        (TEN + " and some words more behind it all", ("same", "same_title_similar_abstract")),
        # Six words, so five of the ten pairs of the shorter.
        ("one two three four five six a b c d e f g", ("same", "same_title_similar_abstract")),
        ("one two three four five a b c d e f g", ("open", None)),
        # Three words, so two of ten: no more than two papers of a field share.
        ("one two three a b c d e f g h i", ("different", None)),
        ("To appear.", ("open", None)),
        (None, ("open", None)),
    ],
    ids=["equal", "longer", "half shared", "two fifths", "a fifth", "too short", "none"],
)
def test_of_one_title_the_shared_part_of_the_shorter_abstract_decides(staged: Staged, other: str | None, expected: tuple[str, str | None]) -> None:
    assert verdict(staged, {"abstract": TEN}, {"abstract": other}) == expected


@pytest.mark.parametrize(
    "fact",
    [
        {"published_on": "2025-03-01"},
        {"organization_id": "blue-lab"},
        {"author_count": 4},
        {"authors": ROSSI_LEE},
        {"year": 2001},
        {"venue": "Journal of Tables"},
        {"volume": "7", "pages": "12-19"},
    ],
    ids=lambda fact: next(iter(fact)),
)
def test_of_one_title_each_fact_that_agrees_is_evidence(staged: Staged, fact: dict[str, Any]) -> None:
    assert verdict(staged, fact, fact) == ("same", "same_title_same_facts")
    assert verdict(staged, fact, {}) == ("open", None)


@pytest.mark.parametrize(
    "identifier", [{"arxiv_id": "2501.00001"}, {"doi": "10.1000/x"}, {"identifiers": '{"pmid":["12"]}'}], ids=lambda one: next(iter(one))
)
@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (TITLE, ("same", "same_identifier")),
        ("How Copper Tables Are Read", ("same", "same_identifier")),
        # Somebody copied the identifier into the wrong entry.
        ("Nine Stones on a Wet Beach", ("open", None)),
    ],
)
def test_one_identifier_is_one_paper_unless_the_titles_have_nothing_in_common(
    staged: Staged, identifier: dict[str, Any], title: str, expected: tuple[str, str | None]
) -> None:
    assert verdict(staged, identifier, {"title": title, **identifier}) == expected


@pytest.mark.parametrize(
    ("one", "two", "decision"),
    [
        ({"arxiv_id": "2501.00001"}, {"arxiv_id": "2501.00002"}, "different"),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/y"}, "different"),
        ({"identifiers": '{"dblp":["conf/x/A1"]}'}, {"identifiers": '{"dblp":["journals/x/A2"]}'}, "different"),
        ({"identifiers": '{"acl":["P01-1001"]}'}, {"identifiers": '{"acl":["P01-1002"]}'}, "different"),
        # OpenAlex knows many papers twice.
        ({"identifiers": '{"openalex":["W1"]}'}, {"identifiers": '{"openalex":["W2"]}'}, "same"),
        # A preprint and its article: two registrants.
        ({"doi": "10.1000/x"}, {"doi": "10.48550/arxiv.2501.00001"}, "same"),
        ({"arxiv_id": "2501.00001", "doi": "10.1000/x"}, {"arxiv_id": "2501.00001", "doi": "10.1000/y"}, "different"),
    ],
)
def test_two_keys_of_one_catalogue_or_registrant_are_two_papers_whatever_the_abstract(
    staged: Staged, one: dict[str, Any], two: dict[str, Any], decision: str
) -> None:
    assert verdict(staged, {"abstract": TEN, **one}, {"abstract": TEN, **two})[0] == decision


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Coper Tables Read by Careful Engines"},
        {"title": "Copper Tables Read by Careful Engines: A Survey of Printers"},
        {"title": "Copper Tables Read by Careful Engines [Review]"},
        {"authors": '[{"name":"B. Lee"},{"name":"Anna Rossi"}]'},
        {"authors": '[{"name":"A. Rossi"},{"name":"et al."}]'},
        {"year": None, "venue": None, "volume": None, "pages": None},
        {"venue": "J. Tables", "pages": "pp. 12"},
        {"year": 2002},
        {"title": "Kupfertabellen, von sorgsamen Maschinen gelesen"},
    ],
    ids=["slip", "subtitle", "bracket", "order of names", "et al", "bare", "abbreviated", "a year later", "translated"],
)
def test_a_record_that_says_it_otherwise_is_of_the_same_paper(staged: Staged, changes: dict[str, Any]) -> None:
    # Of another source: one that prints a place for all but this record says something by it.
    assert verdict(staged, FULL, FULL | {"source": "other"} | changes)[0] == "same"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Erratum: Copper Tables Read by Careful Engines", "pages": "401"},
        {"title": "Copper Tables Read by Careful Engines (vol 7, pg 12, 2001)", "pages": "401"},
        {"title": "Copper Tables Read by Careful Engines: Reply", "pages": "20-21"},
        {"venue": "Conference on Reading", "volume": None, "pages": "301-309", "year": 2000},
        {"volume": "8", "pages": "101-110", "year": 2004},
        {"title": "Silver Tables Read by Careless Engines", "pages": "20-29"},
        {"authors": '[{"name":"C. Novak"},{"name":"D. Okafor"}]', "pages": "301-309", "volume": "8"},
    ],
    ids=["erratum", "citation behind", "reply", "proceedings", "years later", "other words", "other authors"],
)
def test_evidence_against_outweighs_what_is_alike(staged: Staged, changes: dict[str, Any]) -> None:
    assert verdict(staged, FULL, FULL | changes)[0] == "open"


def test_part_one_is_not_part_two(staged: Staged) -> None:
    one, two = ({"title": f"Copper Tables Read by Engines, Part {part}", "authors": ROSSI_LEE, "year": 2001} for part in ("I", "II"))
    assert verdict(staged, one, two)[0] == "open"


def test_an_editorial_needs_its_place(staged: Staged) -> None:
    # One editor writes all of a year.
    editorial = FULL | {"title": "Editorial", "authors": '[{"name":"A. Rossi"}]'}
    assert verdict(staged, editorial, editorial)[0] == "same"
    assert verdict(staged, editorial | {"issue": "1", "pages": None}, editorial | {"issue": "2", "pages": None})[0] == "open"
    assert verdict(staged, editorial | {"volume": None, "pages": None}, editorial | {"volume": None, "pages": None})[0] == "open"


def test_a_source_that_prints_places_prints_none_of_a_report(staged: Staged) -> None:
    bare = FULL | {"venue": None, "volume": None, "pages": None}
    assert verdict(staged, FULL, bare)[0] == "open"
    assert verdict(staged, bare, bare)[0] == "same"


def test_a_title_that_only_resembles_needs_names_text_or_place(staged: Staged) -> None:
    assert verdict(staged, {"author_count": 4}, {"author_count": 4, "title": "Coper Tables Read by Careful Engines"})[0] == "open"


def test_the_score_is_a_probability_and_follows_the_weight(staged: Staged) -> None:
    found = judged(staged(FULL, FULL | {"year": 2002}, FULL | {"year": None}))
    assert found["score"].is_between(0, 1).all()
    assert found.sort("weight")["score"].is_sorted()


def test_only_abstracts_that_can_change_a_verdict_are_asked_for(staged: Staged) -> None:
    asked: list[str] = []
    records = staged(
        {"record_id": "a", "abstract": TEN, **FULL},
        {"record_id": "b", "abstract": TEN, **FULL},
        {"record_id": "c", "abstract": TEN, "title": TITLE},
        {"record_id": "d", "title": TITLE},
    )

    def abstracts(ids: pl.Series) -> pl.DataFrame:
        asked.extend(ids)
        return records.filter(pl.col("record_id").is_in(ids.implode())).select("record_id", "abstract")

    pairs = pl.DataFrame({"record_a": ["a", "a"], "record_b": ["b", "d"]})
    known = facts(records)
    judged_pairs(known, numbered(pairs, known), abstracts, Parameters())
    assert asked == []
    judged_pairs(known, numbered(pl.DataFrame({"record_a": ["a", "a"], "record_b": ["b", "c"]}), known), abstracts, Parameters())
    assert asked == ["a", "c"]


def test_no_more_pairs_than_allowed_are_judged_at_a_time(staged: Staged) -> None:
    records = staged(*({"record_id": name, "abstract": TEN} | {"title": TITLE} for name in "abcde"))
    assert judged(records, Parameters(pairs_at_a_time=3)).equals(judged(records))


def test_no_pairs_are_judged_as_none(staged: Staged) -> None:
    assert judged(staged({"title": TITLE})).height == 0


def test_the_order_of_records_and_pairs_does_not_matter(staged: Staged) -> None:
    rows = [{"record_id": name, "title": TITLE, "abstract": TEN} for name in "abc"]
    assert judged(staged(*rows[::-1])).equals(judged(staged(*rows)))


def test_what_a_paper_has_once_marks_it(staged: Staged) -> None:
    records = facts(staged({"title": TITLE, "arxiv_id": "2501.00001", "doi": "10.1000/x", "identifiers": '{"dblp":["conf/x/A1"],"openalex":["W1"]}'}))
    assert sorted(identity_marks(records).rows()) == [
        ("r0", "arxiv_id", "2501.00001"),
        ("r0", "dblp", "conf/x/a1"),
        ("r0", "doi 10.1000", "10.1000/x"),
    ]
