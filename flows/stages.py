"""The stages of a load, each a plain function: what a Prefect task or a direct call runs.

What they make stands in files in the work folder, and is read and written there in batches: memory does not grow with the warehouse, but for the
few facts of each record that deduplication compares.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.archives import Bounds
from flows.home import Home
from flows.journal import Journal
from flows.matching import RECORDS_AT_ONCE
from flows.raw_store import RawStore
from flows.reporter import Reporter
from flows.settings import Settings
from flows.standing import Decision, lost_decisions
from flows.summary import Summary, quality_row
from flows.wording import path_name
from transforms.bronze import Bronze, Gathered, Landed, Unreadable, gather, unreadable_rejects
from transforms.dedupe.resolve import Resolution
from transforms.drift import drift
from transforms.id_repair import repairs, unrepaired, with_title_keys
from transforms.listings import repeats
from transforms.normalize import normalize
from transforms.parsed import Limits
from transforms.silver import organizations, silver_tables
from warehouse.made import make_gold, make_silver
from warehouse.partitions import partitioned
from warehouse.people import join_people, part_people
from warehouse.published import carry_over, is_whole, publish, read_table
from warehouse.schema import bronze, gold, silver
from warehouse.schema.gold import Policy
from warehouse.schema.staging import RECORDS
from warehouse.store import MEMORY_TO_READ, Filling, attach, batches, create, detached, fill, opened, stage


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
        # An archive can be read where nothing but some of its entries cannot.
        found = store.land(file, now, observed_at, bounds)
        readable += {path_name(file)} - {one.path for one in found if isinstance(one, Unreadable)}
        for landed in found:
            if isinstance(landed, Unreadable):
                failed.append(landed)
            else:
                readable.append(landed.path)
                documents[landed.document_id] = landed
        reporter.advance()
    journal.note_unreadable(failed, readable, now)
    return Landing(list(documents.values()), failed)


def parse(
    target: Path,
    published: Path,
    same: Collection[str],
    documents: Sequence[Landed],
    unreadable: Sequence[Unreadable],
    store: RawStore,
    limits: Limits,
    reporter: Reporter,
) -> tuple[pl.DataFrame, set[str]]:
    """A new warehouse file with the bronze rows of all documents: `same` as the published file has them, the others read from the raw store and
    written as they are read. Gives bronze.documents, and which of them were read."""
    target.unlink(missing_ok=True)
    with opened(target) as connection:
        create(connection)
        if same and not carry_over(connection, published, bronze.OF_DOCUMENTS, "document_id", sorted(same)):
            same = ()
        missing = [landed for landed in documents if landed.document_id not in same]
        with Filling(connection) as filling:
            for rows in _parsed(missing, store, limits, reporter):
                for table, frame in rows.tables().items():
                    filling.add(table, frame)
        fill(connection, bronze.REJECTS, unreadable_rejects(unreadable))
        return _compared(connection), {landed.document_id for landed in missing}


def _parsed(documents: Sequence[Landed], store: RawStore, limits: Limits, reporter: Reporter) -> Iterator[Bronze]:
    gathered = Gathered()
    with store.archives() as archives:
        # Those of one archive in turn: it is opened once.
        for landed in sorted(documents, key=lambda one: (one.archive_id or one.document_id, one.way)):
            with store.content_of(landed, archives) as content:
                yield from gather(landed, content, limits, gathered)
            reporter.advance()
    yield gathered.flushed()


def _compared(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Note what only all documents together tell: which listings repeat others, and drift. Gives bronze.documents."""
    documents = connection.sql(f"SELECT * FROM {bronze.DOCUMENTS.full_name} ORDER BY document_id").pl()
    papers = connection.sql(
        """SELECT document_id, string_agg(source_id, ' ' ORDER BY position) AS papers FROM bronze.records
        SEMI JOIN (FROM bronze.documents WHERE listed_on IS NOT NULL) USING (document_id) WHERE source_id IS NOT NULL GROUP BY document_id"""
    ).pl()
    for document_id in repeats(documents, papers):
        connection.execute("UPDATE bronze.documents SET listing_state = 'repeat' WHERE document_id = $1", [document_id])
    paths = connection.sql(f"SELECT * FROM {bronze.DOCUMENT_PATHS.full_name}").pl()
    fill(connection, bronze.DRIFT, drift(documents, paths))
    return documents


def reject_codes(target: Path, document_ids: Collection[str]) -> dict[str, int]:
    """How many rejects of each code these documents have."""
    with opened(target, read_only=True) as connection:
        rejects = connection.sql(f"SELECT document_id, code FROM {bronze.REJECTS.full_name} WHERE document_id IS NOT NULL").pl()
    counted = rejects.filter(pl.col("document_id").is_in(sorted(document_ids))).group_by("code").len()
    return dict(counted.sort("code").iter_rows())


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


def normalized(target: Path, staged: Path) -> int:
    """Write the records typed and normalised to the staged file, where they can be checked. Gives their number."""
    count = 0

    def read() -> Iterator[pl.DataFrame]:
        nonlocal count
        with opened(target, read_only=True, memory=MEMORY_TO_READ) as connection:
            documents = connection.sql(f"SELECT * FROM {bronze.DOCUMENTS.full_name}").pl()
            for rows in batches(connection, f"SELECT * FROM {bronze.RECORDS.full_name}", RECORDS_AT_ONCE):
                count += rows.height
                yield normalize(rows, documents)

    stage(staged, RECORDS, read())
    return count


def opened_gate() -> Any:
    """A gate (expectations.gate.Gate). Great Expectations takes three seconds to import, so a run that changes nothing never gets here."""
    from expectations.gate import Gate

    return Gate()


def repaired(staged: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Repair damaged identifiers in the staged file where another record proves them. Gives rows of silver.id_repairs, and of gold.quality_issues for
    those that nothing proves."""
    columns = "SELECT record_id, source, title, arxiv_id, damaged_arxiv_id"
    with opened(staged) as connection:
        found = connection.sql(f"{columns} FROM {RECORDS.full_name} WHERE damaged_arxiv_id IS NOT NULL").pl()
        damaged = with_title_keys(found)
        keys = damaged["title_key"].unique()
        intact = [with_title_keys(found.clear())]
        if damaged.height:
            for rows in batches(connection, f"{columns} FROM {RECORDS.full_name} WHERE arxiv_id IS NOT NULL", RECORDS_AT_ONCE):
                intact.append(detached(with_title_keys(rows).filter(pl.col("title_key").is_in(keys.implode()))))
        proven = repairs(damaged, pl.concat(intact))
        connection.register("proven", proven.to_arrow())
        values = "arxiv_id = repaired_value, damaged_arxiv_id = NULL"
        connection.execute(f"UPDATE {RECORDS.full_name} SET {values} FROM proven WHERE proven.record_id = records.record_id")
    return proven, unrepaired(found.join(proven, on="record_id", how="anti"))


def lost(warehouse: Path, journal: Journal) -> list[Decision]:
    """The decisions of which a side has no record in this warehouse any more."""
    if not journal.decisions() or not warehouse.exists():
        return []
    with opened(warehouse, read_only=True) as connection:
        return lost_decisions(connection, bronze.RECORDS.full_name, journal)


def built(
    target: Path,
    staged: Path,
    published: Path,
    resolution: Resolution,
    id_repairs: pl.DataFrame,
    issues: pl.DataFrame,
    summary: Summary,
    journal: Journal,
) -> None:
    """Fill silver and gold of the new warehouse file. Papers that have not changed are taken from the published file."""
    runs = [*(quality_row(entry) for entry in journal.runs()), summary.quality_row()]
    quality = pl.DataFrame(runs, schema=gold.QUALITY.polars_schema(), orient="row")
    with opened(target) as connection:
        fill(connection, silver.RECORD_PAPERS, silver.RECORD_PAPERS.conform(resolution.members))
        fill(connection, silver.WORK_PAPERS, silver.WORK_PAPERS.conform(resolution.works))
        fill(connection, silver.ID_REDIRECTS, silver.ID_REDIRECTS.conform(resolution.redirects))
        fill(connection, silver.ID_REPAIRS, id_repairs)
        fill(connection, gold.QUALITY, gold.QUALITY.conform(quality))
        fill(connection, gold.QUALITY_ISSUES, issues)
        changed = resolution.works["paper_id"]
        if (only := resolution.changed) is not None:
            kept = changed.filter(~changed.is_in(only.implode()))
            if carry_over(connection, published, silver.OF_PAPERS, "paper_id", kept.to_list()):
                changed = changed.filter(changed.is_in(only.implode()))
                part_people(connection)
        attach(connection, staged, "staged")
        fill(connection, silver.ORGANIZATIONS, organizations(connection.sql(_ORGANIZATIONS).pl()))
        parts_folder = target.with_name("partitions")
        reading = connection.cursor()
        reading.register("changed", changed.to_frame("paper_id").to_arrow())
        count = resolution.members.join(changed.to_frame("paper_id"), on="paper_id", how="semi").height
        with partitioned(reading, _JOINED, count, parts_folder) as parts, Filling(connection) as filling:
            for joined in parts:
                for table, frame in silver_tables(joined).items():
                    filling.add(table, frame)
        reading.close()
        connection.execute("DETACH staged")
        join_people(connection)
        make_silver(connection)
        make_gold(connection, Policy(summary.policy))
        connection.execute("CHECKPOINT")


_ORGANIZATIONS = f"""SELECT organization_id, organization_name, count(*) AS record_count FROM staged.{RECORDS.full_name}
    WHERE organization_id IS NOT NULL GROUP BY ALL"""
_JOINED = f"""SELECT records.*, members.paper_id, grouped.work_id FROM staged.{RECORDS.full_name} AS records
    JOIN silver.record_papers AS members USING (record_id) JOIN silver.work_papers AS grouped USING (paper_id) SEMI JOIN changed USING (paper_id)"""


def published(target: Path, state: Path, home: Home, journal: Journal, documents: Sequence[str], resolution: Resolution, run_id: str) -> None:
    """Note the new ids and which held documents are now in, then put the file in the old one's place, and what was found of its records."""
    journal.note_ids(run_id, resolution.new_ids)
    journal.note_let_in(documents, run_id)
    publish(target, home.warehouse)
    # A state that is older than its warehouse is passed over, so these two need not be one step.
    publish(state, home.matching)
