from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, inspect, text, types

from expectations import duckdb_connection
from expectations.gate import Gate
from expectations.model import Expectation, Suite
from warehouse.schema import BY_NAME, TABLES, Table, Type
from warehouse.store import opened

pytestmark = pytest.mark.store

SUITE = Suite(
    "silver",
    "papers",
    ("paper_id",),
    (
        Expectation("native", "no two papers have one title", native="ExpectColumnValuesToBeUnique", arguments={"column": "title"}),
        Expectation("query", "every title is long", "SELECT paper_id FROM {batch} WHERE length(title) < 20"),
    ),
)
OURS_TO_SQLALCHEMY: dict[Type, type[types.TypeEngine[object]]] = {
    Type.TEXT: types.String,
    Type.JSON: types.JSON,
    Type.INTEGER: types.BigInteger,
    Type.REAL: types.Float,
    Type.BOOLEAN: types.Boolean,
    Type.DATE: types.Date,
    Type.TIMESTAMP: types.DateTime,
}


@contextmanager
def engine_of(file: Path) -> Iterator[Engine]:
    duckdb_connection.register()
    engine = create_engine(duckdb_connection.URL, connect_args={"database": str(file), "read_only": True})
    try:
        yield engine
    finally:
        engine.dispose()


def test_great_expectations_works_with_our_dialect(good: Path, gate: Gate) -> None:
    (failure,) = gate.check(good, [SUITE])
    assert failure.expectation == "query"
    assert failure.error is None
    with opened(good, read_only=True) as connection:
        ((key,),) = connection.execute("SELECT paper_id FROM silver.papers WHERE length(title) < 20").fetchall()
    assert failure.keys == (key,)


def test_great_expectations_still_fails_with_the_plain_dialect(good: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_connection, "URL", "duckdb:///")
    errors = {failure.expectation: failure.error for failure in gate.check(good, [SUITE])}
    # Rows that were lost before they were read: an empty list to the one, none at all to the other.
    assert [name for name, error in errors.items() if error] == ["native", "query"], (
        "duckdb-engine's own dialect now works under Great Expectations: expectations/duckdb_connection.py, this file and the bound on "
        f"duckdb-engine in pyproject.toml can go. It answered {errors}"
    )
    assert errors["native"] == "list index out of range"


def test_result_can_be_read_after_its_connection_is_closed(good: Path) -> None:
    with engine_of(good) as engine:
        with engine.connect() as connection:
            found = connection.connection.cursor()
            found.execute("SELECT count(*) FROM silver.papers")
            connection.execute(text("SELECT 1"))
            connection.rollback()
            assert found.fetchall() == [(3,)]
        with engine.connect() as connection:
            first, second = (connection.execution_options(stream_results=True).execute(text(f"SELECT {number}")) for number in (1, 2))
            assert (first.fetchall(), second.fetchall()) == ([(1,)], [(2,)])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_columns_are_those_declared_with_their_types(table: Table, good: Path) -> None:
    with engine_of(good) as engine:
        found = inspect(engine).get_columns(table.name, schema=table.schema)
    assert [column["name"] for column in found] == table.column_names
    assert [type(column["type"]) for column in found] == [OURS_TO_SQLALCHEMY[column.type] for column in table.columns]


def test_tables_of_one_name_in_two_tiers_are_not_mixed_up(good: Path) -> None:
    with engine_of(good) as engine:
        silver, gold = (inspect(engine).get_columns("papers", schema=schema) for schema in ("silver", "gold"))
    assert [column["name"] for column in silver] == BY_NAME["silver.papers"].column_names
    assert [column["name"] for column in gold] == BY_NAME["gold.papers"].column_names


def test_every_declared_type_is_known_and_another_is_no_error(tmp_path: Path) -> None:
    columns = ", ".join(f"{kind.name} {kind.sql}" for kind in Type)
    with duckdb.connect(str(tmp_path / "types.duckdb")) as connection:
        connection.execute(f"CREATE TABLE every ({columns}, other INTEGER[])")
    with engine_of(tmp_path / "types.duckdb") as engine:
        # Without a schema the table is looked for in main.
        found = {column["name"]: type(column["type"]) for column in inspect(engine).get_columns("every")}
    assert found == {kind.name: OURS_TO_SQLALCHEMY[kind] for kind in Type} | {"other": types.NullType}
