"""Reading: documents to facts in memory and typed records in a staged file, in batches, so that memory does not grow with what the files hold."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import polars as pl

from flows.dedupe.documents import Document, content_of
from flows.dedupe.evidence import Ignored
from flows.dedupe.naming import KEYLESS, LISTING
from transforms.bronze import Gathered, Landed, gather
from transforms.content import Content
from transforms.dedupe.facts import facts
from transforms.normalize import normalize
from transforms.parsed import Limits, Reject
from warehouse.errors import InputError
from warehouse.schema import bronze
from warehouse.schema.staging import RECORDS
from warehouse.store import detached, stage

# Frames of this many records are worth making, and small.
_RECORDS_AT_ONCE = 20_000
_MOST_SHOWN = 50
_DOCUMENT_COLUMNS = ["document_id", "observed_at", "landed_at", "listed_on"]


@dataclass(slots=True)
class Read:
    """What was read: the listing of all records (naming.LISTING), their facts, why documents and records were refused, the names of fields seen."""

    listing: pl.DataFrame
    facts: pl.DataFrame
    refused: list[str]
    fields: set[str] = field(default_factory=set)


class _Listed(Gathered):
    """Gathers rows, and of what is rejected its key and place."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.rejected: list[tuple[str, int, int, str | None, str]] = []
        self.refused: list[str] = []

    def reject(self, landed: Landed, content: Content, reject: Reject) -> None:
        """Take a reject: of a document its reason, of a record its place."""
        del content
        if reject.position is None or reject.code == "parser_failed":
            self.refused.append(f"{landed.path}: {reject.reason}")
        else:
            place = reject.position
            self.rejected.append((f"{landed.document_id[:16]}-{place}-{reject.code}", self.number, place, reject.source_id, reject.code))


def read(documents: Sequence[Document], staged: Path, limits: Limits, ignored: Ignored, distinct_within: Collection[str] = ()) -> Read:
    """Read the documents; their records, typed, go to the staged file (staging.records).

    Raises InputError where a name of `ignored` is no field, or one of `distinct_within` no source.
    """
    work = _Work(documents, limits, ignored, frozenset(distinct_within))
    stage(staged, RECORDS, work.frames())
    ignored.check(work.fields)
    work.check_sources()
    rejected = pl.DataFrame(work.gathered.rejected, schema=LISTING, orient="row")
    return Read(pl.concat([*work.listings, rejected]), pl.concat(work.facts), work.gathered.refused, work.fields)


class _Work:
    """The reading of some documents: while one batch is parsed, the one before is typed in another thread."""

    def __init__(self, documents: Sequence[Document], limits: Limits, ignored: Ignored, distinct_within: frozenset[str]) -> None:
        self._documents = documents
        self._limits = limits
        self._ignored = ignored
        self._distinct_within = distinct_within
        self._collections: Counter[str] = Counter()
        self.gathered = _Listed()
        self.fields: set[str] = set()
        self.facts: list[pl.DataFrame] = [facts(RECORDS.empty()).with_columns(distinct=pl.lit(None, pl.String))]
        self.listings: list[pl.DataFrame] = [pl.DataFrame(schema=LISTING)]

    def frames(self) -> Iterator[pl.DataFrame]:
        """Rows of staging.records."""
        typing: Future[pl.DataFrame] | None = None
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="typing") as worker:
            for records, documents in self._batches():
                following = worker.submit(self._typed, records, documents)
                if typing:
                    yield typing.result()
                typing = following
            if typing:
                yield typing.result()

    def _batches(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Bronze records, with the number of their document and their printed keys, and the rows of their documents."""
        waiting: list[pl.DataFrame] = []
        rows = bronze.DOCUMENTS.empty().select(_DOCUMENT_COLUMNS)
        for document in self._documents:
            self.gathered.number = document.number
            with content_of(document) as content:
                for found in gather(document.landed, content, self._limits, self.gathered, self._ignored.fields):
                    waiting.append(_with_keys(found.records, document, content))
                    self._note(found.paths)
                    if sum(frame.height for frame in waiting) >= _RECORDS_AT_ONCE:
                        # What so large a document says of itself as a page is not known before its end, and nothing so large is a page.
                        yield pl.concat(waiting), pl.concat([rows, _provisional(document.landed)])
                        waiting = []
                found = self.gathered.flushed()
                waiting.append(_with_keys(found.records, document, content))
                self._note(found.paths)
                rows = pl.concat([rows, found.documents.select(_DOCUMENT_COLUMNS)])
        if waiting:
            yield pl.concat(waiting), rows

    def _note(self, paths: pl.DataFrame) -> None:
        self.fields.update(paths["path"])

    def _typed(self, records: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
        self.listings.append(detached(records.select("record_id", "document", "position", "printed_key", code=pl.lit(None, pl.String))))
        typed = self._ignored.masked(normalize(self._ignored.masked(records), documents.unique("document_id", keep="last")))
        known = facts(typed).join(self._distinct(records), on="record_id", how="left", maintain_order="left")
        self.facts.append(detached(known))
        return typed

    def _distinct(self, records: pl.DataFrame) -> pl.DataFrame:
        """record_id and distinct: the source among those asked for that the record is of."""
        if not self._distinct_within:
            return records.select("record_id", distinct=pl.lit(None, pl.String))
        names = [document.name for document in self._documents]
        of_file = pl.DataFrame({"document": range(len(names)), "path": names, "file": [PurePosixPath(one).name for one in names]})
        of_file = of_file.with_columns(stem=pl.Series([PurePosixPath(one).name.partition(".")[0] for one in names]), document=pl.col("document"))
        printed = pl.coalesce(pl.col("rest").str.json_path_match(f"$.{name}") for name in ("source", "Source", "SOURCE"))
        joined = records.select("record_id", "document", "source", printed=printed).join(of_file, on="document", how="left", maintain_order="left")
        for name in ("printed", "path", "file", "stem", "source"):
            self._collections.update(dict(joined[name].drop_nulls().value_counts().iter_rows()))
        asked = list(self._distinct_within)
        candidates = [pl.when(pl.col(name).is_in(asked)).then(pl.col(name)) for name in ("printed", "path", "file", "stem", "source")]
        return joined.select("record_id", distinct=pl.coalesce(candidates))

    def check_sources(self) -> None:
        """Raises InputError for a source of which there is no record."""
        for name in sorted(self._distinct_within - set(self._collections)):
            there = [source for source, _ in self._collections.most_common(_MOST_SHOWN)]
            raise InputError(f"--distinct-within {name}: no record is of this source; there are: {', '.join(there) or 'none'}")


def _with_keys(records: pl.DataFrame, document: Document, content: Content) -> pl.DataFrame:
    """The records with the number of their document and the key that each has in print."""
    key = pl.when(~pl.col("source").is_in(KEYLESS)).then("source_id")
    records = records.with_columns(document=pl.lit(document.number, pl.Int64), printed_key=key)
    if records.height and records["source"][0] == "openalex":
        # As the first of them is printed: reading each again would bring all of the file into memory.
        first = records.drop_nulls("source_id").select("byte_offset", "byte_length", "source_id").head(1)
        prefix = next((_address_before(content, *row) for row in first.iter_rows()), "")
        records = records.with_columns(printed_key=pl.lit(prefix) + pl.col("printed_key"))
    return records


def _address_before(content: Content, offset: int, length: int, source_id: str) -> str:
    """What OpenAlex prints before the id of a work: the beginning of an address, or nothing."""
    raw = content.slice(offset, length)
    end = raw.find(b"/" + source_id.encode() + b'"')
    printed = raw[raw.rfind(b'"', 0, end) + 1 : end + 1].decode("utf-8", "replace").replace("\\/", "/") if end > 0 else ""
    return printed if printed.startswith("http") and "openalex.org/" in printed else ""


def _provisional(landed: Landed) -> pl.DataFrame:
    row = {"document_id": landed.document_id, "observed_at": landed.capture.at, "landed_at": landed.landed_at, "listed_on": None}
    schema = {name: kind for name, kind in bronze.DOCUMENTS.polars_schema().items() if name in _DOCUMENT_COLUMNS}
    return pl.DataFrame([row], schema=schema, orient="row")
