from importlib.resources import files

import pytest

from warehouse.schema import Table, gold
from warehouse.store import gold_sql

# The flows know these rows: what a run did, and what it set aside.
GIVEN_BY_FLOWS = {"quality", "quality_issues"}
MADE_BY_SQL = [table for table in gold.TABLES if table.name not in GIVEN_BY_FLOWS]


def test_every_gold_table_has_a_file_or_comes_from_the_flows_and_no_file_is_an_orphan() -> None:
    found = {entry.name for entry in files("warehouse").joinpath("sql", "gold").iterdir()}
    assert found == {f"{table.name}.sql" for table in MADE_BY_SQL}
    assert {table.name for table in gold.TABLES} >= GIVEN_BY_FLOWS


def test_the_gold_folder_is_the_only_one_with_sql() -> None:
    assert [entry.name for entry in files("warehouse").joinpath("sql").iterdir()] == ["gold"]


@pytest.mark.parametrize("table", MADE_BY_SQL, ids=lambda table: table.name)
def test_first_line_names_the_table_and_says_its_grain_in_the_words_of_the_declaration(table: Table) -> None:
    first = (gold_sql(table) or "").splitlines()[0]
    assert first == f"-- {table.full_name}: {table.grain[0].lower()}{table.grain[1:]}"


@pytest.mark.parametrize("table", MADE_BY_SQL, ids=lambda table: table.name)
def test_a_file_is_one_select_and_nothing_else(table: Table) -> None:
    code = "\n".join(line.partition("--")[0] for line in (gold_sql(table) or "").splitlines()).strip()
    assert code.startswith(("SELECT", "WITH"))
    assert ";" not in code
    # A file that reads a clock or a random number would make the same input give other rows.
    for word in ("now(", "current_date", "current_timestamp", "today(", "random(", "uuid("):
        assert word not in code.lower()
