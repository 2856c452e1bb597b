import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.explained import explained_pairs
from transforms.dedupe.facts import facts
from transforms.dedupe.match import judged_pairs, numbered
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.resolve import in_memory
from transforms.dedupe.weights import PRIOR, WEIGHTS

Staged = Callable[..., pl.DataFrame]
CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()]
PAPER = {"title": "Copper Tables Read by Careful Engines", "authors": '[{"family":"Rossi","given":"A."}]', "year": 2001, "venue": "Journal of Tables"}


def all_pairs(records: pl.DataFrame) -> pl.DataFrame:
    pairs = list(combinations(sorted(records["record_id"]), 2))
    return pl.DataFrame(pairs, schema={"record_a": pl.String, "record_b": pl.String}, orient="row")


def judged(records: pl.DataFrame, pairs: pl.DataFrame) -> list[dict[str, Any]]:
    known = facts(records).filter(pl.col("title_key").is_not_null())
    found = judged_pairs(known, numbered(pairs, known), in_memory(records), Parameters())
    return list(found.iter_rows(named=True))


def test_what_is_told_of_a_pair_is_what_it_was_judged_by(staged: Staged) -> None:
    rows = [case[side] | {"record_id": f"{case['id']}-{side}"} for case in CASES for side in "ab"]
    records = staged(*rows)
    pairs = pl.DataFrame({"record_a": [f"{case['id']}-a" for case in CASES], "record_b": [f"{case['id']}-b" for case in CASES]})
    told, found = explained_pairs(records, pairs), judged(records, pairs)
    assert len(told) == len(found) >= len(CASES) // 2
    for one, row in zip(told, sorted(found, key=lambda row: (row["record_a"], row["record_b"])), strict=True):
        for name in ("record_a", "record_b", "decision", "rule", "score", "weight", "work_rule", "work_score"):
            assert getattr(one, name) == row[name]
        total = one.prior + sum(said.weight for said in one.evidence)
        assert one.total == pytest.approx(total)
        # What is below only for want of evidence counts for nothing.
        assert row["weight"] == pytest.approx(total) or (row["weight"] == 0 and total < 0)
        assert one.prior == PRIOR
        assert all(said.weight == WEIGHTS[said.field].get(said.word, 0.0) and said.word != "unknown" for said in one.evidence)


def test_each_pair_is_told_once_whichever_comes_first(staged: Staged) -> None:
    records = staged(PAPER, PAPER, PAPER | {"year": 2002})
    pairs = all_pairs(records)
    turned = pairs.select(record_a="record_b", record_b="record_a")
    assert [(one.record_a, one.record_b) for one in explained_pairs(records, pl.concat([turned, pairs]))] == list(pairs.iter_rows())


def test_pairs_that_cannot_be_compared_are_left_out(staged: Staged) -> None:
    records = staged(PAPER, {"title": None, "abstract": "Apart."}, {"title": "Nine Stones on a Wet Beach"})
    assert explained_pairs(records, all_pairs(records)) == []
    itself = pl.DataFrame({"record_a": ["r0"], "record_b": ["r0"]})
    assert explained_pairs(records, itself) == []


def test_the_abstracts_word_is_told(staged: Staged) -> None:
    text = "one two three four five six seven eight nine ten eleven"
    bare = {"title": PAPER["title"], "abstract": text}
    (one,) = explained_pairs(staged(bare, bare), all_pairs(staged(bare, bare)))
    assert (one.abstract, one.evidence[-1].field) == ("same", "abstract")
    (one,) = explained_pairs(staged(PAPER, PAPER), all_pairs(staged(PAPER, PAPER)))
    assert one.abstract == "unknown"
