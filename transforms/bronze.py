"""The bronze tables: what a document holds, kept or rejected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
_CHUNK_PATHS = 20_000


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
        return cls(*(table.empty() for table in bronze.OF_DOCUMENTS))

    def tables(self) -> dict[Table, pl.DataFrame]:
        """The rows by table."""
        return dict(zip(bronze.OF_DOCUMENTS, (self.documents, self.records, self.rejects, self.paths), strict=True))


class Gathered:
    """Rows of one or more documents that are not yet frames: many small documents make one frame, and a large one many."""

    def __init__(self) -> None:
        self._documents: list[dict[str, Any]] = []
        self._records: list[tuple[Landed, str | None, Record]] = []
        self._rejects: list[dict[str, Any]] = []
        self._paths: list[dict[str, Any]] = []
        self._size = 0

    def record(self, landed: Landed, source: str | None, record: Record) -> None:
        """Take a record of the document."""
        self._records.append((landed, source, record))
        self._size += record.length

    def reject(self, landed: Landed, content: Content, reject: Reject) -> None:
        """Take a reject of the document, with the first of its bytes."""
        row = _reject_row(landed, reject, content)
        self._rejects.append(row)
        self._size += len(row["reason"]) + len(row["raw"])

    def document(self, row: dict[str, Any], paths: Sequence[dict[str, Any]]) -> None:
        """Take the document's own row and its paths."""
        self._documents.append(row)
        self._paths.extend(paths)

    @property
    def is_full(self) -> bool:
        """Whether it is time to make frames of it."""
        return len(self._records) + len(self._rejects) >= _CHUNK_PARTS or len(self._paths) >= _CHUNK_PATHS or self._size >= _CHUNK_BYTES

    def flushed(self) -> Bronze:
        """The rows of what was gathered, which is gone then."""
        rows = Bronze(
            _frame(bronze.DOCUMENTS, self._documents),
            _record_frame(self._records),
            _frame(bronze.REJECTS, self._rejects),
            _frame(bronze.DOCUMENT_PATHS, self._paths),
        )
        self._documents, self._records, self._rejects, self._paths, self._size = [], [], [], [], 0
        return rows


def read_document(landed: Landed, content: Content, limits: Limits) -> Iterator[Bronze]:
    """The rows of one document, as `gather` finds them."""
    gathered = Gathered()
    yield from gather(landed, content, limits, gathered)
    yield gathered.flushed()


def gather(landed: Landed, content: Content, limits: Limits, gathered: Gathered, ignored: frozenset[str] = frozenset()) -> Iterator[Bronze]:
    """Gather the document's rows, whatever its bytes are: it is recognised, parsed, and what cannot be kept is rejected.

    Gives rows whenever many have come together, so that memory is bounded by those and not by the document; the last of them stay gathered.
    `ignored` are fields that no column is filled from (Told.ignored).
    """
    found = recognize(content.head())
    form = found if isinstance(found, Format) else None
    source = form.source if form else None
    told = Told(landed.capture, limits, landed.name, landed.url, Paths(form.opaque) if form else Paths(), ignored)
    parts = form.parse(content, told) if form else refused(found)  # type: ignore[arg-type]
    page, kept, rejected, passed = Page(), 0, 0, 0
    try:
        for part in parts:
            if isinstance(part, Record):
                kept += 1
                gathered.record(landed, source, part)
            elif isinstance(part, Reject):
                rejected += 1
                gathered.reject(landed, content, part)
            elif isinstance(part, Passed):
                passed += part.count
            else:
                page = part
            if gathered.is_full:
                yield gathered.flushed()
    except Exception as error:
        # Whatever bytes a parser meets: what it has read so far is kept, and the fault is named.
        what = f"{type(error).__name__}: {error}"[:300]
        reason = f"the parser of {form.name if form else 'unknown'} failed ({what}); this is a fault of paperhouse: please report it"
        gathered.reject(landed, content, Reject("parser_failed", reason, position=0))
        rejected += 1
        page = replace(page, read_count=None)
    if landed.damage:
        why = f"{landed.path}: {landed.damage}; what was unpacked before is kept"
        gathered.reject(landed, content, Reject("bad_archive", why, offset=landed.bytes, length=0))
        rejected += 1
    # Counted where the parts are found, by a parser that finds them before it judges them.
    read = kept + rejected if page.read_count is None else page.read_count + bool(landed.damage)
    facts = {"read_count": read, "kept_count": kept, "rejected_count": rejected, "passed_count": passed}
    gathered.document(_document_row(landed, form, page, kept) | facts, _path_rows(landed, form, told.paths))


def _record_frame(records: Sequence[tuple[Landed, str | None, Record]]) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "record_id": [f"{landed.document_id[:_ID_DIGITS]}-{record.position}" for landed, _, record in records],
        "document_id": [landed.document_id for landed, _, _ in records],
        "source": [source for _, source, _ in records],
        "position": [record.position for _, _, record in records],
        "byte_offset": [record.offset for _, _, record in records],
        "byte_length": [record.length for _, _, record in records],
    }
    # A source fills few of the columns; those that no record has are made null below.
    present = set().union(*(record.values for _, _, record in records))
    for name in RECORD_COLUMNS:
        if name in present:
            columns[name] = [record.values.get(name) for _, _, record in records]
    schema = _RECORD_SCHEMA
    return bronze.RECORDS.conform(pl.DataFrame({name: pl.Series(name, values, dtype=schema[name], strict=False) for name, values in columns.items()}))


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
    return Bronze(*(table.conform(pl.concat([frames[table] for frames in tables])) for table in bronze.OF_DOCUMENTS))


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


def _reject_row(landed: Landed, reject: Reject, content: Content) -> dict[str, Any]:
    is_whole = reject.position is None
    # Of a document that is rejected whole its beginning is kept, wherever in it the fault is.
    start = 0 if is_whole else reject.offset
    length = landed.bytes if is_whole or reject.length is None else reject.length
    raw = content.slice(start, min(length, RAW_BYTES_KEPT)) if reject.raw is None else reject.raw[:RAW_BYTES_KEPT]
    return {
        "reject_id": f"{landed.document_id[:_ID_DIGITS]}-{'document' if is_whole else reject.position}-{reject.code}",
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
