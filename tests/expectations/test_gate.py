import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations.gate import Gate
from expectations.model import Expectation, Failure, Suite
from expectations.suites import SUITES
from warehouse.published import publish
from warehouse.store import opened

pytestmark = pytest.mark.store

SUITE_OF = {suite.full_name: suite for suite in SUITES}
UNIQUE = Expectation("title_is_unique", "no two have one title", native="ExpectColumnValuesToBeUnique", arguments={"column": "title"})
IN_SET = Expectation("is_a_day", "a day", native="ExpectColumnValuesToBeInSet", arguments={"column": "title", "value_set": ["Monday", "Tuesday"]})
SHORT = Expectation("is_long", "longer than six", "SELECT name, length(title) AS n FROM {batch} WHERE length(title) < 7")


@pytest.fixture
def days(tmp_path: Path) -> Path:
    """One table: the days of a week, Monday twice, and one in another language."""
    file = tmp_path / "days.duckdb"
    with opened(file) as connection:
        connection.execute("CREATE SCHEMA silver; CREATE TABLE silver.days (name VARCHAR, part INTEGER, title VARCHAR)")
        connection.execute("INSERT INTO silver.days VALUES ('d1', 1, 'Monday'), ('d2', 1, 'Tuesday'), ('d3', 1, 'Monday'), ('d4', 2, 'Dienstag')")
    return file


def suite_of(*expectations: Expectation, key: tuple[str, ...] = ("name",)) -> Suite:
    return Suite("silver", "days", key, expectations)


def test_native_expectation_names_the_keys_of_all_rows_that_break_it(days: Path, gate: Gate) -> None:
    assert gate.check(days, [suite_of(UNIQUE)]) == [Failure("silver.days", "title_is_unique", "no two have one title", 2, ("d1", "d3"))]
    assert gate.check(days, [suite_of(IN_SET)]) == [Failure("silver.days", "is_a_day", "a day", 1, ("d4",))]


def test_query_expectation_names_the_keys_of_the_rows_it_finds(days: Path, gate: Gate) -> None:
    (failure,) = gate.check(days, [suite_of(SHORT)])
    assert (failure.count, sorted(failure.keys), failure.error) == (2, ["d1", "d3"], None)


def test_key_of_several_columns_is_named_whole(days: Path, gate: Gate) -> None:
    found = gate.check(days, [suite_of(UNIQUE, key=("part", "name"))])
    assert found[0].keys == ("1 d1", "1 d3")
    # A query that gives a part of the key is named by that; one that gives nothing of it, by what it gives.
    part = Expectation("part", "one part", "SELECT part, count(*) AS n FROM {batch} GROUP BY part HAVING count(*) > 1")
    total = Expectation("total", "few rows", "SELECT count(*) AS n, 'rows' AS what FROM {batch}")
    keys = {failure.expectation: failure.keys for failure in gate.check(days, [suite_of(part, total, key=("part", "name"))])}
    assert keys == {"part": ("1",), "total": ("4 rows",)}


def test_only_what_fails_is_a_failure(days: Path, gate: Gate) -> None:
    fine = Expectation("has_a_name", "there is a name", "SELECT name FROM {batch} WHERE name IS NULL")
    assert [failure.expectation for failure in gate.check(days, [suite_of(fine, UNIQUE)])] == ["title_is_unique"]
    assert gate.check(days, [suite_of(fine)]) == []


@pytest.mark.parametrize("expectation", [UNIQUE, IN_SET, SHORT], ids=lambda one: one.name)
def test_every_failing_row_is_counted_and_the_first_keys_are_named(expectation: Expectation, days: Path, gate: Gate) -> None:
    with opened(days) as connection:
        connection.execute("INSERT INTO silver.days SELECT format('e{:05d}', number), 1, 'Sunday' FROM range(30_000) AS t (number)")
    (failure,) = gate.check(days, [suite_of(expectation)])
    assert failure.count == {"title_is_unique": 30_002, "is_a_day": 30_001, "is_long": 30_002}[expectation.name]
    assert len(failure.keys) == 5
    assert f"fails for {failure.count:,} rows: " in str(failure)
    assert str(failure).endswith(", ...")


@pytest.mark.parametrize(
    ("expectation", "why"),
    [
        (Expectation("broken", "no such column", "SELECT nowhere FROM {batch}"), "nowhere"),
        (Expectation("broken", "no such column", native="ExpectColumnValuesToBeUnique", arguments={"column": "nowhere"}), "nowhere"),
        (Expectation("broken", "no such table", "SELECT name FROM {batch} ANTI JOIN silver.weeks USING (name)"), "weeks"),
        (Expectation("broken", "no number", "SELECT name FROM {batch} WHERE CAST(title AS INTEGER) > 1"), "Monday"),
        (Expectation("broken", "no SQL", "SELECT name FROM {batch} WHERE AND"), "syntax error"),
    ],
    ids=["column in query", "native column", "table in query", "cast", "syntax"],
)
def test_expectation_that_cannot_be_checked_is_a_failure_that_says_why(expectation: Expectation, why: str, days: Path, gate: Gate) -> None:
    broken, other = gate.check(days, [suite_of(expectation, UNIQUE)])
    assert broken.expectation == "broken"
    assert broken.error
    assert why in broken.error
    assert "\n" not in broken.error
    assert str(broken) == f"silver.days: broken could not be checked: {broken.error}"
    # The others are checked all the same.
    assert (other.expectation, other.count, other.error) == ("title_is_unique", 2, None)


@pytest.mark.parametrize("schema", ["silver", "gold"], ids=["schema is there", "schema is not"])
def test_missing_table_is_a_failure_and_the_other_tables_are_checked(schema: str, days: Path, gate: Gate) -> None:
    missing = Suite(schema, "weeks", ("name",), (SHORT,))
    failures = gate.check(days, [missing, suite_of(UNIQUE)])
    assert [failure.table for failure in failures] == [f"{schema}.weeks", "silver.days"]
    assert failures[0].error
    assert "weeks" in str(failures[0])


# A home may be called anything: none of these characters may be read as a part of an address or as a variable.
@pytest.mark.parametrize("name", ["a b", "ünï", "100%", "a%20b", "what?x=1", "#1", "a$b", "$HOME", "${HOME}", "it's", "a;b", "a+b", "a@b:c"])
def test_file_is_found_whatever_its_folder_is_called(name: str, days: Path, gate: Gate) -> None:
    (days.parent / name).mkdir()
    file = days.rename(days.parent / name / "days.duckdb")
    assert [failure.count for failure in gate.check(file, [suite_of(UNIQUE)])] == [2]


def test_same_name_in_another_folder_is_another_file(days: Path, gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Path(shutil.copy(days, tmp_path / "other" / days.name))
    with opened(other) as connection:
        connection.execute("DELETE FROM silver.days WHERE name = 'd3'")
    assert [len(gate.check(file, [suite_of(UNIQUE)])) for file in (days, other, days)] == [1, 0, 1]


WRITE = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute('DELETE FROM silver.days')"


@pytest.mark.parametrize("suite", [suite_of(UNIQUE, SHORT), suite_of(Expectation("x", "x", "SELEC {batch}"))], ids=["checked", "not checked"])
def test_no_handle_stays_on_the_file(suite: Suite, days: Path, gate: Gate) -> None:
    gate.check(days, [suite])
    # DuckDB refuses both while any handle of this process is left: another mode here, a writer elsewhere.
    with duckdb.connect(str(days)) as connection:
        connection.execute("INSERT INTO silver.days VALUES ('d5', 1, 'Sunday')")
    subprocess.run([sys.executable, "-c", WRITE, str(days)], check=True)
    publish(days, days.with_name("published.duckdb"))
    assert gate.check(days.with_name("published.duckdb"), [suite_of(UNIQUE)]) == []


def test_check_changes_nothing_and_leaves_nothing(days: Path, gate: Gate) -> None:
    before = days.read_bytes()
    gate.check(days, [suite_of(UNIQUE, SHORT)])
    assert days.read_bytes() == before
    assert [entry.name for entry in days.parent.iterdir()] == ["days.duckdb"]


def test_each_suite_is_reported_when_it_is_done(days: Path, gate: Gate) -> None:
    with opened(days) as connection:
        connection.execute("CREATE TABLE silver.nights AS FROM silver.days")
    done: list[str] = []
    gate.check(days, [suite_of(UNIQUE), Suite("silver", "nights", ("name",), (SHORT,))], lambda: done.append("suite"))
    assert done == ["suite", "suite"]


def test_docs_are_a_static_site_with_what_failed_and_what_did_not(good: Path, tmp_path: Path) -> None:
    gate = Gate()
    with opened(Path(shutil.copy(good, tmp_path / "copy.duckdb"))) as connection:
        connection.execute("UPDATE bronze.rejects SET reason = '<script>no' WHERE code = 'cut_off'")
    gate.check(tmp_path / "copy.duckdb", [SUITE_OF["bronze.rejects"], SUITE_OF["silver.works"]])
    folder = tmp_path / "data-docs"
    folder.mkdir()
    (folder / "old.html").write_text("of the last run")
    gate.write_docs(folder)
    assert (folder / "index.html").is_file()
    assert not (folder / "old.html").exists()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["copy.duckdb", "data-docs"]
    pages = {page: page.read_text(encoding="utf-8") for page in folder.rglob("*.html")}
    results = [text for page, text in pages.items() if "validations" in page.parts]
    assert len(results) == 2
    assert sum("a reject has a reason that a person can read" in text for text in results) == 1
    # Whatever a value holds, the browser runs nothing of it.
    assert all("default-src 'none'" in text.partition("<script")[0] for text in pages.values())
    # A second time the site is replaced, not added to.
    gate.write_docs(folder)
    assert set(folder.rglob("*.html")) == set(pages)
