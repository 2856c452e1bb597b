"""Tables of papers as JSON and as Parquet are loaded like any other file."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

pytestmark = [pytest.mark.store, pytest.mark.slow]

PAPERS = [
    {"record_id": "a", "title": "A Study of Lamps in Small Houses", "authors": "Ann Lamp and Bo Hill", "year": 1994, "doi": "10.1000/lamp.1"},
    {"record_id": "b", "title": "What Hills Remember of the Rain", "authors": "Cy Roe", "year": 2001, "doi": "10.1000/hill.2"},
]


def test_they_are_published_and_their_papers_are_one(tmp_path: Path, run_load: Callable, ask: Callable) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS))
    pl.DataFrame(PAPERS).write_parquet(tmp_path / "b.parquet")
    summary = run_load(tmp_path / "home", tmp_path / "a.jsonl", tmp_path / "b.parquet")
    assert (summary.state, summary.records, summary.papers) == ("published", 4, 2)
    formats = ask(tmp_path / "home", "SELECT format, source, kept_count FROM bronze.documents ORDER BY format")
    assert formats == [("json_table", "json", 2), ("parquet", "parquet", 2)]
    assert ask(tmp_path / "home", "SELECT count(*) FROM bronze.drift WHERE NOT is_known AND source = 'parquet'") == [(0,)]
