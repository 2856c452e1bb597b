from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.made import make_gold
from warehouse.schema import BY_NAME, SCHEMAS, TABLES, Table, silver
from warehouse.schema.staging import RECORDS
from warehouse.store import Filling, batches, create, fill, opened, stage

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file in which only `create` has been, opened anew."""
    file = tmp_path_factory.mktemp("store") / "created.duckdb"
    with opened(file) as connection:
        create(connection)
    with opened(file, read_only=True) as connection:
        yield connection


def test_create_makes_the_declared_tables_and_no_other(created: duckdb.DuckDBPyConnection) -> None:
    found = created.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    assert sorted(name for (name,) in found) == sorted(BY_NAME)
    schemas = created.execute("SELECT schema_name FROM duckdb_schemas() WHERE NOT internal").fetchall()
    assert {name for (name,) in schemas} - {"main"} == set(SCHEMAS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_create_gives_each_column_its_place_and_type(table: Table, created: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? ORDER BY column_index"
    found = created.execute(query, [table.schema, table.name]).fetchall()
    assert found == [(column.name, column.type.sql) for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_comments_in_the_file_are_the_declared_sentences(table: Table, created: duckdb.DuckDBPyConnection) -> None:
    where = "WHERE schema_name = ? AND table_name = ?"
    of_table = created.execute(f"SELECT comment FROM duckdb_tables() {where}", [table.schema, table.name]).fetchall()
    assert of_table == [(f"{table.grain} Key: {', '.join(table.key)}.",)]
    of_columns = created.execute(f"SELECT comment FROM duckdb_columns() {where} ORDER BY column_index", [table.schema, table.name]).fetchall()
    assert of_columns == [(column.about,) for column in table.columns]


def test_fill_puts_values_under_their_names_whatever_the_order_of_columns() -> None:
    frame = pl.DataFrame({"name": ["Nine"], "organization_id": ["nine"]})
    with duckdb.connect() as connection:
        create(connection)
        fill(connection, silver.ORGANIZATIONS, frame)
        fill(connection, silver.ORGANIZATIONS, silver.ORGANIZATIONS.empty())
        assert connection.execute("SELECT organization_id, name FROM silver.organizations").fetchall() == [("nine", "Nine")]


def test_stage_makes_a_file_with_the_one_table_in_place_of_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "staged.duckdb"
    file.write_bytes(b"left by a run that was killed")
    stage(file, RECORDS, [])
    with opened(file, read_only=True) as connection:
        assert connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall() == [("staging", "records")]


def organizations(*names: str) -> pl.DataFrame:
    return silver.ORGANIZATIONS.conform(pl.DataFrame({"organization_id": names, "name": [name.upper() for name in names]}))


def test_filling_writes_all_rows_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    names = [f"organisation {number:05}" for number in range(45_000)]
    file = tmp_path / "warehouse.duckdb"
    with opened(file) as connection:
        create(connection)
        with Filling(connection) as filling:
            for start in range(0, len(names), 7_000):
                filling.add(silver.ORGANIZATIONS, organizations(*names[start : start + 7_000]))
                filling.add(silver.WORKS, silver.WORKS.empty())
    with opened(file, read_only=True) as connection:
        assert connection.execute("SELECT organization_id FROM silver.organizations").fetchall() == [(name,) for name in names]
        assert connection.execute("SELECT count(*) FROM silver.works").fetchall() == [(0,)]


def test_filling_that_fails_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"

    def half_done() -> None:
        with opened(file) as connection:
            create(connection)
            with Filling(connection) as filling:
                filling.add(silver.ORGANIZATIONS, organizations(*(f"{number}" for number in range(30_000))))
                raise ValueError("the parser stopped here")

    with pytest.raises(ValueError, match="stopped here"):
        half_done()
    with opened(file, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM silver.organizations").fetchall() == [(0,)]


def test_batches_give_every_row_once_in_order(tmp_path: Path) -> None:
    with opened(tmp_path / "any.duckdb") as connection:
        frames = list(batches(connection, "SELECT range AS n FROM range(25)", rows=10))
    assert [frame["n"].to_list() for frame in frames] == [list(range(10)), list(range(10, 20)), list(range(20, 25))]


def made(path: Path, *names: str) -> None:
    with opened(path) as connection:
        create(connection)
        fill(connection, silver.ORGANIZATIONS, organizations(*names))
        make_gold(connection)


def test_gold_is_made_of_what_is_there_and_else_stays_empty(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    made(file, "b", "a")
    with opened(file, read_only=True) as connection:
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in BY_NAME}
        shown = connection.execute("SELECT organization_id, name, paper_count FROM gold.organizations").fetchall()
    assert {name: count for name, count in counts.items() if count} == {"silver.organizations": 2, "gold.organizations": 2}
    assert shown == [("a", "A", 0), ("b", "B", 0)]


def test_a_made_file_has_no_log_beside_it(tmp_path: Path) -> None:
    made(tmp_path / "warehouse.duckdb", "a")
    assert [entry.name for entry in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_gold_has_the_same_rows_in_the_same_order_each_time(tmp_path: Path) -> None:
    names = [f"organisation {number}" for number in range(3_000)]
    found = []
    for name in ("one.duckdb", "two.duckdb"):
        made(tmp_path / name, *names[::-1])
        with opened(tmp_path / name, read_only=True) as connection:
            found.append(connection.execute("SELECT organization_id FROM gold.organizations").fetchall())
    assert found[0] == found[1] == [(name,) for name in sorted(names)]
