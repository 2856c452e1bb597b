"""What every parser gives back, and what it is told about the document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from warehouse.schema import bronze

# Columns of bronze.records that the parser does not fill: they follow from the document and the position.
_GIVEN = ("record_id", "document_id", "source")
RECORD_SCHEMA = pl.Schema({c.name: c.type.polars for c in bronze.RECORDS.columns if c.name not in _GIVEN})


@dataclass(frozen=True, slots=True)
class Capture:
    """When a document's bytes were seen at their source (UTC, no zone), and what says so (a value of observed_at_source)."""

    at: datetime
    source: str

    @property
    def is_known(self) -> bool:
        """Whether it may date a page: a file's modification time may not, a copy or a checkout changes it."""
        return self.source != "modified"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read into memory."""

    # The longest abstract in 86,000 real ones is under 10,000 characters; a million bytes is no paper's text.
    max_line_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Reject:
    """A part of a document (or all of it: position None) that is not kept, and why."""

    code: str
    reason: str
    position: int | None = None
    offset: int = 0
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document's records (columns of RECORD_SCHEMA), its rejects, and what the page says of itself.

    `read_count` is counted where the parts are found, before any is judged, so that read = kept + rejected can be checked.
    """

    read_count: int
    records: pl.DataFrame
    rejects: Sequence[Reject] = ()
    listed_on: date | None = None
    listed_on_is_inferred: bool | None = None
    listing_state: str | None = "normal"
    capture: Capture | None = None
    # The byte spans that are neither record nor reject (a page's header), so that a test can show that no byte is lost.
    furniture: Sequence[tuple[int, int]] = field(default=())


def record_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a frame of RECORD_SCHEMA; a key that a row lacks is null."""
    return pl.DataFrame(rows, schema=RECORD_SCHEMA, orient="row") if rows else pl.DataFrame(schema=RECORD_SCHEMA)


def refused(reject: Reject) -> Parsed:
    """A document that is rejected whole: read 1, rejected 1."""
    return Parsed(read_count=1, records=record_frame(()), rejects=(reject,), listing_state=None)
