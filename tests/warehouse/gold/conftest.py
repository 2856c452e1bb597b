"""What the golden tests of gold share: a warehouse of a few rows that can be checked by hand."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from warehouse.made import make_gold
from warehouse.schema import BY_NAME
from warehouse.schema.gold import Policy
from warehouse.store import create, fill, opened

Row = Mapping[str, Any]


@pytest.fixture
def gold_rows(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Builds a warehouse of the given rows by table, and gives the rows of one gold table in the order of the file."""

    def rows(wanted: str, given: Mapping[str, Iterable[Row]], policy: Policy = Policy.MERGE) -> list[dict[str, Any]]:
        (tmp_path / "warehouse.duckdb").unlink(missing_ok=True)
        with opened(tmp_path / "warehouse.duckdb") as connection:
            create(connection)
            for name, of_table in given.items():
                table = BY_NAME[name]
                frame = pl.DataFrame(list(of_table), schema_overrides=table.polars_schema(), infer_schema_length=None)
                fill(connection, table, table.conform(frame))
            make_gold(connection, policy)
            return connection.sql(f"SELECT * FROM {wanted}").pl().to_dicts()

    return rows
