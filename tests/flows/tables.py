"""Silver tables of homes, to compare."""

import json
from pathlib import Path

import polars as pl

from warehouse.published import read_table
from warehouse.schema import silver


def silver_of(home: Path, *without: str) -> dict[str, pl.DataFrame]:
    """Every silver table, without columns of these names, sorted by what is left."""
    frames = {}
    for table in silver.TABLES:
        frame = read_table(home / "warehouse.duckdb", table)
        assert frame is not None
        frame = frame.drop(without, strict=False)
        frames[table.full_name] = frame.sort(frame.columns)
    return frames


def assert_equal(found: dict[str, pl.DataFrame], expected: dict[str, pl.DataFrame]) -> None:
    for name, frame in expected.items():
        rows, others = ([json.dumps(row, default=str) for row in one.to_dicts()] for one in (found[name], frame))
        assert rows == others, f"{name}: {sorted(set(rows) ^ set(others))}"
