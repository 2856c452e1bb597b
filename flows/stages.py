"""The stages of a load, each a plain function: what a Prefect task or a direct call runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.archives import Bounds
from flows.home import Home
from flows.journal import Journal
from flows.raw_store import RawStore
from flows.reporter import Reporter
from flows.settings import Settings
from flows.summary import Summary, quality_row
from transforms.bronze import Bronze, Landed, Unreadable, combined, read_document, unreadable_rejects
from transforms.dedupe.resolve import Resolution, resolve
from transforms.drift import drift
from transforms.listings import with_repeats
from transforms.normalize import normalize
from transforms.parsed import Limits
from transforms.silver import silver_tables
from warehouse.published import is_whole, publish, read_table
from warehouse.schema import bronze, gold
from warehouse.schema.staging import RECORDS
from warehouse.store import build, stage


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of the files: the documents that they hold, and the files that could not be read."""

    documents: Sequence[Landed]
    failed: Sequence[Unreadable]


def land(
    files: Sequence[Path], store: RawStore, journal: Journal, settings: Settings, now: datetime, observed_at: datetime | None, reporter: Reporter
) -> Landing:
    """Bring every file's bytes into the raw store; what cannot be read is noted in the journal."""
    documents: dict[str, Landed] = {}
    failed: list[Unreadable] = []
    readable: list[str] = []
    bounds = Bounds(settings.max_document_bytes, settings.max_unpacked_bytes, settings.max_unpacked_ratio)
    for file in files:
        for landed in store.land(file, now, observed_at, bounds):
            if isinstance(landed, Unreadable):
                failed.append(landed)
            else:
                readable.append(landed.path)
                documents[landed.document_id] = landed
        reporter.advance()
    journal.note_unreadable(failed, readable, now)
    return Landing(list(documents.values()), failed)


def parse(documents: Sequence[Landed], store: RawStore, settings: Settings, reporter: Reporter) -> Bronze:
    """The bronze rows of these documents, read from the raw store."""
    parts: list[Bronze] = []
    for landed in documents:
        with store.content_of(landed) as content:
            parts.extend(read_document(landed, content, Limits(max_line_bytes=settings.max_line_bytes)))
        reporter.advance()
    return combined(parts)


@dataclass(frozen=True, slots=True)
class Before:
    """What the published file has: its documents, and the run that made it as a row of gold.quality. Both empty where there is no file to rely on."""

    documents: pl.DataFrame
    made_by: dict[str, Any] = field(default_factory=dict)

    def is_made_from(self, inputs_sha256: str, code_sha256: str) -> bool:
        return (self.made_by.get("inputs_sha256"), self.made_by.get("code_sha256")) == (inputs_sha256, code_sha256)

    @property
    def document_ids(self) -> set[str]:
        return set(self.documents["document_id"])


def before(warehouse: Path) -> Before:
    """Read what the published file says of itself."""
    documents, runs = read_table(warehouse, bronze.DOCUMENTS), read_table(warehouse, gold.QUALITY)
    maker = runs.filter(pl.col("state") == "running") if runs is not None else None
    if documents is None or maker is None or maker.height != 1 or not is_whole(warehouse):
        return Before(bronze.DOCUMENTS.empty())
    return Before(documents, maker.row(0, named=True))


def carried_over(warehouse: Path, wanted: set[str]) -> Bronze:
    """The bronze rows that the published file has of the wanted documents; none where it has not all of these tables."""
    frames = [read_table(warehouse, table) for table in (bronze.DOCUMENTS, bronze.RECORDS, bronze.REJECTS, bronze.DOCUMENT_PATHS)]
    found = [frame for frame in frames if frame is not None]
    return Bronze(*found).only(wanted) if len(found) == len(frames) else Bronze.empty()


def normalized(rows: Bronze, staged: Path) -> pl.DataFrame:
    """The records typed and normalised, also written to the staged file, where they can be checked."""
    records = normalize(rows.records, rows.documents)
    stage(staged, RECORDS, records)
    return records


def opened_gate() -> Any:
    """A gate (expectations.gate.Gate). Great Expectations takes three seconds to import, so a run that changes nothing never gets here."""
    from expectations.gate import Gate

    return Gate()


def deduplicated(records: pl.DataFrame, journal: Journal) -> Resolution:
    """Which records are one paper, and under which id, given the ids of earlier runs."""
    return resolve(records, journal.given_ids())


def built(
    target: Path, rows: Bronze, records: pl.DataFrame, resolution: Resolution, issues: pl.DataFrame, summary: Summary, journal: Journal
) -> None:
    """Write the whole new warehouse file beside the old one."""
    silver_frames = silver_tables(records, resolution)
    rejects = pl.concat([rows.rejects, unreadable_rejects(journal.unreadable())])
    runs = [*(quality_row(entry) for entry in journal.runs()), summary.quality_row()]
    quality = pl.DataFrame(runs, schema=gold.QUALITY.polars_schema(), orient="row")
    frames = rows.tables() | silver_frames
    frames[bronze.REJECTS.full_name] = bronze.REJECTS.conform(rejects)
    frames[bronze.DOCUMENTS.full_name] = bronze.DOCUMENTS.conform(with_repeats(rows.documents, rows.records))
    frames[bronze.DRIFT.full_name] = drift(rows.documents, rows.paths)
    frames[gold.QUALITY.full_name] = gold.QUALITY.conform(quality)
    frames[gold.QUALITY_ISSUES.full_name] = issues
    build(target, frames)


def published(target: Path, home: Home, journal: Journal, rows: Bronze, resolution: Resolution, run_id: str) -> None:
    """Note the new ids and which held documents are now in, then put the file in the old one's place."""
    journal.note_ids(run_id, resolution.new_ids)
    journal.note_let_in(rows.documents["document_id"], run_id)
    publish(target, home.warehouse)
