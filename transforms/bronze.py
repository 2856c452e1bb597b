"""The bronze tables: what a document holds, kept or rejected."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import polars as pl

from transforms.content import Content
from transforms.parsed import RAW_BYTES_KEPT, RECORD_COLUMNS, Capture, Limits, Page, Passed, Record, Reject, Told, refused
from transforms.paths import Paths
from transforms.recognize import recognize
from transforms.sources import Format
from warehouse.schema import Table, bronze

# Long enough that two documents of a warehouse do not share it, short enough to read.
_ID_DIGITS = 16
# What is held at a time: enough that frames are worth making, little enough that memory stays small. With 20,000 records at a time the arXiv
# snapshot takes twice the memory and no less time.
_CHUNK_PARTS = 2_000
_CHUNK_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Landed:
    """What is known of a document before it is read; times are UTC without zone."""

    document_id: str
    path: str
    bytes: int
    landed_at: datetime
    capture: Capture
    url: str | None = None
    # The archive in the raw store that holds it, and the way to it inside; none where the file is the document.
    archive_id: str | None = None
    way: tuple[int, ...] = ()
    # What stopped the unpacking, where it did not come to the end.
    damage: str | None = None

    @property
    def name(self) -> str:
        """The document's own name, without folders."""
        return self.path.replace("\\", "/").rpartition("/")[2]


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
    """Rows of the bronze tables."""

    documents: pl.DataFrame
    records: pl.DataFrame
    rejects: pl.DataFrame
    paths: pl.DataFrame

    @classmethod
    def empty(cls) -> "Bronze":
        return cls(*(table.empty() for table in _TABLES))

    def only(self, document_ids: Collection[str]) -> "Bronze":
        """The rows of these documents."""
        wanted = pl.col("document_id").is_in(sorted(document_ids))
        return Bronze(*(frame.filter(wanted) for frame in self.tables().values()))

    def tables(self) -> dict[str, pl.DataFrame]:
        """The rows by full table name."""
        frames = (self.documents, self.records, self.rejects, self.paths)
        return {table.full_name: frame for table, frame in zip(_TABLES, frames, strict=True)}


_TABLES = (bronze.DOCUMENTS, bronze.RECORDS, bronze.REJECTS, bronze.DOCUMENT_PATHS)


def read_document(landed: Landed, content: Content, limits: Limits) -> Iterator[Bronze]:
    """The document's rows in chunks, whatever its bytes are: it is recognised, parsed, and what cannot be kept is rejected.

    The last chunk has the document's own row. Memory is bounded by the chunk, not by the document.
    """
    found = recognize(content.head())
    form = found if isinstance(found, Format) else None
    told = Told(landed.capture, limits, landed.name, landed.url, Paths(form.opaque) if form else Paths())
    parts = form.parse(content, told) if form else refused(found)  # type: ignore[arg-type]
    page, kept, rejected, passed = Page(), 0, 0, 0
    chunk = _Chunk(landed, form, content)
    try:
        for part in parts:
            if isinstance(part, Record | Reject):
                kept += isinstance(part, Record)
                rejected += isinstance(part, Reject)
                chunk.add(part)
                if chunk.is_full:
                    yield chunk.flushed()
            elif isinstance(part, Passed):
                passed += part.count
            else:
                page = part
    except Exception as error:
        # Whatever bytes a parser meets: what it has read so far is kept, and the fault is named.
        what = f"{type(error).__name__}: {error}"[:300]
        reason = f"the parser of {form.name if form else 'unknown'} failed ({what}); this is a fault of paperhouse: please report it"
        chunk.rejects.append(Reject("parser_failed", reason, position=0))
        rejected += 1
        page = replace(page, read_count=None)
    if landed.damage:
        why = f"{landed.path}: {landed.damage}; what was unpacked before is kept"
        chunk.rejects.append(Reject("bad_archive", why, offset=landed.bytes, length=0))
        rejected += 1
    # Counted where the parts are found, by a parser that finds them before it judges them.
    read = kept + rejected if page.read_count is None else page.read_count + bool(landed.damage)
    facts = {"read_count": read, "kept_count": kept, "rejected_count": rejected, "passed_count": passed}
    yield chunk.flushed(_document_row(landed, form, page, kept) | facts, _path_rows(landed, form, told.paths))


@dataclass(slots=True)
class _Chunk:
    """Parts of a document that are not yet rows."""

    landed: Landed
    form: Format | None
    content: Content
    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    size: int = 0

    def add(self, part: Record | Reject) -> None:
        """Gather one more."""
        if isinstance(part, Record):
            self.records.append(part)
            self.size += part.length
        else:
            self.rejects.append(part)
            # Bytes that are not at hand are read when rows are made.
            to_read = self.landed.bytes if part.length is None else part.length
            self.size += len(part.reason) + (min(to_read, RAW_BYTES_KEPT) if part.raw is None else len(part.raw))

    @property
    def is_full(self) -> bool:
        """Whether it is time to make rows of it."""
        return len(self.records) + len(self.rejects) >= _CHUNK_PARTS or self.size >= _CHUNK_BYTES

    def flushed(self, document: dict[str, Any] | None = None, paths: Sequence[dict[str, Any]] = ()) -> Bronze:
        """The rows of what was gathered, which is gone then."""
        prefix = self.landed.document_id[:_ID_DIGITS]
        rows = Bronze(
            _frame(bronze.DOCUMENTS, [document] if document else []),
            self._record_frame(prefix),
            _frame(bronze.REJECTS, [_reject_row(self.landed, prefix, reject, self.content) for reject in self.rejects]),
            _frame(bronze.DOCUMENT_PATHS, paths),
        )
        self.records, self.rejects, self.size = [], [], 0
        return rows

    def _record_frame(self, prefix: str) -> pl.DataFrame:
        records = self.records
        columns: dict[str, Any] = {
            "position": [record.position for record in records],
            "byte_offset": [record.offset for record in records],
            "byte_length": [record.length for record in records],
        }
        # A source fills few of the columns; those that no record has are made null below.
        present = set().union(*(record.values for record in records))
        for name in RECORD_COLUMNS:
            if name in present:
                columns[name] = [record.values.get(name) for record in records]
        schema = _RECORD_SCHEMA
        frame = pl.DataFrame({name: pl.Series(name, values, dtype=schema[name], strict=False) for name, values in columns.items()})
        return bronze.RECORDS.conform(
            frame.with_columns(
                pl.format("{}-{}", pl.lit(prefix), "position").alias("record_id"),
                pl.lit(self.landed.document_id).alias("document_id"),
                pl.lit(self.form.source if self.form else None, pl.String).alias("source"),
            )
        )


def unreadable_rejects(paths: Sequence[Unreadable]) -> pl.DataFrame:
    """Rows of bronze.rejects for paths of which no byte could be read."""
    return _frame(
        bronze.REJECTS,
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
        ],
    )


def _stored(path: str) -> str:
    """The path as text that any table can hold, whatever bytes the file's name has."""
    return path.encode("utf-8", "backslashreplace").decode()


def combined(parts: Sequence[Bronze]) -> Bronze:
    """All rows of all parts, sorted by key."""
    if not parts:
        return Bronze.empty()
    tables = [part.tables() for part in parts]
    return Bronze(*(table.conform(pl.concat([frames[table.full_name] for frames in tables])) for table in _TABLES))


def _document_row(landed: Landed, form: Format | None, page: Page, kept: int) -> dict[str, Any]:
    capture = page.capture or landed.capture
    return {
        "document_id": landed.document_id,
        "source": form.source if form else None,
        "format": form.name if form else "unknown",
        "path": landed.path,
        "url": landed.url,
        "bytes": landed.bytes,
        "archive_id": landed.archive_id,
        "observed_at": capture.at,
        "observed_at_source": capture.source,
        "landed_at": landed.landed_at,
        "listed_on": page.listed_on,
        "listed_on_is_inferred": page.listed_on_is_inferred,
        "listing_state": "truncated" if page.limit and kept >= page.limit else page.listing_state,
    }


def _path_rows(landed: Landed, form: Format | None, paths: Paths) -> list[dict[str, Any]]:
    known = form.known if form else frozenset()
    return [
        {"document_id": landed.document_id, "path": path, "type": kind, "is_known": (path, kind) in known, "value_count": count}
        for path, kind, count in paths.rows()
    ]


def _reject_row(landed: Landed, prefix: str, reject: Reject, content: Content) -> dict[str, Any]:
    is_whole = reject.position is None
    # Of a document that is rejected whole its beginning is kept, wherever in it the fault is.
    start = 0 if is_whole else reject.offset
    length = landed.bytes if is_whole or reject.length is None else reject.length
    raw = content.slice(start, min(length, RAW_BYTES_KEPT)) if reject.raw is None else reject.raw[:RAW_BYTES_KEPT]
    return {
        "reject_id": f"{prefix}-{'document' if is_whole else reject.position}-{reject.code}",
        "document_id": landed.document_id,
        "path": landed.path,
        "position": reject.position,
        "code": reject.code,
        "reason": reject.reason,
        "raw": raw_text(raw),
        "byte_offset": start,
        "byte_length": length,
        "first_seen_at": landed.landed_at,
    }


def raw_text(raw: bytes) -> str:
    """The bytes as text for a person to read; what is not UTF-8, and zero bytes, are written as \\x.."""
    return raw.decode("utf-8", errors="backslashreplace").replace("\0", "\\x00")


def _frame(table: Table, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    schema = table.polars_schema()
    return table.conform(pl.DataFrame(rows, schema=schema, orient="row")) if rows else table.empty()


_RECORD_SCHEMA = bronze.RECORDS.polars_schema()
