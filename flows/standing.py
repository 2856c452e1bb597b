"""Decisions that stand, and where the records that they are of stand now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from flows.journal import Journal
from transforms.dedupe.moved import MARK_SCHEMA, found_again, marks

# What a decision of the journal is called on the command line.
COMMANDS = {"same": "pin", "different": "split"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that stands: `records_a` and `records_b` are its records by their ids of now, `lost` those of the journal that nobody finds."""

    decision_id: int
    decision: str
    a: str
    b: str
    at: str
    records_a: tuple[str, ...]
    records_b: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def command(self) -> str:
        return COMMANDS[self.decision]

    @property
    def is_lost(self) -> bool:
        """Whether nothing is left of one side, so that it decides nothing."""
        return not (self.records_a and self.records_b)


def standing(journal: Journal, found: Mapping[str, str]) -> list[Decision]:
    """The decisions of the journal, in order of time, by the ids that their records have now (found_records)."""
    return [_decision(entry, found) for entry in journal.decisions()]


def _decision(entry: Mapping[str, Any], found: Mapping[str, str]) -> Decision:
    a, b = (tuple(found[record] for record in entry[side] if record in found) for side in ("records_a", "records_b"))
    lost = tuple(record for side in ("records_a", "records_b") for record in entry[side] if record not in found)
    return Decision(entry["decision_id"], entry["decision"], entry["a"], entry["b"], entry["at"], a, b, lost)


def marks_of(connection: duckdb.DuckDBPyConnection, table: str, record_ids: Iterable[str]) -> list[dict[str, str | None]]:
    """Rows of MARK_SCHEMA for those of these records that the table (bronze.records or staging.records) has, in order."""
    query = f"{_marks(table)} WHERE record_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY record_id"
    return list(marks(_frame(connection.execute(query, [sorted(set(record_ids))]).fetchall())).iter_rows(named=True))


def found_records(connection: duckdb.DuckDBPyConnection, table: str, decisions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The records of the journal's decisions, each with the id that it has now in the table (bronze.records or staging.records); without those that
    cannot be found.

    A record that stands where it stood costs nothing; only where one does not are all records of its document looked at.
    """
    named = {record for entry in decisions for side in ("records_a", "records_b") for record in entry[side]}
    if not named:
        return {}
    marked = {mark["record_id"]: mark for entry in decisions for mark in entry.get("marks", ())}
    here = {row["record_id"]: row for row in marks_of(connection, table, named)}
    # What was noted without marks is what stands there.
    there = {record for record in named if record in here and marked.get(record, here[record]) == here[record]}
    astray = sorted(named & set(marked) - there)
    if not astray:
        return {record: record for record in there}
    documents = sorted({record.rpartition("-")[0] for record in astray})
    query = f"{_marks(table)} WHERE starts_with(document_id, $1) ORDER BY record_id"
    now = [row for document in documents for row in connection.execute(query, [document]).fetchall()]
    sought = pl.DataFrame([marked[record] for record in astray], schema=MARK_SCHEMA)
    return {record: record for record in there} | found_again(sought, _frame(now))


def lost_decisions(connection: duckdb.DuckDBPyConnection, table: str, journal: Journal) -> list[Decision]:
    """The decisions that decide nothing, because all records of a side are gone."""
    found = found_records(connection, table, journal.decisions())
    return [decision for decision in standing(journal, found) if decision.is_lost]


def _frame(rows: list[tuple[str | None, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MARK_SCHEMA, orient="row")


def _marks(table: str) -> str:
    # A text that someone prints for a title is cut before it is read.
    return f"SELECT record_id, source, source_id, substr(title, 1, 2000) AS title FROM {table}"
