"""Decisions in the journal, and their records in a real file."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.journal import Journal
from flows.standing import found_records, lost_decisions, marks_of, standing
from warehouse.schema import bronze
from warehouse.store import create, fill, opened

NOW = datetime(2026, 1, 15, 8, 0)
TABLE = bronze.RECORDS.full_name


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(tmp_path / "warehouse.duckdb") as connection:
        create(connection)
        yield connection


def put(connection: duckdb.DuckDBPyConnection, *records: tuple[str, str | None, str]) -> None:
    """The file's records: id, source's id and title."""
    connection.execute(f"DELETE FROM {TABLE}")
    rows = [
        {"record_id": record, "document_id": record.split("-")[0] + "0" * 48, "source": "hf", "position": 1, "byte_offset": 0, "byte_length": 1}
        | {"source_id": source_id, "title": title}
        for record, source_id, title in records
    ]
    fill(connection, bronze.RECORDS, bronze.RECORDS.conform(pl.DataFrame(rows, schema_overrides={"source_id": pl.String})))


A, B, C = ("a" * 16 + "-1", "1", "Copper \n Tables"), ("a" * 16 + "-2", "2", "Nine Stones"), ("b" * 16 + "-1", None, "Wet Beaches")


def test_records_that_stand_where_they_stood_are_found_there(journal: Journal, connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, A, B, C)
    journal.note_decision("different", "x", "y", [A[0]], [B[0], C[0]], NOW, marks_of(connection, TABLE, [A[0], B[0], C[0]]))
    journal.note_decision("same", "x", "z", [A[0]], ["gone-1"], NOW)
    found = found_records(connection, TABLE, journal.decisions())
    assert found == {A[0]: A[0], B[0]: B[0], C[0]: C[0]}
    assert journal.decided(found).rows() == [(A[0], B[0], "different"), (A[0], C[0], "different")]
    assert [(one.decision_id, one.lost, one.is_lost) for one in standing(journal, found)] == [(1, (), False), (2, ("gone-1",), True)]
    assert [one.decision_id for one in lost_decisions(connection, TABLE, journal)] == [2]


def test_a_decision_finds_records_that_a_later_parser_moved(journal: Journal, connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, A, B, C)
    journal.note_decision("different", "x", "y", [A[0]], [B[0], C[0]], NOW, marks_of(connection, TABLE, [A[0], B[0], C[0]]))
    moved = [(f"{record.split('-')[0]}-{int(record.split('-')[1]) + 1}", source_id, title) for record, source_id, title in (A, B, C)]
    # Where the first one stood stands another now, and the second stands where the first one would.
    put(connection, *moved)
    found = found_records(connection, TABLE, journal.decisions())
    assert found == {A[0]: moved[0][0], B[0]: moved[1][0], C[0]: moved[2][0]}
    assert journal.decided(found).rows() == [(moved[0][0], moved[1][0], "different"), (moved[0][0], moved[2][0], "different")]
    assert lost_decisions(connection, TABLE, journal) == []


def test_a_journal_without_decisions_asks_nothing(journal: Journal, connection: duckdb.DuckDBPyConnection) -> None:
    assert found_records(connection, "no_such.table", journal.decisions()) == {}
    assert journal.decided({}).is_empty()
