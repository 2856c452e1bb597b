"""Deduplication of the labelled sets reaches what it must."""

from pathlib import Path

import pytest

from tests.benchmarks.er import TARGETS, read_set, resolved, scores_of, shortfalls


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.parametrize("asked", [name for name in TARGETS if name != "scale"])
def test_a_labelled_set_is_deduplicated_as_well_as_it_must(corpus: Path, tmp_path: Path, asked: str) -> None:
    tools = corpus.parent / "tools"
    if not tools.is_dir():
        pytest.skip(f"no scorers in {tools}")
    rows = resolved(read_set(asked, corpus), is_distinct=asked.endswith("*"))
    found = scores_of(asked, rows, corpus, tools, None, tmp_path / "clusters.csv")
    assert not shortfalls(asked, found), f"{asked}: {found}"


def test_a_score_below_its_target_is_named() -> None:
    assert shortfalls("cora", {"precision": 0.94, "recall": 1.0, "f1": 0.97}) == ["precision 0.9400 is below 0.95"]
    assert shortfalls("cora", {"precision": 0.95, "recall": 1.0, "f1": 0.97}) == []
