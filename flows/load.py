"""The main job: files in, a checked and published warehouse out.

One function, whatever runs it: directly in this process, or as a Prefect flow with each stage a task (flows/prefect_flow.py).
"""

import time
from collections.abc import Callable, Sequence
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
from flows.raw_store import RawStore
from flows.reporter import Reporter
from flows.settings import Settings
from flows.summary import Summary
from flows.trouble import explained
from transforms.bronze import Bronze, Landed, combined
from warehouse.errors import GateClosed, InputError

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
    """What to load, and where to. `now` is the run's clock: UTC without zone."""

    home: Home
    files: Sequence[Path]
    settings: Settings
    now: datetime
    reporter: Reporter
    observed_at: datetime | None = None
    run_stage: StageRunner = directly
    summary: Summary = field(init=False)

    def __post_init__(self) -> None:
        run_id = self.now.strftime("%Y%m%dT%H%M%S.%fZ")
        # The dataclass is frozen for its readers; the summary is the one thing that a run fills.
        object.__setattr__(self, "summary", Summary(run_id, self.now, str(self.home.path), str(self.home.warehouse)))

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
    summary, store = job.summary, RawStore(job.home.raw, job.home.work)
    landing = job.run("land", len(job.files), stages.land, job.files, store, journal, job.settings, job.now, job.observed_at, job.reporter)
    named = {landed.document_id for landed in landing.documents}
    held = journal.held() - named
    documents = [landed for landed in store.documents() if landed.document_id not in held]
    unreadable = journal.unreadable()
    if not documents and not unreadable:
        raise InputError("nothing was named, and nothing has landed before; name a file or a folder: paperhouse run PATH...")
    summary.files = len(job.files)
    summary.inputs_sha256 = inputs_fingerprint(documents, unreadable)
    summary.code_sha256 = code_fingerprint(job.settings.limits)
    before = stages.before(job.home.warehouse)
    _note_killed(journal, before)
    is_unchanged = before.is_made_from(summary.inputs_sha256, summary.code_sha256)
    rows = Bronze.empty()
    if not is_unchanged:
        rows = _bronze(job, store, documents, before)
        _count_new(summary, rows, before.document_ids, landing)
        try:
            _make(job, journal, rows)
        except GateClosed:
            # Not all that the published file lacks: the file itself may be gone.
            last = max((run["started_at"] for run in journal.runs() if run["state"] in _GOOD_STATES), default="")
            journal.note_held((landed.document_id for landed in documents if landed.landed_at.isoformat() > last), summary.run_id)
            raise
    else:
        for name in ("records", "papers", "merged", "set_aside"):
            setattr(summary, name, before.made_by[name])
    counted = before.documents if is_unchanged else rows.documents
    if job.files:
        counted = counted.filter(pl.col("document_id").is_in(sorted(named)))
    summary.known_documents = counted.filter(pl.col("document_id").is_in(sorted(before.document_ids))).height
    # Entries that are no paper were read as what they are.
    is_loaded = (counted["kept_count"] + counted["passed_count"]).sum() > 0 or (not landing.failed and counted["rejected_count"].sum() == 0)
    summary.state = ("unchanged" if is_unchanged else "published") if is_loaded else "nothing_loaded"


def _note_killed(journal: Journal, before: stages.Before) -> None:
    """Note the run that made the published file, where it was killed before it could do so itself."""
    made_by = before.made_by
    if made_by and made_by["run_id"] not in {run["run_id"] for run in journal.runs()}:
        seconds = {name.removesuffix("_seconds"): value for name, value in made_by.items() if name.endswith("_seconds") and value is not None}
        journal.note_run({**made_by, "started_at": made_by["started_at"].isoformat(), "state": "published", "seconds": seconds})


def _bronze(job: Job, store: RawStore, documents: Sequence[Landed], before: stages.Before) -> Bronze:
    """The bronze rows of every document: those of the published file where the same code made it, the others parsed."""
    wanted = {landed.document_id for landed in documents}
    known = stages.carried_over(job.home.warehouse, wanted) if before.made_by.get("code_sha256") == job.summary.code_sha256 else Bronze.empty()
    # A document that was since seen under a better date may read differently; one that says itself when it was saved does not.
    seen = {row[0]: row[1:] for row in known.documents.select("document_id", "observed_at", "observed_at_source").iter_rows()}
    same = {
        one.document_id for one in documents if (at := seen.get(one.document_id)) and (at[1] == "page" or at == (one.capture.at, one.capture.source))
    }
    missing = [landed for landed in documents if landed.document_id not in same]
    fresh = job.run("parse", len(missing), stages.parse, missing, store, job.settings, job.reporter)
    return combined([known.only(same), fresh])


def _count_new(summary: Summary, rows: Bronze, published: set[str], landing: stages.Landing) -> None:
    """Count what no published file has yet: also what was landed by a run that was killed before it could publish."""
    is_new = ~pl.col("document_id").is_in(sorted(published))
    documents, rejects = rows.documents.filter(is_new), rows.rejects.filter(is_new)
    summary.new_documents = documents.height
    summary.kept = int(documents["kept_count"].sum())
    summary.passed = int(documents["passed_count"].sum())
    summary.rejected = int(documents["rejected_count"].sum()) + len(landing.failed)
    summary.read = int(documents["read_count"].sum()) + len(landing.failed)
    codes = [*rejects["code"], *(one.code for one in landing.failed)]
    summary.rejects_by_code = {code: codes.count(code) for code in sorted(set(codes))}


def _make(job: Job, journal: Journal, rows: Bronze) -> None:
    """From bronze to a published file."""
    summary, work = job.summary, job.home.work
    staged, target = work / "staged.duckdb", work / "warehouse.duckdb"
    records = job.run("normalize", 1, stages.normalized, rows, staged)

    gate = job.run("import", 1, stages.opened_gate)
    failing = job.run("screen", 1, gate.check, staged, [values.SUITE])
    if unchecked := [failure for failure in failing if failure.error]:
        _close(job, gate, unchecked)
    issues = values.bad_values(staged, [failure.expectation for failure in failing])
    if excessive := values.excessive(records, issues):
        _close(job, gate, excessive)
    records = values.set_aside(records, issues)

    resolution = job.run("dedupe", 1, stages.deduplicated, records, journal)
    summary.records = records.height
    summary.papers = resolution.members["paper_id"].n_unique()
    summary.merged = summary.records - summary.papers
    summary.set_aside = issues.height
    job.run("build", 1, stages.built, target, rows, records, resolution, issues, summary, journal)
    if failures := job.run("check", len(SUITES), gate.check, target, SUITES, job.reporter.advance):
        _close(job, gate, failures)
    summary.expectations = EXPECTATION_COUNT + len(values.RULES)
    job.run("docs", 1, gate.write_docs, job.home.data_docs)
    job.run("publish", 1, stages.published, target, job.home, journal, rows, resolution, summary.run_id)


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
