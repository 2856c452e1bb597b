"""What must hold of any records: order does not matter, nothing is lost, two papers are never pulled together."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.resolve import Resolution, resolve_records
from transforms.silver import silver_tables
from warehouse.schema import silver

Staged = Callable[..., pl.DataFrame]
NONE_GIVEN = pl.DataFrame(schema=GIVEN_SCHEMA)
# A resolution takes some 100 ms however small it is.
few = settings(max_examples=15)
ONE = "tables of numbers are read by people who look for one of them and by software that looks for the largest of them all"
HALF = "tables of numbers are read by people who seldom know why and by engineers who name cost as reason and habit as excuse"
TWO = "a survey among forty engineers names cost as the reason and habit as the excuse for using large models at all"
TITLES = ["A Reader", "A READER", r"A \textbf{Reader}", "A Reader II", "Small Models Are Seldom Right", "Smal Models Are Seldom Right"]

RECORD = st.fixed_dictionaries(
    {"title": st.sampled_from(TITLES), "abstract": st.sampled_from([None, "To appear.", ONE, ONE + " and then some more of them", HALF, TWO])},
    optional={
        "published_on": st.sampled_from(["2025-03-01", "2022-03-01"]),
        "author_count": st.sampled_from([3, 4]),
        "organization_id": st.sampled_from(["lab"]),
        "doi": st.sampled_from(["10.1000/a", "10.1000/b"]),
    },
)
RECORDS = st.lists(RECORD, max_size=9).map(lambda rows: [row | {"record_id": f"r{n}"} for n, row in enumerate(rows)])


def partition(found: Resolution) -> set[frozenset[str]]:
    together: dict[str, set[str]] = {}
    for record, paper in found.members.select("record_id", "paper_id").iter_rows():
        together.setdefault(paper, set()).add(record)
    return {frozenset(records) for records in together.values()}


def given_after(before: pl.DataFrame, found: Resolution, sequence: int) -> pl.DataFrame:
    return pl.concat([before, found.new_ids.with_columns(sequence=pl.lit(sequence, pl.Int64)).select(GIVEN_SCHEMA.names())])


def in_batches(staged: Staged, *batches: Sequence[dict[str, Any]]) -> list[Resolution]:
    """One run after each batch has come, over all records there are, as a load does it."""
    known, rows, found = NONE_GIVEN, [], []
    for sequence, batch in enumerate(batches):
        rows += batch
        found.append(resolve_records(staged(*rows), known))
        known = given_after(known, found[-1], sequence)
    return found


@few
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(staged: Staged, rows: list[dict[str, Any]], chance: random.Random) -> None:
    expected = resolve_records(staged(*rows), NONE_GIVEN)
    mixed = staged(*rows).sample(fraction=1, shuffle=True, seed=chance.randrange(1 << 30))
    found = resolve_records(mixed, NONE_GIVEN)
    assert found.members.equals(expected.members)
    assert found.new_ids.equals(expected.new_ids)


@few
@given(RECORDS, st.integers(0, 9))
def test_batches_give_the_papers_of_all_together_in_either_order(staged: Staged, rows: list[dict[str, Any]], cut: int) -> None:
    together = partition(resolve_records(staged(*rows), NONE_GIVEN))
    forward, backward = in_batches(staged, rows[:cut], rows[cut:]), in_batches(staged, rows[cut:], rows[:cut])
    assert partition(forward[-1]) == partition(backward[-1]) == together


@few
@given(RECORDS, st.integers(0, 9))
def test_an_id_stays_or_leads_to_the_paper_of_its_record(staged: Staged, rows: list[dict[str, Any]], cut: int) -> None:
    first, second = in_batches(staged, rows[:cut], rows[cut:])
    now = dict(second.members.select("record_id", "paper_id").iter_rows())
    leads = dict(second.redirects.iter_rows())
    for record, old in first.new_ids.select("record_id", "paper_id").iter_rows():
        assert now[record] == leads.get(old, old)
    assert not set(leads) & set(now.values())
    assert set(leads.values()) <= set(now.values())


@few
@given(RECORDS)
def test_again_is_the_same_and_gives_no_new_id(staged: Staged, rows: list[dict[str, Any]]) -> None:
    first, second = in_batches(staged, rows, [])
    assert second.members.equals(first.members)
    assert second.new_ids.is_empty()
    assert second.redirects.is_empty()


@few
@given(RECORDS)
def test_no_record_is_lost_and_each_paper_has_its_reasons(staged: Staged, rows: list[dict[str, Any]]) -> None:
    records = staged(*rows)
    found = resolve_records(records, NONE_GIVEN)
    assert found.members["record_id"].to_list() == sorted(row["record_id"] for row in rows)
    paper_of = dict(found.members.select("record_id", "paper_id").iter_rows())
    for row in found.members.iter_rows(named=True):
        is_alone = list(paper_of.values()).count(row["paper_id"]) == 1
        assert (row["rule"] == "only_record") == is_alone == (row["matched_record_id"] is None)
        assert is_alone or (row["matched_record_id"] != row["record_id"] and paper_of[row["matched_record_id"]] == row["paper_id"])
        assert 0 < row["score"] <= 1
    joined = records.join(found.members.select("record_id", "paper_id"), on="record_id").with_columns(work_id=pl.col("paper_id"))
    tables = silver_tables(joined)
    assert tables[silver.PAPERS]["record_count"].sum() == len(rows)
    # Every value that a record gives is the winner or a kept loser.
    counted = tables[silver.FIELD_SOURCES].group_by("field").agg(pl.col("record_count").sum())
    dated = records.with_columns(year=pl.coalesce("year", pl.col("published_on").dt.year().cast(pl.Int64)))
    for field, count in counted.iter_rows():
        assert count == dated[field].count()


@few
@given(RECORDS)
def test_two_papers_of_one_title_and_no_common_text_are_never_one(staged: Staged, rows: list[dict[str, Any]]) -> None:
    # An identifier that both have outweighs their texts.
    found = resolve_records(staged(*(row | {"doi": None} for row in rows)), NONE_GIVEN)
    texts = {row["record_id"]: row["abstract"] for row in rows}
    for papers in partition(found):
        assert not {ONE, TWO} <= {texts[record] for record in papers}


def test_a_bare_title_between_two_papers_joins_at_most_one(staged: Staged) -> None:
    one = {"record_id": "a", "title": "A Reader", "abstract": ONE, "author_count": 4}
    two = {"record_id": "b", "title": "A Reader", "abstract": TWO, "author_count": 4}
    bare = {"record_id": "t", "title": "A Reader", "author_count": 4}
    assert partition(resolve_records(staged(one, two, bare), NONE_GIVEN)) == {frozenset("at"), frozenset("b")}


@pytest.mark.parametrize("with_facts", ["a", "b"])
def test_the_facts_of_every_record_of_an_exact_group_count(staged: Staged, with_facts: str) -> None:
    # A listing without footers and one with them print the same text; a third record has no abstract but the same facts as the second.
    facts = {"author_count": 4, "published_on": "2025-03-01"}
    rows = [{"record_id": name, "title": "A Reader", "abstract": ONE} | (facts if name == with_facts else {}) for name in "ab"]
    found = resolve_records(staged(*rows, {"record_id": "t", "title": "A Reader", **facts}), NONE_GIVEN)
    assert partition(found) == {frozenset("abt")}


@pytest.mark.parametrize("abstract", [None, ONE])
def test_two_records_with_two_dois_are_not_joined_over_a_third(staged: Staged, abstract: str | None) -> None:
    # The two share no fact but their title, so it needs care that anything ever compares them.
    one = {"record_id": "a", "title": "A Reader", "abstract": abstract, "author_count": 4, "doi": "10.1000/a"}
    two = {"record_id": "b", "title": "A Reader", "published_on": "2025-03-01", "doi": "10.1000/b"}
    between = {"record_id": "c", "title": "A Reader", "abstract": ONE + " and then some more", "author_count": 4, "published_on": "2025-03-01"}
    assert not any({"a", "b"} <= records for records in partition(resolve_records(staged(one, two, between), NONE_GIVEN)))


def test_a_paper_listed_bare_every_day_of_two_months_is_one(staged: Staged) -> None:
    bare = {"title": "A Reader of Copper Tables", "author_count": 4, "published_on": "2025-03-01"}
    assert len(partition(resolve_records(staged(*[bare] * 60), NONE_GIVEN))) == 1


def seconds(staged: Staged, rows: Sequence[dict[str, Any]]) -> float:
    records = staged(*rows)
    start = time.process_time()
    assert resolve_records(records, NONE_GIVEN).members.height == len(rows)
    return time.process_time() - start


def test_a_paper_listed_ten_thousand_times_takes_a_moment(staged: Staged) -> None:
    assert seconds(staged, [{"title": "A Reader", "abstract": ONE}] * 10_000) < 5


def test_a_title_that_two_thousand_records_share_takes_a_moment(staged: Staged) -> None:
    # Every journal has its editorials, without abstract. Comparing each with each is two million pairs, and with ten times the records
    # a hundred times as many.
    assert seconds(staged, [{"title": "Editorial"}] * 2_000) < 1.5


def test_an_abstract_that_many_titles_share_takes_a_moment(staged: Staged) -> None:
    # What an archive prints where it has none. Ten times the records must not take a hundred times as long, nor as much memory.
    text = "There is no abstract for this record in the archive; ask the library of the institute for a copy of the full text"
    assert seconds(staged, [{"title": f"Paper {n}", "abstract": text} for n in range(1_500)]) < 1.5
