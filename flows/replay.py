"""Rejects that are read again: which documents to parse anew, and which of their rejects no longer stand."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.raw_store import RawStore
from transforms.bronze import Landed, raw_text
from transforms.parsed import RAW_BYTES_KEPT
from warehouse.schema import bronze
from warehouse.store import attach, fill, opened

# All but the bytes, which the raw store has.
NOTED = tuple(name for name in bronze.REJECTS.column_names if name != "raw")


@dataclass(frozen=True, slots=True)
class Replay:
    """Ask for the rejects that stand, of one code or of all, to be parsed again; every other row stays what it is."""

    code: str | None = None


def concerned(warehouse: Path, replay: Replay) -> set[str]:
    """The documents of the published file in which such a reject stands."""
    query = f"SELECT DISTINCT document_id FROM {bronze.REJECTS.full_name} WHERE resolved_at IS NULL AND document_id IS NOT NULL"
    with opened(warehouse, read_only=True) as connection:
        found = connection.execute(f"{query} AND coalesce(code = $1, true)", [replay.code]).fetchall()
    return {document_id for (document_id,) in found}


def newly_resolved(target: Path, published: Path, parsed: Collection[str], now: datetime) -> list[dict[str, Any]]:
    """The rejects of the published file that no longer stand now that these documents were parsed again, as rows without their bytes.

    A reject of a part stands while anything that lies over its bytes is rejected; one of a whole document while the document is rejected whole.
    """
    if not published.exists():
        return []
    names = ", ".join(f"old.{name}" for name in NOTED)
    query = f"""
        SELECT {names} FROM published.bronze.rejects AS old SEMI JOIN parsed USING (document_id)
        WHERE old.resolved_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM bronze.rejects AS new
            WHERE new.document_id = old.document_id AND new.resolved_at IS NULL AND (
                new.position IS NULL OR old.position IS NOT NULL
                AND new.byte_offset < old.byte_offset + greatest(old.byte_length, 1)
                AND old.byte_offset < new.byte_offset + greatest(new.byte_length, 1)
            )
        )
        ORDER BY old.reject_id
    """
    with opened(target, read_only=True) as connection:
        try:
            attach(connection, published, "published")
            connection.register("parsed", pl.DataFrame({"document_id": sorted(parsed)}, schema={"document_id": pl.String}).to_arrow())
            found = connection.execute(query).fetchall()
        except duckdb.Error:
            # A file that is damaged or of another version tells nothing.
            return []
    return [dict(zip(NOTED, row, strict=True)) | {"resolved_at": now} for row in found]


def write_resolved(
    target: Path, resolved: Iterable[Mapping[str, Any]], documents: Sequence[Landed], parsed: Collection[str], store: RawStore
) -> None:
    """Put rejects that were resolved, with their bytes, beside those that stand: of the documents that were parsed; others have theirs."""
    by_id = {landed.document_id: landed for landed in documents if landed.document_id in parsed}
    rows = {row["reject_id"]: row for row in resolved if row["document_id"] in by_id}
    if not rows:
        return
    with opened(target) as connection:
        standing = {one for (one,) in connection.execute(f"SELECT reject_id FROM {bronze.REJECTS.full_name}").fetchall()}
        wanted = sorted((row for row in rows.values() if row["reject_id"] not in standing), key=lambda row: (row["document_id"], row["reject_id"]))
        full = list(_with_bytes(wanted, by_id, store))
        frame = pl.DataFrame(full, schema=bronze.REJECTS.polars_schema(), orient="row") if full else bronze.REJECTS.empty()
        fill(connection, bronze.REJECTS, bronze.REJECTS.conform(frame))


def _with_bytes(rows: Iterable[Mapping[str, Any]], documents: Mapping[str, Landed], store: RawStore) -> Iterator[dict[str, Any]]:
    with store.archives() as archives:
        for document_id, of_document in groupby(rows, key=lambda row: row["document_id"]):
            with store.content_of(documents[document_id], archives) as content:
                for row in of_document:
                    raw = content.slice(row["byte_offset"] or 0, min(row["byte_length"] or 0, RAW_BYTES_KEPT))
                    yield dict(row) | {"raw": raw_text(raw)}
