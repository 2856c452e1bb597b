import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import duckdb
import pytest

from expectations.structure import structural
from expectations.suites import EXPECTATION_COUNT, SUITES, suite
from expectations.totals import TOTALS
from warehouse.schema import BY_NAME, TABLES, Column, Table, Type

pytestmark = pytest.mark.store

PLANTS = Table(
    schema="silver",
    name="plants",
    grain="One row per plant and garden.",
    key=("garden", "plant"),
    columns=(
        Column("garden", Type.TEXT, "The garden.", references="silver.gardens.garden"),
        Column("plant", Type.INTEGER, "The plant.", low=1, high=9),
        Column("name", Type.TEXT, "Its name.", required=True),
        Column("colour", Type.TEXT, "Its colour.", values=("red", "it's blue")),
        Column("height", Type.REAL, "Its height.", high=2.5),
        Column("order", Type.INTEGER, "Where it stands.", low=0),
    ),
)
ROW = {"garden": "'north'", "plant": "1", "name": "'Rose'", "colour": "'red'", "height": "2.5", "order": "0"}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA silver; CREATE TABLE silver.gardens (garden VARCHAR); INSERT INTO silver.gardens VALUES ('north')")
        connection.execute(PLANTS.ddl())
        yield connection


def put(connection: duckdb.DuckDBPyConnection, **changed: str) -> None:
    connection.execute(f"INSERT INTO silver.plants VALUES ({', '.join((ROW | changed).values())})")


def rows_that_break(connection: duckdb.DuckDBPyConnection, expectation: str) -> list[tuple[object, ...]]:
    """What the expectation's own query finds, with the table in the place of {batch} as Great Expectations puts it."""
    query = next(one.query for one in structural(PLANTS) if one.name == expectation)
    assert query
    return connection.execute(query.format(batch=PLANTS.full_name)).fetchall()


def test_each_promise_of_a_declaration_has_its_expectation() -> None:
    assert [expectation.name for expectation in structural(PLANTS)] == [
        "columns_as_declared",
        "key_is_unique",
        "required_is_there",
        "in_range",
        "garden_is_there",
        "colour_in_set",
    ]


def test_table_that_promises_little_has_few_expectations() -> None:
    table = Table("silver", "names", "One row per name.", ("name",), (Column("name", Type.TEXT, "The name."), Column("note", Type.TEXT, "A note.")))
    assert [expectation.name for expectation in structural(table)] == ["columns_as_declared", "key_is_unique", "required_is_there"]


def test_good_row_breaks_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection)
    for name in ("columns_as_declared", "required_is_there", "in_range", "garden_is_there"):
        assert rows_that_break(connection, name) == [], name


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("ALTER TABLE silver.plants DROP COLUMN colour", {("missing", 4, "colour", "VARCHAR"), ("missing", 5, "height", "DOUBLE")}),
        ("ALTER TABLE silver.plants ADD COLUMN smell VARCHAR", {("undeclared", 7, "smell", "VARCHAR")}),
        ("ALTER TABLE silver.plants ALTER plant TYPE INTEGER", {("missing", 2, "plant", "BIGINT"), ("undeclared", 2, "plant", "INTEGER")}),
        ("ALTER TABLE silver.plants RENAME name TO title", {("missing", 3, "name", "VARCHAR"), ("undeclared", 3, "title", "VARCHAR")}),
        ("DROP TABLE silver.plants", {("missing", 1, "garden", "VARCHAR"), ("missing", 6, "order", "BIGINT")}),
    ],
    ids=["one fewer", "one more", "other type", "other name", "no table"],
)
def test_columns_that_are_not_as_declared_are_listed(change: str, found: set[tuple[object, ...]], connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(change)
    assert found <= set(rows_that_break(connection, "columns_as_declared"))


def test_columns_in_another_order_are_not_as_declared(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute('DROP TABLE silver.plants; CREATE TABLE silver.plants ("plant" BIGINT, "garden" VARCHAR)')
    broken = rows_that_break(connection, "columns_as_declared")
    assert {("missing", 1, "garden", "VARCHAR"), ("undeclared", 1, "plant", "BIGINT")} <= set(broken)


@pytest.mark.parametrize(("column", "breaks"), [("garden", True), ("plant", True), ("name", True), ("colour", False), ("height", False)])
def test_null_is_refused_in_key_and_required_columns_only(column: str, breaks: bool, connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, **{column: "NULL"})
    assert [row[-1] for row in rows_that_break(connection, "required_is_there")] == ([column] if breaks else [])


@pytest.mark.parametrize(
    ("column", "value", "breaks"),
    [
        ("plant", "0", True),
        ("plant", "1", False),
        ("plant", "9", False),
        ("plant", "10", True),
        ("height", "2.5", False),
        ("height", "2.5000001", True),
        ("height", "-1e300", False),
        ("height", "'nan'", True),
        ("height", "NULL", False),
        ("order", "-1", True),
        ("order", "0", False),
        ("order", "9223372036854775807", False),
    ],
)
def test_range_includes_its_ends(column: str, value: str, breaks: bool, connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, **{column: value})
    assert [row[-1] for row in rows_that_break(connection, "in_range")] == ([column] if breaks else [])


def test_broken_row_is_named_by_its_key(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection)
    put(connection, plant="2", order="-5")
    assert rows_that_break(connection, "in_range") == [("north", 2, "order")]


@pytest.mark.parametrize(("value", "breaks"), [("'north'", False), ("'south'", True), ("'North'", True), ("NULL", False)])
def test_reference_must_be_found_where_there_is_one(value: str, breaks: bool, connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, garden=value)
    assert bool(rows_that_break(connection, "garden_is_there")) is breaks


def test_reference_is_checked_although_the_other_table_has_a_null(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("INSERT INTO silver.gardens VALUES (NULL)")
    put(connection, garden="'south'")
    assert rows_that_break(connection, "garden_is_there") == [("south", 1, "south")]


# What holds of the suites as a whole.


def test_every_table_has_a_suite_and_the_count_is_that_of_its_expectations() -> None:
    assert [one.full_name for one in SUITES] == [table.full_name for table in TABLES]
    assert sum(len(one.expectations) for one in SUITES) == EXPECTATION_COUNT


def test_totals_are_of_tables_that_are_declared() -> None:
    assert set(TOTALS) <= set(BY_NAME)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_names_within_a_suite_are_different_and_each_expectation_is_one_kind(table: Table) -> None:
    expectations = suite(table).expectations
    assert len({one.name for one in expectations}) == len(expectations)
    for one in expectations:
        assert one.about, one.name
        # Great Expectations puts the table where {batch} stands, and reads every other brace as a place to fill.
        places = {field for _, field, _, _ in Formatter().parse(one.query or "") if field is not None}
        assert one.native or places == {"batch"}, one.name
        assert not (one.native and one.query), one.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_queries_give_the_key_so_that_a_failing_row_can_be_named(table: Table, good: Path) -> None:
    # Two say nothing of single rows: what the columns are, and which month all months together are of.
    of_whole_table = {"columns_as_declared"}
    of_groups = {"has_one_winner": {"paper_id", "field"}}
    with duckdb.connect(str(good), read_only=True) as connection:
        for one in suite(table).expectations:
            if one.query and one.name not in of_whole_table:
                columns = connection.sql(one.query.format(batch=table.full_name)).columns
                assert of_groups.get(one.name, set(table.key)) <= set(columns), one.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_every_column_is_guarded_as_it_is_declared(table: Table, good: Path, tmp_path: Path) -> None:
    queries = {one.name: one.query.format(batch=table.full_name) for one in structural(table) if one.query}
    breaking = []
    for column in table.columns:
        breaking += [(column.name, "required_is_there", "NULL")] if table.is_required(column) else []
        breaking += [(column.name, "in_range", str(column.low - 1))] if column.low is not None else []
        breaking += [(column.name, "in_range", str(column.high + 1))] if column.high is not None else []
        breaking += [(column.name, f"{column.name}_is_there", "'nowhere'")] if column.references else []
    shutil.copyfile(good, tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb")) as connection:
        for column_name, expectation, value in breaking:
            connection.execute(f'BEGIN; UPDATE {table.full_name} SET "{column_name}" = {value} WHERE rowid = 0')
            found = connection.execute(queries[expectation]).fetchall()
            connection.execute("ROLLBACK")
            assert len(found) == 1, (column_name, value)
            assert connection.execute(queries[expectation]).fetchall() == [], (column_name, value)
    (tmp_path / "copy.duckdb").unlink()
