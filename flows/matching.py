"""The stage that says which records are one paper: of all records, or of what is new beside what is known."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import duckdb
import polars as pl

from flows.journal import Journal
from flows.matching_state import MatchingState, opened_state, write_state
from flows.standing import found_records
from transforms.dedupe.facts import facts
from transforms.dedupe.match import Abstracts
from transforms.dedupe.resolve import Resolution, resolve
from transforms.dedupe.update import updated
from warehouse.schema.staging import RECORDS
from warehouse.store import MEMORY_TO_READ, batches, detached, opened

# Frames of this many records are worth making, and small.
RECORDS_AT_ONCE = 50_000
# Where more than this share of the records is new, matching them one after the other against the others takes longer than matching all.
_WORTH_UPDATING = 0.1


@dataclass(frozen=True, slots=True)
class Earlier:
    """The state that the published file was made with, the documents that were parsed since, and other records that may say something else now."""

    path: Path
    parsed: Collection[str]
    repaired: pl.Series


def earlier(path: Path, run_id: str, parsed: Collection[str], repaired: pl.Series) -> Earlier | None:
    """The state in this file, if it is that of the run, and its numbers mean on this machine what they meant then."""
    if path.exists():
        # A damaged file is no failure: all records are matched, and a new one is written.
        with suppress(duckdb.Error), opened_state(path) as state:
            if state.is_of(run_id):
                return Earlier(path, parsed, repaired)
    return None


def deduplicated(staged: Path, journal: Journal, before: Earlier | None, state: Path, run_id: str) -> Resolution:
    """Which records are one paper, and under which id, given the ids of earlier runs and what a person has decided. Writes the state file."""
    with opened(staged, read_only=True, memory=MEMORY_TO_READ) as connection:
        decided = journal.decided(found_records(connection, RECORDS.full_name, journal.decisions()))
        if before:
            wanted = _wanted(connection, before)
            ((count,),) = connection.execute(f"SELECT count(*) FROM {RECORDS.full_name}").fetchall()
            if wanted.height <= _WORTH_UPDATING * count:
                copyfile(before.path, state)
                with opened_state(state) as known:
                    return _updated(connection, staged, known, wanted, journal.given_ids(), decided, run_id)
        seen = _facts(connection, f"SELECT * FROM {RECORDS.full_name}")
        resolution = resolve(seen, journal.given_ids(), _abstracts(connection), decided)
        write_state(state, seen, resolution, decided, run_id)
        return resolution


def _wanted(connection: duckdb.DuckDBPyConnection, before: Earlier) -> pl.DataFrame:
    """record_id of the records whose facts may be others than before."""
    connection.register("parsed", pl.DataFrame({"document_id": sorted(before.parsed)}, schema={"document_id": pl.String}).to_arrow())
    found = connection.sql(f"SELECT record_id FROM {RECORDS.full_name} SEMI JOIN parsed USING (document_id)").pl()
    return pl.concat([found, before.repaired.to_frame("record_id")]).unique()


def _updated(
    connection: duckdb.DuckDBPyConnection,
    staged: Path,
    known: MatchingState,
    wanted: pl.DataFrame,
    given: pl.DataFrame,
    decided: pl.DataFrame,
    run_id: str,
) -> Resolution:
    connection.register("wanted", wanted.to_arrow())
    # By rows: so that DuckDB reads abstracts only where a wanted row is.
    rows = f"SELECT records.rowid FROM {RECORDS.full_name} AS records SEMI JOIN wanted USING (record_id)"
    seen = _facts(connection, f"SELECT * FROM {RECORDS.full_name} WHERE rowid IN ({rows})")
    batch, in_order = known.batch(seen, known.missing_from(staged), decided)
    update = updated(known, batch, given, _abstracts(connection), in_order)
    known.apply(update, batch, in_order, run_id)
    # A record may say something new that is no matter of matching: a count, a link.
    told_anew = known.papers(wanted["record_id"])["paper_id"]
    changed = pl.concat([update.members["paper_id"], update.works["paper_id"], told_anew]).unique()
    return known.resolution(update.new_ids, changed)


def _facts(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    parts = [facts(RECORDS.empty())]
    for rows in batches(connection, query, RECORDS_AT_ONCE):
        parts.append(detached(facts(rows)))
    return pl.concat(parts)


def _abstracts(connection: duckdb.DuckDBPyConnection) -> Abstracts:
    def abstracts(record_ids: pl.Series) -> pl.DataFrame:
        connection.register("asked", record_ids.to_frame("record_id").to_arrow())
        rows = f"SELECT records.rowid FROM {RECORDS.full_name} AS records SEMI JOIN asked USING (record_id)"
        return connection.sql(f"SELECT record_id, abstract FROM {RECORDS.full_name} WHERE rowid IN ({rows})").pl()

    return abstracts
