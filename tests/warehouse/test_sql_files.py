from importlib.resources import files

import pytest

from warehouse.made import table_sql
from warehouse.schema import TABLES, Table, gold

# The flows know these rows: what a run did, and what it set aside.
GIVEN_BY_FLOWS = {"quality", "quality_issues"}
# All of gold is made of silver; of silver, what only all papers together tell.
MADE_OF_SILVER = {"silver.works", "silver.authors"}
MADE_BY_SQL = [table for table in TABLES if (table in gold.TABLES and table.name not in GIVEN_BY_FLOWS) or table.full_name in MADE_OF_SILVER]


def test_every_table_that_sql_makes_has_a_file_and_no_file_is_an_orphan() -> None:
    folder = files("warehouse").joinpath("sql")
    found = {f"{schema.name}.{entry.name}" for schema in folder.iterdir() for entry in schema.iterdir()}
    assert found == {f"{table.full_name}.sql" for table in MADE_BY_SQL}


@pytest.mark.parametrize("table", MADE_BY_SQL, ids=lambda table: table.full_name)
def test_first_line_names_the_table_and_says_its_grain_in_the_words_of_the_declaration(table: Table) -> None:
    first = (table_sql(table) or "").splitlines()[0]
    assert first == f"-- {table.full_name}: {table.grain[0].lower()}{table.grain[1:]}"


@pytest.mark.parametrize("table", MADE_BY_SQL, ids=lambda table: table.full_name)
def test_a_file_is_one_select_and_nothing_else(table: Table) -> None:
    code = "\n".join(line.partition("--")[0] for line in (table_sql(table) or "").splitlines()).strip()
    assert code.startswith(("SELECT", "WITH"))
    assert ";" not in code
    # A file that reads a clock or a random number would make the same input give other rows.
    for word in ("now(", "current_date", "current_timestamp", "today(", "random(", "uuid("):
        assert word not in code.lower()
