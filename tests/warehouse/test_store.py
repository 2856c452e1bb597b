from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.schema import BY_NAME, SCHEMAS, TABLES, Table, bronze, gold, silver
from warehouse.schema.staging import RECORDS
from warehouse.store import build, create, fill, opened, stage

pytestmark = pytest.mark.store

# The two gold tables that have no SQL: the flows give their rows.
GIVEN = {table.full_name: table.empty() for table in (gold.QUALITY, gold.QUALITY_ISSUES)}


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
    stage(file, RECORDS, RECORDS.empty())
    with opened(file, read_only=True) as connection:
        assert connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall() == [("staging", "records")]


def test_build_fills_the_given_tables_and_leaves_the_others_empty(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    organizations = silver.ORGANIZATIONS.conform(pl.DataFrame({"organization_id": ["b", "a"], "name": ["B", "A"]}))
    build(file, GIVEN | {silver.ORGANIZATIONS.full_name: organizations})
    with opened(file, read_only=True) as connection:
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in BY_NAME}
        shown = connection.execute("SELECT organization_id, name, paper_count FROM gold.organizations").fetchall()
    assert {name: count for name, count in counts.items() if count} == {"silver.organizations": 2, "gold.organizations": 2}
    assert shown == [("a", "A", 0), ("b", "B", 0)]


def test_build_keeps_a_gold_table_that_is_given_as_a_frame(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    row = {
        "record_id": "r1",
        "column_name": "doi",
        "source": "hf",
        "expectation": "doi_has_its_form",
        "value": "11",
        "reason": "a DOI starts with 10.",
    }
    build(file, GIVEN | {gold.QUALITY_ISSUES.full_name: gold.QUALITY_ISSUES.conform(pl.DataFrame([row]))})
    with opened(file, read_only=True) as connection:
        assert connection.sql("SELECT * FROM gold.quality_issues").pl().to_dicts() == [row]


def test_build_leaves_one_file_and_no_log_beside_it(tmp_path: Path) -> None:
    build(tmp_path / "warehouse.duckdb", GIVEN)
    assert [entry.name for entry in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_build_of_the_same_frames_gives_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    names = [f"organisation {number}" for number in range(3_000)]
    frame = silver.ORGANIZATIONS.conform(pl.DataFrame({"organization_id": names[::-1], "name": names}))
    frames = GIVEN | {silver.ORGANIZATIONS.full_name: frame}
    found = []
    for name in ("one.duckdb", "two.duckdb"):
        build(tmp_path / name, frames)
        with opened(tmp_path / name, read_only=True) as connection:
            found.append(connection.execute("SELECT organization_id FROM gold.organizations").fetchall())
    assert found[0] == found[1] == [(name,) for name in sorted(names)]


def test_build_of_an_undeclared_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"silver\.nowhere"):
        build(tmp_path / "warehouse.duckdb", {"silver.nowhere": bronze.RECORDS.empty()})
