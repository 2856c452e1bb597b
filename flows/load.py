"""The main job: files in, a checked and published warehouse out.

One function, whatever runs it: directly in this process, or as a Prefect flow with each stage a task (flows/prefect_flow.py).
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import polars as pl

from expectations import values
from expectations.suites import EXPECTATION_COUNT, SUITES
from flows import stages
from flows.fingerprint import code_fingerprint, inputs_fingerprint
from flows.home import Home
from flows.journal import Journal
from flows.lock import held
from flows.matching import deduplicated, earlier
from flows.raw_store import RawStore
from flows.replay import Replay, concerned, newly_resolved, write_resolved
from flows.reporter import Reporter
from flows.settings import Settings
from flows.summary import Summary
from flows.trouble import explained
from transforms.bronze import Landed
from warehouse.errors import GateClosed, InputError
from warehouse.published import read_table
from warehouse.schema import silver

T = TypeVar("T")

# Runs after which the published file had all that had landed.
_GOOD_STATES = ("published", "unchanged", "nothing_loaded")


class StageRunner(Protocol):
    """Calls a stage's function; an engine may add retries, logs and a record of it."""

    def __call__(self, stage: str, function: Callable[..., T], *arguments: Any) -> T: ...


def directly(stage: str, function: Callable[..., T], *arguments: Any) -> T:
    """Just call it."""
    del stage
    return function(*arguments)


@dataclass(frozen=True, slots=True)
class Job:
    """What to load, and where to. `now` is the run's clock: UTC without zone. With `replay`, no files: only rejects are parsed again."""

    home: Home
    files: Sequence[Path]
    settings: Settings
    now: datetime
    reporter: Reporter
    observed_at: datetime | None = None
    run_stage: StageRunner = directly
    replay: Replay | None = None
    summary: Summary = field(init=False)

    def __post_init__(self) -> None:
        run_id = self.now.strftime("%Y%m%dT%H%M%S.%fZ")
        # The dataclass is frozen for its readers; the summary is the one thing that a run fills.
        object.__setattr__(self, "summary", Summary(run_id, self.now, str(self.home.path), str(self.home.warehouse)))

    @property
    def target(self) -> Path:
        """The new warehouse file, before it is published."""
        return self.home.work / "warehouse.duckdb"

    def run(self, stage: str, total: int, function: Callable[..., T], *arguments: Any) -> T:
        """Run one stage, timed and reported."""
        self.reporter.begin(stage, total)
        start = time.perf_counter()
        try:
            return self.run_stage(stage, function, *arguments)
        finally:
            self.summary.seconds[stage] = self.summary.seconds.get(stage, 0.0) + time.perf_counter() - start
            self.reporter.end()


def load(job: Job) -> Summary:
    """Load the job's files, or where there are none what has landed before, and publish if that changes anything.

    Raises InputError where there is nothing to load, TroubleError where the machine is at fault, GateClosed where an expectation stops the
    publish; the published file then is what it was.
    """
    with explained(job.home.path):
        job.home.prepare()
        with held(job.home.lock, job.now, job.settings.wait_seconds, job.reporter.say):
            job.home.clear_work()
            journal = Journal(job.home.journal)
            try:
                _load(job, journal)
            except InputError:
                raise
            except Exception as error:
                job.summary.state = "stopped" if isinstance(error, GateClosed) else "failed"
                # Where the disk is full the journal cannot be written either; what was wrong is said all the same.
                with suppress(OSError):
                    journal.note_run(job.summary.as_facts())
                raise
            finally:
                with suppress(OSError):
                    job.home.clear_work()
            journal.note_run(job.summary.as_facts())
    return job.summary


def _load(job: Job, journal: Journal) -> None:
    store = RawStore(job.home.raw, job.home.work)
    if job.replay:
        _replay(job, job.replay, journal, store)
    else:
        _run(job, journal, store)


def _run(job: Job, journal: Journal, store: RawStore) -> None:
    """Load the files and whatever else has landed."""
    summary = job.summary
    landing = job.run("land", len(job.files), stages.land, job.files, store, journal, job.settings, job.now, job.observed_at, job.reporter)
    named = {landed.document_id for landed in landing.documents}
    held = journal.held() - named
    documents = [landed for landed in store.documents() if landed.document_id not in held]
    unreadable = journal.unreadable()
    if not documents and not unreadable:
        raise InputError(
            "nothing was named, and nothing has landed before; name a file or a folder: paperhouse run PATH..., or ask a source: "
            "paperhouse fetch SOURCE"
        )
    summary.files = len(job.files)
    summary.policy = job.settings.policy.value
    summary.inputs_sha256 = inputs_fingerprint(documents, unreadable, journal.decisions(), job.settings.policy)
    summary.code_sha256 = code_fingerprint(job.settings.limits)
    before = _before(job, journal)
    is_unchanged = before.is_made_from(summary.inputs_sha256, summary.code_sha256)
    counted = before.documents
    if is_unchanged:
        _stay(summary, before)
    else:
        is_same_code = before.made_by.get("code_sha256") == summary.code_sha256
        bronze = _bronze(job, journal, store, documents, before, _same(documents, before) if is_same_code else set())
        counted = bronze.documents
        _count_new(job, counted, before.document_ids, landing)
        try:
            _make(job, journal, store, bronze)
        except GateClosed:
            # Not all that the published file lacks: the file itself may be gone. And not all that landed since: a fetch may have landed it meanwhile.
            last = max((run["started_at"] for run in journal.runs() if run["state"] in _GOOD_STATES), default="")
            late = {landed.document_id for landed in documents if landed.landed_at.isoformat() > last}
            journal.note_held(late - before.document_ids, summary.run_id)
            raise
    if job.files:
        counted = counted.filter(pl.col("document_id").is_in(sorted(named)))
    summary.known_documents = counted.filter(pl.col("document_id").is_in(sorted(before.document_ids))).height
    # Entries that are no paper were read as what they are.
    is_loaded = (counted["kept_count"] + counted["passed_count"]).sum() > 0 or (not landing.failed and counted["rejected_count"].sum() == 0)
    summary.state = ("unchanged" if is_unchanged else "published") if is_loaded else "nothing_loaded"
    summary.lost_decisions = [decision.decision_id for decision in stages.lost(job.home.warehouse, journal)]


def _replay(job: Job, replay: Replay, journal: Journal, store: RawStore) -> None:
    """Parse the documents again in which something is rejected, and publish where anything of that can be read now. Nothing new is taken in."""
    summary, before = job.summary, _before(job, journal)
    replayed = concerned(job.home.warehouse, replay)
    documents = [one for one in store.documents() if one.document_id in before.document_ids]
    summary.known_documents = len(replayed)
    summary.policy = job.settings.policy.value
    summary.inputs_sha256 = inputs_fingerprint(documents, journal.unreadable(), journal.decisions(), job.settings.policy)
    # The other rows are carried over even where older code made them: the next run sees that, and makes all of them anew.
    summary.code_sha256 = before.made_by.get("code_sha256", "")
    bronze = _bronze(job, journal, store, documents, before, _same(documents, before) - replayed) if replayed else None
    if bronze and bronze.resolved:
        _make(job, journal, store, bronze)
        summary.state = "published"
    else:
        _stay(summary, before)
        summary.state = "unchanged"


def _stay(summary: Summary, before: stages.Before) -> None:
    """The published file stands as it was."""
    for name in ("records", "papers", "merged", "set_aside"):
        setattr(summary, name, before.made_by.get(name))


def _before(job: Job, journal: Journal) -> stages.Before:
    """What is published. The run that made it is noted, where it was killed before it could do so itself."""
    before = stages.before(job.home.warehouse)
    made_by = before.made_by
    if made_by and made_by["run_id"] not in {run["run_id"] for run in journal.runs()}:
        seconds = {name.removesuffix("_seconds"): value for name, value in made_by.items() if name.endswith("_seconds") and value is not None}
        journal.note_run({**made_by, "started_at": made_by["started_at"].isoformat(), "state": "published", "seconds": seconds})
    return before


@dataclass(frozen=True, slots=True)
class _Bronze:
    """The bronze tables, which are written: bronze.documents, what was parsed for it in this run and from what, and rejects that this resolved;
    and the run, if any, whose published rows the others are."""

    documents: pl.DataFrame
    landed: Sequence[Landed]
    parsed: set[str]
    resolved: Sequence[Mapping[str, Any]]
    made_by: str | None


def _bronze(job: Job, journal: Journal, store: RawStore, landed: Sequence[Landed], before: stages.Before, same: set[str]) -> _Bronze:
    """Write the bronze tables: rows of the published file for the documents that are the same, all others parsed."""
    published, unreadable, limits = job.home.warehouse, journal.unreadable(), job.settings.limits
    documents, parsed = job.run(
        "parse", len(landed) - len(same), stages.parse, job.target, published, same, landed, unreadable, store, limits, job.reporter
    )
    resolved = newly_resolved(job.target, published, parsed, job.now)
    job.summary.resolved = len(resolved)
    # Rows that other code made can be carried over, but what it found of them cannot.
    is_ours = bool(same) and before.made_by["code_sha256"] == code_fingerprint(limits)
    return _Bronze(documents, landed, parsed, resolved, before.made_by["run_id"] if is_ours else None)


def _same(documents: Sequence[Landed], before: stages.Before) -> set[str]:
    """The documents whose rows of the published file are those that parsing would give, if the same code made them."""
    seen = {row[0]: row[1:] for row in before.documents.select("document_id", "observed_at", "observed_at_source", "listing_state").iter_rows()}
    return {one.document_id for one in documents if (at := seen.get(one.document_id)) and _reads_as_before(one, *at)}


def _reads_as_before(landed: Landed, observed_at: datetime, observed_at_source: str, listing_state: str | None) -> bool:
    """Whether the published file's rows of the document are those that parsing would give: one that was since seen under a better date may read
    differently, unless it says itself when it was saved; and whether a listing repeats another is found again each time."""
    is_same_time = observed_at_source == "page" or (observed_at, observed_at_source) == (landed.capture.at, landed.capture.source)
    return is_same_time and listing_state != "repeat"


def _count_new(job: Job, documents: pl.DataFrame, published: set[str], landing: stages.Landing) -> None:
    """Count what no published file has yet: also what was landed by a run that was killed before it could publish."""
    summary, new = job.summary, documents.filter(~pl.col("document_id").is_in(sorted(published)))
    summary.new_documents = new.height
    summary.kept = int(new["kept_count"].sum())
    summary.passed = int(new["passed_count"].sum())
    summary.rejected = int(new["rejected_count"].sum()) + len(landing.failed)
    summary.read = int(new["read_count"].sum()) + len(landing.failed)
    codes = Counter(stages.reject_codes(job.target, set(new["document_id"]))) + Counter(one.code for one in landing.failed)
    summary.rejects_by_code = dict(sorted(codes.items()))


def _make(job: Job, journal: Journal, store: RawStore, bronze: _Bronze) -> None:
    """From bronze to a published file."""
    summary, staged, target = job.summary, job.home.work / "staged.duckdb", job.target
    write_resolved(target, [*journal.resolved(), *bronze.resolved], bronze.landed, bronze.parsed, store)
    with ThreadPoolExecutor(max_workers=1) as background:
        # Importing Great Expectations takes seconds in which Polars and DuckDB need no Python.
        opening = background.submit(stages.opened_gate)
        summary.records = job.run("normalize", 1, stages.normalized, target, staged)
        gate = job.run("import", 1, opening.result)
    failing = job.run("screen", 1, gate.check, staged, [values.SUITE])
    if unchecked := [failure for failure in failing if failure.error]:
        _close(job, gate, unchecked)
    issues = values.bad_values(staged, [failure.expectation for failure in failing])
    if excessive := values.excessive(staged, issues):
        _close(job, gate, excessive)
    values.set_aside(staged, issues)
    id_repairs, unrepaired = stages.repaired(staged)
    issues = pl.concat([issues, unrepaired])

    state = job.home.work / "matching.duckdb"
    known = earlier(job.home.matching, bronze.made_by, bronze.parsed, _repaired_anew(job.home.warehouse, id_repairs)) if bronze.made_by else None
    resolution = job.run("dedupe", 1, deduplicated, staged, journal, known, state, summary.run_id)
    summary.papers = resolution.members["paper_id"].n_unique()
    summary.merged = summary.records - summary.papers
    summary.set_aside = issues.height
    job.run("build", 1, stages.built, target, staged, job.home.warehouse, resolution, id_repairs, issues, summary, journal)
    if failures := job.run("check", len(SUITES), gate.check, target, SUITES, job.reporter.advance):
        _close(job, gate, failures)
    summary.expectations = EXPECTATION_COUNT + len(values.RULES)
    job.run("docs", 1, gate.write_docs, job.home.data_docs)
    journal.note_resolved(bronze.resolved)
    job.run("publish", 1, stages.published, target, state, job.home, journal, bronze.documents["document_id"], resolution, summary.run_id)


def _repaired_anew(warehouse: Path, id_repairs: pl.DataFrame) -> pl.Series:
    """The records whose repaired identifiers are others than in the published file."""
    before = read_table(warehouse, silver.ID_REPAIRS)
    both = pl.concat([id_repairs, id_repairs.clear() if before is None else before]).select("record_id", "scheme", "repaired_value")
    once = both.filter(pl.len().over(both.columns) == 1)
    return once["record_id"].unique()


def _close(job: Job, gate: Any, failures: Sequence[Any]) -> None:
    job.run("docs", 1, gate.write_docs, job.home.data_docs)
    stands = f"{job.home.warehouse} stands as it was" if job.home.warehouse.exists() else "nothing was published"
    listed = "\n".join(f"  {failure}" for failure in failures)
    plural = "s are" if len(failures) != 1 else " is"
    raise GateClosed(
        f"{len(failures)} expectation{plural} not met, so {stands}:\n{listed}\n"
        f"See {job.home.data_docs / 'index.html'}. The files that are new in this run are held back until they are named again:"
        " other files can be loaded meanwhile."
    )
