"""The labelled cases of cases.jsonl: each pair is one paper, or it is not, and why. Add a line where the rules are found wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.resolve import resolve_records
from warehouse.schema.silver import MATCH_RULES

CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()]
NONE_GIVEN = pl.DataFrame(schema=GIVEN_SCHEMA)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_labelled_pair_is_judged_as_its_label_says(staged: Callable[..., pl.DataFrame], case: dict[str, Any]) -> None:
    for first, second in (("a", "b"), ("b", "a")):
        # The record's id must not matter, nor which of the two comes first.
        members = resolve_records(staged(case[first], case[second]), NONE_GIVEN).members
        is_same = members["paper_id"].n_unique() == 1
        assert is_same is case["same"], f"{case['id']} ({first} before {second}): {case['why']} Decided by {members['rule'].to_list()}"
        assert members["rule"].is_in(MATCH_RULES).all()
        assert (members["rule"] == "only_record").to_list() == [not case["same"]] * 2


def test_the_cases_are_told_apart_by_id_and_say_why() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 30
    assert all(case["why"].endswith(".") and isinstance(case["same"], bool) for case in CASES)
