"""The bronze tables: what a document holds, kept or rejected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import polars as pl

from transforms.lines import Buffer
from transforms.parsed import Capture, Limits, Parsed, Reject, refused
from transforms.recognize import recognize
from transforms.sources import Format
from warehouse.schema import bronze

RAW_BYTES_KEPT = 64 * 1024
# Long enough that two documents of a warehouse do not share it, short enough to read.
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Landed:
    """What is known of a document before it is read; times are UTC without zone."""

    document_id: str
    path: str
    bytes: int
    landed_at: datetime
    capture: Capture
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path of which no byte could be read, and why; it counts as a document that is rejected whole."""

    path: str
    code: str
    reason: str
    first_seen_at: datetime
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bronze:
    """Rows of the three bronze tables."""

    documents: pl.DataFrame
    records: pl.DataFrame
    rejects: pl.DataFrame

    @classmethod
    def empty(cls) -> "Bronze":
        return cls(bronze.DOCUMENTS.empty(), bronze.RECORDS.empty(), bronze.REJECTS.empty())

    def only(self, document_ids: Collection[str]) -> "Bronze":
        """The rows of these documents."""
        wanted = pl.col("document_id").is_in(sorted(document_ids))
        return Bronze(self.documents.filter(wanted), self.records.filter(wanted), self.rejects.filter(wanted))

    def tables(self) -> dict[str, pl.DataFrame]:
        """The rows by full table name."""
        return {
            bronze.DOCUMENTS.full_name: self.documents,
            bronze.RECORDS.full_name: self.records,
            bronze.REJECTS.full_name: self.rejects,
        }


def read_document(landed: Landed, data: Buffer, limits: Limits) -> Bronze:
    """The document's rows, whatever its bytes are: it is recognised, parsed, and what cannot be kept is rejected."""
    found = recognize(data)
    parsed = refused(found) if isinstance(found, Reject) else found.parse(data, landed.capture, limits)
    form = found if isinstance(found, Format) else None
    prefix = landed.document_id[:_ID_DIGITS]
    records = parsed.records.with_columns(
        pl.format("{}-{}", pl.lit(prefix), "position").alias("record_id"),
        pl.lit(landed.document_id).alias("document_id"),
        pl.lit(form.source if form else None, pl.String).alias("source"),
    )
    rejects = [_reject_row(landed, prefix, reject, data) for reject in parsed.rejects]
    return Bronze(
        bronze.DOCUMENTS.conform(pl.DataFrame([_document_row(landed, form, parsed)], schema_overrides=bronze.DOCUMENTS.polars_schema())),
        bronze.RECORDS.conform(records),
        _reject_frame(rejects),
    )


def unreadable_rejects(paths: Sequence[Unreadable]) -> pl.DataFrame:
    """Rows of bronze.rejects for paths of which no byte could be read."""
    return _reject_frame(
        [
            {
                "reject_id": f"{sha256(_stored(one.path).encode()).hexdigest()[:_ID_DIGITS]}-{one.code}",
                "path": _stored(one.path),
                "code": one.code,
                "reason": one.reason,
                "first_seen_at": one.first_seen_at,
                "resolved_at": one.resolved_at,
            }
            for one in paths
        ]
    )


def _stored(path: str) -> str:
    """The path as text that any table can hold, whatever bytes the file's name has."""
    return path.encode("utf-8", "backslashreplace").decode()


def combined(parts: Sequence[Bronze]) -> Bronze:
    """All rows of all parts, sorted by key."""
    if not parts:
        return Bronze.empty()
    return Bronze(
        bronze.DOCUMENTS.conform(pl.concat([part.documents for part in parts])),
        bronze.RECORDS.conform(pl.concat([part.records for part in parts])),
        bronze.REJECTS.conform(pl.concat([part.rejects for part in parts])),
    )


def _document_row(landed: Landed, form: Format | None, parsed: Parsed) -> dict[str, Any]:
    capture = parsed.capture or landed.capture
    return {
        "document_id": landed.document_id,
        "source": form.source if form else None,
        "format": form.name if form else "unknown",
        "path": landed.path,
        "url": landed.url,
        "bytes": landed.bytes,
        "observed_at": capture.at,
        "observed_at_source": capture.source,
        "landed_at": landed.landed_at,
        "listed_on": parsed.listed_on,
        "listed_on_is_inferred": parsed.listed_on_is_inferred,
        "listing_state": parsed.listing_state,
        "read_count": parsed.read_count,
        "kept_count": parsed.records.height,
        "rejected_count": len(parsed.rejects),
    }


def _reject_row(landed: Landed, prefix: str, reject: Reject, data: Buffer) -> dict[str, Any]:
    is_whole = reject.position is None
    # Of a document that is rejected whole its beginning is kept, wherever in it the fault is.
    start = 0 if is_whole else reject.offset
    length = len(data) if is_whole or reject.length is None else reject.length
    return {
        "reject_id": f"{prefix}-{'document' if is_whole else reject.position}-{reject.code}",
        "document_id": landed.document_id,
        "path": landed.path,
        "position": reject.position,
        "code": reject.code,
        "reason": reject.reason,
        "raw": raw_text(bytes(data[start : start + min(length, RAW_BYTES_KEPT)])),
        "byte_offset": start,
        "byte_length": length,
        "first_seen_at": landed.landed_at,
    }


def raw_text(raw: bytes) -> str:
    """The bytes as text for a person to read; what is not UTF-8, and zero bytes, are written as \\x.."""
    return raw.decode("utf-8", errors="backslashreplace").replace("\0", "\\x00")


def _reject_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return bronze.REJECTS.conform(pl.DataFrame(rows, schema=_REJECT_SCHEMA, orient="row")) if rows else bronze.REJECTS.empty()


_REJECT_SCHEMA = bronze.REJECTS.polars_schema()
