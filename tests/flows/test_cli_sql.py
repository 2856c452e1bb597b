import csv
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import duckdb
import polars as pl
import pytest

pytestmark = [pytest.mark.store, pytest.mark.slow]


@pytest.fixture
def home(home_to_read: Path) -> Path:
    return home_to_read


def test_sql_prints_a_table_for_eyes(paperhouse, home: Path) -> None:
    done = paperhouse("sql", "--home", home, "select year, count(*) as papers, null as nothing from gold.papers group by all")
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["year", "papers", "nothing"],
        ["─" * len(done.stdout.splitlines()[1].strip())],
        ["2024", "3"],
    ]


def test_sql_answers_in_csv_json_and_parquet(paperhouse, home: Path, tmp_path: Path, one_json) -> None:
    query = "select title, published_on, record_count from gold.papers where title not like 'Trees%' order by title"
    expected = [("Alder Leaves in the Rain", "2024-12-15", 1), ("Birch Leaves in the Rain", "2024-12-15", 1)]
    rows = list(csv.reader(StringIO(paperhouse("sql", "--home", home, query, "--format", "csv").stdout)))
    assert rows == [["title", "published_on", "record_count"], *[[str(value) for value in row] for row in expected]]
    objects = one_json(paperhouse("sql", "--home", home, query, "--json").stdout)
    assert [tuple(row.values()) for row in objects] == expected
    assert paperhouse("sql", "--home", home, query, "--format", "parquet", "--output", "answer.parquet").stdout == ""
    assert pl.read_parquet(tmp_path / "answer.parquet").with_columns(pl.col("published_on").cast(pl.String)).rows() == expected
    paperhouse("sql", "--home", home, query, "--json", "--output", "answer.json")
    assert one_json((tmp_path / "answer.json").read_text()) == objects


def test_json_stays_json_for_odd_numbers(paperhouse, home: Path, one_json) -> None:
    (row,) = one_json(paperhouse("sql", "--home", home, "select 'nan'::double as odd, 1 as n", "--json").stdout)
    assert (row["odd"], row["n"]) == (None, 1)


def test_columns_of_one_name_are_all_in_the_answer(paperhouse, home: Path, one_json) -> None:
    query = "select 1 as n, 2 as n"
    (row,) = one_json(paperhouse("sql", "--home", home, query, "--json").stdout)
    assert list(row.values()) == [1, 2]
    assert paperhouse("sql", "--home", home, query).stdout.splitlines()[2].split() == ["1", "2"]


@pytest.mark.parametrize(
    "query",
    ["selec 1", "select nothing from gold.papers", "select * from gold.nothing", "select 1/", "", "select error('no')", "select cast('x' as int)"],
)
def test_a_wrong_query_is_the_users_to_mend(paperhouse, home: Path, query: str) -> None:
    done = paperhouse("sql", "--home", home, query, check=2)
    assert done.stderr.startswith("paperhouse: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "query",
    ["delete from silver.papers", "create table mine as select 1", "drop table gold.papers", "update silver.papers set title = 'x'"],
)
def test_a_write_is_refused(paperhouse, home: Path, query: str) -> None:
    before = (home / "warehouse.duckdb").read_bytes()
    done = paperhouse("sql", "--home", home, query, check=2)
    assert "Traceback" not in done.stderr
    assert (home / "warehouse.duckdb").read_bytes() == before


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "table"])
def test_an_output_that_cannot_be_written_is_the_users_to_mend(paperhouse, home: Path, form: str) -> None:
    done = paperhouse("sql", "--home", home, "select 1 as n", "--format", form, "--output", "no/such/folder/answer", check=2)
    assert "no/such/folder/answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_parquet_needs_a_file(paperhouse, home: Path) -> None:
    assert "name a file with --output" in paperhouse("sql", "--home", home, "select 1", "--format", "parquet", check=2).stderr


def test_control_signs_of_a_title_or_a_name_do_not_reach_the_screen(paperhouse, home: Path) -> None:
    for command in (("sql", "select title from gold.papers"), ("sql", "select path from bronze.documents"), ("rejects",), ("status",)):
        done = paperhouse(*command, "--home", home)
        signs = {char for char in done.stdout + done.stderr if not char.isprintable() and char != "\n"}
        assert signs == set(), command
    assert "Trees" in paperhouse("sql", "--home", home, "select title from gold.papers").stdout


def test_a_reader_that_has_seen_enough_is_no_failure(home: Path) -> None:
    for query in ("select 1", "select repeat('x', 1000) from range(100000)"):
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "flows.cli", "sql", "--home", str(home), query, "--format", "csv"]
        try:
            done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        finally:
            os.close(write)
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{file}'",
        "copy gold.papers to '{file}'",
        "select * from read_csv('/etc/passwd')",
        "attach '{file}' as other",
        "install httpfs",
    ],
)
def test_a_question_touches_no_file_beside_the_warehouse(paperhouse, home: Path, tmp_path: Path, query: str) -> None:
    file = tmp_path / "beside.csv"
    before = (home / "warehouse.duckdb").read_bytes()
    done = paperhouse("sql", "--home", home, query.format(file=file), check=2)
    assert "Traceback" not in done.stderr
    assert not file.exists()
    assert (home / "warehouse.duckdb").read_bytes() == before


def test_a_query_may_use_the_machines_memory(paperhouse, home: Path) -> None:
    query = "select current_setting('memory_limit') as bound"
    done = paperhouse("sql", "--home", home, "--format", "csv", query)
    with duckdb.connect() as connection:
        assert done.stdout.splitlines() == ["bound", *(bound for (bound,) in connection.execute(query).fetchall())]
