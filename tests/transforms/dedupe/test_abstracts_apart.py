"""Abstracts that Semantic Scholar lists in files of their own: they belong to the record of the same id, and make no paper."""

from collections.abc import Callable
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.resolve import resolve_records

Staged = Callable[..., pl.DataFrame]
NONE_GIVEN = pl.DataFrame(schema=GIVEN_SCHEMA)
TITLES = ("Rain on Small Models", "Trees of Long Texts", "Maps for Nobody")


def members(records: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["record_id"]: row for row in resolve_records(records, NONE_GIVEN).members.iter_rows(named=True)}


def paper(record_id: str, title: str | None, source_id: str | None, source: str = "s2") -> dict[str, Any]:
    return {"record_id": record_id, "title": title, "source": source, "source_id": source_id, "abstract": None if title else "It rained."}


def test_an_abstract_apart_belongs_to_the_record_of_its_source_and_id(staged: Staged) -> None:
    found = members(staged(paper("a", TITLES[0], "1"), paper("b", TITLES[1], "2"), paper("x", None, "2")))
    assert found["x"]["paper_id"] == found["b"]["paper_id"] != found["a"]["paper_id"]
    assert (found["x"]["rule"], found["x"]["score"], found["x"]["matched_record_id"]) == ("same_source_id", 1.0, "b")


def test_one_without_a_record_of_its_id_or_from_another_source_belongs_to_no_paper(staged: Staged) -> None:
    found = members(staged(paper("a", TITLES[0], "1"), paper("w", None, "3"), paper("x", None, "1", "openalex"), paper("y", None, None)))
    assert set(found) == {"a"}


RECORDS = st.lists(st.tuples(st.none() | st.sampled_from(TITLES), st.none() | st.sampled_from("123"), st.sampled_from(["s2", "hf"])), max_size=8)


@given(RECORDS)
@settings(max_examples=40)
def test_each_has_one_paper_that_a_titled_record_of_its_id_has_and_changes_no_other(staged: Staged, made: list[tuple]) -> None:
    rows = [paper(f"r{n}", title, source_id, source) for n, (title, source_id, source) in enumerate(made)]
    resolution = resolve_records(staged(*rows), NONE_GIVEN)
    assert resolution.members["record_id"].n_unique() == resolution.members.height
    found = {row["record_id"]: row for row in resolution.members.iter_rows(named=True)}
    titled = [row for row in rows if row["title"]]
    for row in rows:
        same = [one["record_id"] for one in titled if row["source_id"] and (one["source"], one["source_id"]) == (row["source"], row["source_id"])]
        if row["title"]:
            assert row["record_id"] in found
        elif same:
            assert found[row["record_id"]]["paper_id"] in {found[one]["paper_id"] for one in same}
            assert found[row["record_id"]]["matched_record_id"] == min(same)
        else:
            assert row["record_id"] not in found
    if titled:
        alone = resolve_records(staged(*titled), NONE_GIVEN)
        assert alone.members.equals(resolution.members.filter(pl.col("record_id").is_in([one["record_id"] for one in titled])))
        assert alone.new_ids.equals(resolution.new_ids)
