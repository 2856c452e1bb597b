import json
import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.published import read_table
from warehouse.schema import Column, Table, Type
from warehouse.store import stage

pytestmark = pytest.mark.store

HOSTILE = (
    "'; DROP TABLE silver.papers; --",
    "\"quoted\" and 'quoted'",
    "$1 {batch} %s \\x00",
    "👩‍🔬 e\u0301 \u202e",
    "",
    " ",
    "NULL",
    "a\0b",
    "\n\r\n\t",
)
VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: st.text() | st.sampled_from(HOSTILE),
    Type.JSON: st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(), lambda inner: st.lists(inner, max_size=3)).map(
        lambda value: json.dumps({"value": value}, ensure_ascii=False)
    ),
    Type.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Type.REAL: st.floats(),
    Type.BOOLEAN: st.booleans(),
    Type.DATE: st.dates(),
    Type.TIMESTAMP: st.datetimes(),
}


def table_of(kind: Type) -> Table:
    columns = (Column("number", Type.INTEGER, "The row."), Column("value", kind, "It's the value."))
    return Table("silver", "values", "One row per value.", ("number",), columns)


def through_a_file(folder: Path, kind: Type, values: list[Any]) -> list[Any]:
    """The values after they were written to a DuckDB file by the store and read back from it."""
    table, file = table_of(kind), folder / "values.duckdb"
    frame = table.conform(pl.DataFrame({"number": range(len(values)), "value": pl.Series(values, dtype=kind.polars)}))
    stage(file, table, [frame])
    back = read_table(file, table)
    assert back is not None
    assert back.schema == table.polars_schema()
    return back["value"].to_list()


def is_same(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return a == b


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round-trip")


def test_every_type_has_values_to_try() -> None:
    assert set(VALUES) == set(Type)


@pytest.mark.parametrize("kind", Type, ids=lambda kind: kind.name)
@settings(max_examples=20)
@given(data=st.data())
def test_values_of_every_type_come_back_unchanged(kind: Type, data: st.DataObject, folder: Path) -> None:
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=20))
    back = through_a_file(folder, kind, values)
    assert len(back) == len(values)
    assert [pair for pair in zip(values, back, strict=True) if not is_same(*pair)] == []


@settings(max_examples=20)
@given(text=st.text(min_size=1))
@example(text="a\0b")
@example(text="'; DROP TABLE silver.papers; --")
def test_text_is_no_sql_and_is_measured_in_characters(text: str, folder: Path) -> None:
    assert through_a_file(folder, Type.TEXT, [text, text]) == [text, text]
    with duckdb.connect(str(folder / "values.duckdb"), read_only=True) as connection:
        # DuckDB counts what Python counts: expectations on lengths, and offsets into abstracts, rely on it.
        assert connection.execute("SELECT DISTINCT length(value) FROM silver.values").fetchall() == [(len(text),)]


EXTREMES: dict[Type, list[Any]] = {
    Type.TEXT: ["x" * 3_000_000, "\U0010ffff" * 100_000, *HOSTILE, None],
    Type.JSON: ['{"a": 1,  "b": [1.50, 1e400], "a": 2}', "null", '"\\u0000"', None],
    Type.INTEGER: [2**63 - 1, -(2**63), 0, None],
    Type.REAL: [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, None],
    Type.BOOLEAN: [True, False, None],
    Type.DATE: [date.min, date.max, date(2024, 2, 29), None],
    Type.TIMESTAMP: [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999), datetime(1969, 12, 31, 23, 59, 59, 999_999), None],
}


@pytest.mark.parametrize("kind", Type, ids=lambda kind: kind.name)
def test_the_ends_of_each_type_come_back_unchanged(kind: Type, tmp_path: Path) -> None:
    values = EXTREMES[kind]
    back = through_a_file(tmp_path, kind, values)
    assert [pair for pair in zip(values, back, strict=True) if not is_same(*pair)] == []


@pytest.mark.parametrize("text", ['{"a":', "", "{'a': 1}"], ids=["cut", "empty", "single quotes"])
def test_text_that_is_no_json_is_refused_and_not_altered(text: str, tmp_path: Path) -> None:
    with pytest.raises(duckdb.ConversionException, match="Malformed JSON"):
        through_a_file(tmp_path, Type.JSON, [text])
