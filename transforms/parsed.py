"""What every parser gives back, and what it is told about the document."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any

from transforms.content import Content, TooLarge
from transforms.lines import Buffer, NotUtf8
from transforms.paths import Paths
from warehouse.schema import bronze

RAW_BYTES_KEPT = 64 * 1024
# Columns of bronze.records that the parser does not fill: they follow from the document and the place.
_GIVEN = ("record_id", "document_id", "source", "position", "byte_offset", "byte_length")
RECORD_COLUMNS = tuple(column.name for column in bronze.RECORDS.columns if column.name not in _GIVEN)


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
    # One record of a bulk format; OpenAlex works with thousands of authors take a few million bytes.
    max_record_bytes: int = 1 << 24
    # A document that is read at once: a page, an answer of an API, one venue's file.
    max_whole_bytes: int = 1 << 29


@dataclass(frozen=True, slots=True)
class Told:
    """What a parser is told of its document beside the bytes. `paths` is filled by the parser."""

    capture: Capture
    limits: Limits = Limits()
    # The file's own name, without folders: it may date a listing of which no byte gives a date.
    name: str = ""
    url: str | None = None
    paths: Paths = field(default_factory=Paths)
    # Names of fields (field_names.plain_name) that a person leaves out of the evidence: whatever a parser would take from them into a column, an
    # identifier out of an address too, is left out. Their names stay in `paths`.
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """One paper as its source printed it: where it stands (line or element from 1; bytes from 0), and columns of RECORD_COLUMNS."""

    position: int
    offset: int
    length: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reject:
    """A part of a document (or all of it: position None) that is not kept, and why. `raw` are its first bytes, where they are at hand."""

    code: str
    reason: str
    position: int | None = None
    offset: int = 0
    length: int | None = None
    raw: bytes | None = None
    # The source's own key of the record, where that much of it could be read.
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Entries that are no paper by their own type (a person's page, a deleted record): counted, not read as records."""

    kind: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """What a document says of itself. `read_count` is counted where the parts are found, before any is judged, so that
    read = kept + rejected can be checked; None where the parser judges each part as it finds it.

    `limit` is how many records a listing of this kind has at most. `furniture` are byte spans that are neither record nor reject.
    """

    read_count: int | None = None
    listed_on: date | None = None
    listed_on_is_inferred: bool | None = None
    listing_state: str | None = "normal"
    capture: Capture | None = None
    limit: int | None = None
    furniture: Sequence[tuple[int, int]] = ()


# A parser yields parts in the document's order; of several pages the last counts.
Part = Record | Reject | Passed | Page
Parser = Callable[[Content, Told], Iterator[Part]]


def reading_whole(parse: Callable[[Buffer, Told], Iterator[Part]], is_mapped_free: bool = False) -> Parser:
    """A parser that needs all bytes at once: a document beyond the limit is rejected whole, and so is one where the lines are read before anything
    is given back and are not UTF-8."""

    @wraps(parse)
    def parser(content: Content, told: Told) -> Iterator[Part]:
        try:
            data = content.whole(told.limits.max_whole_bytes, is_mapped_free)
        except TooLarge as error:
            yield from refused(Reject("too_large", f"{error} (setting max_whole_bytes); split it, or raise the limit"))
            return
        try:
            yield from parse(data, told)
        except NotUtf8 as error:
            yield from refused(Reject("not_utf8", f"{error}; convert the file to UTF-8 (iconv) and load it again", offset=error.offset))

    return parser


def reading_lines(parse: Callable[[Buffer, Told], Iterator[Part]]) -> Parser:
    """A parser that takes a document line by line: one that is mapped may have any size."""
    return reading_whole(parse, is_mapped_free=True)


def refused(reject: Reject) -> Iterator[Part]:
    """A document that is rejected whole: read 1, rejected 1."""
    yield reject
    yield Page(read_count=1, listing_state=None)
