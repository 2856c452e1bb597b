from datetime import date, datetime

import duckdb
import polars as pl
import pytest

from warehouse.schema import BY_NAME, SCHEMAS, TABLES, Column, Table, Type
from warehouse.schema.staging import RECORDS

BOOKS = Table(
    schema="silver",
    name="books",
    grain="One row per book, the reader's own.",
    key=("shelf", "place"),
    columns=(
        Column("shelf", Type.TEXT, "The shelf's letter; 'A' is by the door."),
        Column("place", Type.INTEGER, "Its place there.", unit="places", low=1),
        Column("title", Type.TEXT, "Its title.", required=True),
        Column("bought_on", Type.DATE, "When it was bought."),
    ),
)


def test_ddl_has_every_column_in_order_and_no_constraint() -> None:
    assert BOOKS.ddl() == ('CREATE TABLE silver.books (\n    "shelf" VARCHAR,\n    "place" BIGINT,\n    "title" VARCHAR,\n    "bought_on" DATE\n)')


def test_column_named_like_a_keyword_can_be_created() -> None:
    table = Table("silver", "odd", "One row.", ("order",), (Column("order", Type.INTEGER, "A."), Column("select", Type.TEXT, "B.")))
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA silver")
        for statement in (table.ddl(), *table.comments()):
            connection.execute(statement)
        assert connection.sql("SELECT * FROM silver.odd").columns == ["order", "select"]


def test_comments_name_grain_and_key_and_keep_quotes() -> None:
    assert BOOKS.comments() == [
        "COMMENT ON TABLE silver.books IS 'One row per book, the reader''s own. Key: shelf, place.'",
        "COMMENT ON COLUMN silver.books.\"shelf\" IS 'The shelf''s letter; ''A'' is by the door.'",
        "COMMENT ON COLUMN silver.books.\"place\" IS 'Its place there.'",
        "COMMENT ON COLUMN silver.books.\"title\" IS 'Its title.'",
        "COMMENT ON COLUMN silver.books.\"bought_on\" IS 'When it was bought.'",
    ]


def test_polars_schema_and_empty_frame_follow_the_declaration() -> None:
    expected = pl.Schema({"shelf": pl.String, "place": pl.Int64, "title": pl.String, "bought_on": pl.Date})
    assert BOOKS.polars_schema() == expected
    assert BOOKS.empty().schema == expected
    assert BOOKS.empty().height == 0


@pytest.mark.parametrize("declared", Type, ids=lambda declared: declared.name)
def test_type_has_one_name_in_duckdb_and_one_type_in_polars(declared: Type) -> None:
    with duckdb.connect() as connection:
        answer = connection.sql(f"SELECT CAST(NULL AS {declared.sql}) AS value")
        assert str(answer.types[0]) == declared.sql
        assert answer.pl().schema["value"] == declared.polars


def test_conform_orders_columns_casts_values_and_sorts_by_key() -> None:
    given = pl.DataFrame(
        {
            "title": ["Rain", "Snow", "Hail"],
            "bought_on": [datetime(2025, 3, 1, 12), None, datetime(2024, 1, 2)],
            "place": pl.Series([2, 1, 1], dtype=pl.Int8),
            "shelf": ["A", "B", "A"],
        }
    )
    conformed = BOOKS.conform(given)
    assert conformed.schema == BOOKS.polars_schema()
    assert conformed.rows() == [("A", 1, "Hail", date(2024, 1, 2)), ("A", 2, "Rain", date(2025, 3, 1)), ("B", 1, "Snow", None)]


def test_conform_fills_a_missing_column_with_nulls_of_its_type() -> None:
    conformed = BOOKS.conform(pl.DataFrame({"shelf": ["A"], "place": [1], "title": ["Rain"]}))
    assert conformed.schema["bought_on"] == pl.Date
    assert conformed.row(0) == ("A", 1, "Rain", None)


def test_conform_refuses_an_undeclared_column_and_names_it() -> None:
    with pytest.raises(ValueError, match=r"silver\.books: undeclared columns \['colour'\]; declared are \['shelf', 'place', 'title', 'bought_on'\]"):
        BOOKS.conform(pl.DataFrame({"shelf": ["A"], "colour": ["red"]}))


def test_conform_refuses_a_value_that_does_not_fit_its_type() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        BOOKS.conform(pl.DataFrame({"shelf": ["A"], "place": ["first"]}))


def test_conform_of_a_conformed_frame_changes_nothing() -> None:
    once = BOOKS.conform(pl.DataFrame({"place": [2, None, 1], "shelf": ["A", "A", None]}))
    assert BOOKS.conform(once).equals(once)


def test_column_declared_twice_is_an_error_that_names_the_table() -> None:
    twice = Column("shelf", Type.TEXT, "The shelf.")
    with pytest.raises(ValueError, match=r"silver\.books: a column is declared twice"):
        Table("silver", "books", "One row per book.", ("shelf",), (twice, twice))


def test_key_that_is_no_column_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=r"silver\.books: key columns \['isbn'\]"):
        Table("silver", "books", "One row per book.", ("isbn",), (Column("shelf", Type.TEXT, "The shelf."),))


@pytest.mark.parametrize(("name", "required"), [("shelf", True), ("place", True), ("title", True), ("bought_on", False)])
def test_required_are_key_columns_and_those_declared_so(name: str, required: bool) -> None:
    column = next(column for column in BOOKS.columns if column.name == name)
    assert BOOKS.is_required(column) is required


# What holds of every table that is declared.


@pytest.mark.parametrize("table", [*TABLES, RECORDS], ids=lambda table: table.full_name)
def test_declaration_says_what_a_row_and_each_column_is(table: Table) -> None:
    assert table.grain.startswith("One row per ")
    assert table.grain.endswith(".")
    assert table.key
    for column in table.columns:
        # A sentence, or several: it starts large or with a name, and ends in a full stop.
        assert column.about.endswith("."), column.name
        assert column.low is None or column.high is None or column.low <= column.high, column.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_references_name_a_column_that_is_the_whole_key_of_its_table(table: Table) -> None:
    for column in table.columns:
        if column.references:
            target, _, name = column.references.rpartition(".")
            assert BY_NAME[target].key == (name,), column.name
            assert next(one for one in BY_NAME[target].columns if one.name == name).type is column.type, column.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_a_range_is_declared_of_numbers_only_and_a_closed_set_of_text(table: Table) -> None:
    for column in table.columns:
        if column.low is not None or column.high is not None:
            assert column.type in (Type.INTEGER, Type.REAL), column.name
        if column.values is not None:
            assert column.type is Type.TEXT, column.name
            assert len(set(column.values)) == len(column.values) > 0, column.name


def test_tables_have_names_of_their_own_in_the_three_tiers() -> None:
    assert len(BY_NAME) == len(TABLES)
    assert {table.schema for table in TABLES} == set(SCHEMAS)
