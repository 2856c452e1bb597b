"""The deduplication of some files, from their names to what is written."""

import errno
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import polars as pl

from flows.archives import Bounds
from flows.clock import utc_now
from flows.dedupe.documents import Document, documents
from flows.dedupe.evidence import Ignored
from flows.dedupe.merged import ENDINGS as MERGED_ENDINGS
from flows.dedupe.merged import write_merged
from flows.dedupe.naming import named
from flows.dedupe.reading import read
from flows.dedupe.review import Answers, read_answers, write_review
from flows.dedupe.tables import write_table
from flows.home import Home
from flows.settings import read_settings
from transforms.dedupe.cluster import ONLY_RECORD
from transforms.dedupe.resolve import deduplicated
from warehouse.errors import InputError, TroubleError
from warehouse.schema.staging import RECORDS
from warehouse.store import MEMORY_TO_READ, opened

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SCORE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. With no `output` and `is_quiet` no table is written."""

    paths: Sequence[str]
    output: Path | None = None
    distinct_within: Sequence[str] = ()
    ignore: Sequence[str] = ()
    merged: Path | None = None
    review: Path | None = None
    is_quiet: bool = False


@dataclass(slots=True)
class Done:
    """What became of it, in numbers; `refused` says what could not be read, and why."""

    records: int = 0
    papers: int = 0
    works: int = 0
    merged: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    to_review: int | None = None
    answered: int | None = None
    left_out: int | None = None
    seconds: float = 0.0


def run(options: Options) -> Done:
    """Deduplicate. Raises InputError for what was asked for, TroubleError for a fault of the machine; then nothing is written."""
    start = time.perf_counter()
    ignored = Ignored.of(options.ignore)
    _check_outputs(options)
    answers = read_answers(options.review) if options.review else Answers()
    beside = (options.output or options.merged or options.review or Path(tempfile.gettempdir()) / "x").absolute().parent
    try:
        folder = tempfile.TemporaryDirectory(prefix=".paperhouse-dedupe-", dir=beside, ignore_cleanup_errors=True)
    except OSError as error:
        raise InputError(f"{beside}: nothing can be written there ({(error.strerror or str(error)).lower()}); name another place") from None
    with folder as place, _explained(Path(place)):
        done = _run(options, ignored, answers, Path(place))
    done.seconds = round(time.perf_counter() - start, 1)
    return done


def _run(options: Options, ignored: Ignored, answers: Answers, folder: Path) -> Done:
    home = Home.chosen(None)
    settings = read_settings(home.settings)
    bounds = Bounds(settings.max_document_bytes, settings.max_unpacked_bytes, settings.max_unpacked_ratio)
    # A row of a person's table is one record, however long.
    limits = replace(settings.limits, max_line_bytes=max(settings.max_line_bytes, settings.max_record_bytes))
    found, refused = documents(options.paths, home.path, folder, bounds, utc_now())
    _check_inputs(options, found)
    staged = folder / "staged.duckdb"
    what = read(found, staged, limits, ignored, options.distinct_within)
    listing = named(what.listing, [document.name for document in found])
    if listing.is_empty():
        raise InputError("no record was found:\n" + "\n".join(f"  {one}" for one in [*refused, *what.refused][:20] or ["  there is no file"]))
    decided = answers.decided(listing)
    with opened(staged, read_only=True, memory=MEMORY_TO_READ) as connection:

        def abstracts(record_ids: pl.Series) -> pl.DataFrame:
            connection.register("wanted", record_ids.to_frame("record_id").to_arrow())
            return connection.sql(f"SELECT record_id, abstract FROM {RECORDS.full_name} SEMI JOIN wanted USING (record_id)").pl()

        resolved = deduplicated(what.facts, abstracts, decided)
        rows = _rows(listing, resolved.members)
        done = Done(
            records=rows.height,
            papers=rows["paper"].n_unique(),
            works=rows["work"].n_unique(),
            rejected=dict(sorted(Counter(listing["code"].drop_nulls()).items())),
            refused=[*refused, *what.refused],
        )
        done.merged = done.records - done.papers
        if options.output or not options.is_quiet:
            write_table(rows.select("record_id", "paper", "work", "rule", "score"), options.output)
        if options.review:
            done.to_review, done.answered = write_review(options.review, answers, resolved.judged, what.facts, listing, rows, connection)
    if options.merged:
        done.left_out = write_merged(options.merged, found, limits, listing, rows, folder)
    return done


def _rows(listing: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """One row per record, in their order: record_id (the output's), paper and work (the first of their records in that order), rule, score; and id,
    the record's own."""
    joined = listing.join(members.select("record_id", "paper", "work", "rule", "score"), on="record_id", how="left", maintain_order="left")
    alone = pl.col("record_id")
    joined = joined.with_columns(pl.col("paper").fill_null(alone), pl.col("work").fill_null(alone), pl.col("rule").fill_null(ONLY_RECORD))
    # In order, so that the first of a group is its first record.
    return joined.select(
        id="record_id",
        record_id="key",
        paper=pl.col("key").first().over("paper"),
        work=pl.col("key").first().over("work"),
        rule="rule",
        score=pl.col("score").fill_null(1.0).round(_SCORE_DIGITS),
    )


def _check_outputs(options: Options) -> None:
    named_outputs = [one.absolute() for one in (options.output, options.merged, options.review) if one]
    if len(set(named_outputs)) < len(named_outputs):
        raise InputError(f"{named_outputs[0]}: two outputs cannot be one file; name another for one of them")
    for one in named_outputs:
        if one.is_dir():
            raise InputError(f"{one}: this is a folder; name a file")
        if not one.parent.is_dir():
            raise InputError(f"{one}: the folder {one.parent} is not there; make it first")
    if options.merged and options.merged.suffix.lower() not in MERGED_ENDINGS:
        raise InputError(f"--merged {options.merged}: its name must end in one of {', '.join(MERGED_ENDINGS)}, which says how to write it")


def _check_inputs(options: Options, found: Sequence[Document]) -> None:
    """Raises InputError where an output would take the place of an input."""
    inputs = {document.file.resolve() for document in found}
    for one in (options.output, options.merged, options.review):
        if one and one.resolve() in inputs:
            raise InputError(f"{one}: this is one of the files to read; name another for the output")


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say faults of the machine so that a person can act on them."""
    try:
        yield
    except OSError as error:
        if error.errno not in (*_FULL, errno.EACCES, errno.EIO, errno.EMFILE, errno.EFBIG):
            raise
        raise TroubleError(_sentence(folder, error.errno in _FULL, error.strerror or str(error))) from error
    except duckdb.Error as error:
        if not isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)):
            raise
        raise TroubleError(_sentence(folder, "no space left" in str(error).lower(), str(error).splitlines()[0])) from error


def _sentence(folder: Path, is_full: bool, found: str) -> str:
    what = "the disk is full" if is_full else found
    return f"{folder}: {what}. Records are kept there while they are compared: free some space, or name an output elsewhere (or set TMPDIR)"
