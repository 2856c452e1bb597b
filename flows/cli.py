"""The command line. Everything heavy is imported inside the commands, so that --help answers at once."""

import gc
import json
import os
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.wording import printable
from warehouse.errors import PaperhouseError

app = typer.Typer(
    name="paperhouse",
    help="Listings of research papers, merged once into one DuckDB file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The folder of the warehouse; else $PAPERHOUSE_HOME, else ./paperhouse-data.", show_default=False)
]
WaitOption = Annotated[
    int | None,
    typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for another run in this home; 600 unless set.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]


class Engine(StrEnum):
    """What runs a load."""

    AUTO = "auto"
    LOCAL = "local"
    PREFECT = "prefect"


class DaysOf(StrEnum):
    """Which of a work's days --from and --to mean."""

    UPDATED = "updated"
    PUBLISHED = "published"


class AnswerFormat(StrEnum):
    """How the answer to a query is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class ExportFormat(StrEnum):
    """How exported tables are written."""

    PARQUET = "parquet"
    CSV = "csv"


@app.command(epilog="Example: paperhouse run saved-pages/ more/page.txt")
def run(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Files, folders or patterns; none: what has landed before.", show_default=False)
    ] = None,
    home: HomeOption = None,
    sample: Annotated[bool, typer.Option("--sample", help="Load the bundled invented papers, into the folder sample of the home.")] = False,
    observed_at: Annotated[
        str | None, typer.Option("--observed-at", metavar="TIME", help="When the files were saved, as 2025-12-16 or with a time.", show_default=False)
    ] = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="auto: a Prefect server where one is configured and answers, else this process.")
    ] = Engine.AUTO,
    wait: WaitOption = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="POLICY",
            help="What gold.papers makes of the versions of a work: merge, prefer_published or keep_both; merge unless set.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load dumps up to a published warehouse.

    Exit status: 0 done, 1 our fault or the machine's, 2 nothing could be loaded, 3 an expectation stopped the publish.
    """
    from flows.commands.run import run as command

    raise typer.Exit(command(paths or [], home, sample, observed_at, engine.value, wait, as_json, policy))


@app.command(epilog="Example: paperhouse fetch hf --from 2025-01-01 --to 2025-01-31")
def fetch(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="hf, arxiv, openalex, crossref or url.")],
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL]...", help="For url: the addresses.", show_default=False)] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="The first day; else where the last fetch ended.", show_default=False)
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="The last day; else today for hf, yesterday for others.", show_default=False)
    ] = None,
    set_name: Annotated[str | None, typer.Option("--set", metavar="SET", help="arxiv: a set, as cs:cs:CL.", show_default=False)] = None,
    filter_text: Annotated[
        str | None, typer.Option("--filter", metavar="FILTER", help="openalex, crossref: a filter in the source's own words.", show_default=False)
    ] = None,
    by: Annotated[DaysOf | None, typer.Option("--by", help="openalex: which of a work's days; published unless set.", show_default=False)] = None,
    ids: Annotated[list[str] | None, typer.Option("--id", metavar="ID", help="hf: single papers instead of days.", show_default=False)] = None,
    is_again: Annotated[bool, typer.Option("--again", help="Ask also for what has landed or has failed for good.")] = False,
    is_plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be asked, how long it takes and its share of the quota; ask nothing.")
    ] = False,
    home: HomeOption = None,
    wait: Annotated[
        int | None,
        typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for another fetch in this home; 600 unless set.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a source for what is new, and land its answers; run loads them.

    Exit status: 0 done, 1 it was stopped (the same command goes on from there), 2 all that you named was refused.
    """
    from flows.commands.fetch import fetch as command
    from flows.fetch.source import Options

    options = Options(urls or [], first, last, set_name, filter_text, by.value if by else None, ids or [], is_again)
    raise typer.Exit(command(source, options, home, wait, is_plan, as_json))


@app.command(epilog="""Example: paperhouse sql "select year, count(*) from gold.papers group by all order by all" """)
def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A SELECT in DuckDB's SQL.")],
    home: HomeOption = None,
    form: Annotated[AnswerFormat, typer.Option("--format", help="How to write the answer.")] = AnswerFormat.TABLE,
    output: Annotated[Path | None, typer.Option("--output", help="A file for the answer instead of the screen.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Ask the warehouse."""
    from flows.commands.ask import ask

    ask(query, home, "json" if as_json else form.value, output)


@app.command(epilog="Example: paperhouse dedupe library.bib export.csv --output papers.csv --merged clean.bib --review doubtful.csv")
def dedupe(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders or patterns: BibTeX, RIS, CSV, JSON lines, Parquet, ...")],
    output: Annotated[
        Path | None, typer.Option("--output", help="Where the table goes (.csv, .jsonl, .parquet); else standard output.", show_default=False)
    ] = None,
    distinct_within: Annotated[
        list[str] | None,
        typer.Option("--distinct-within", metavar="SOURCE", help="A source that lists each paper once; may be repeated.", show_default=False),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="FIELDS", help="Fields to leave out of the evidence, commas between; may be repeated.", show_default=False),
    ] = None,
    merged: Annotated[
        Path | None, typer.Option("--merged", help="Write one entry per paper (.bib, .ris, .csv, .jsonl, .parquet).", show_default=False)
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option("--review", help="A CSV of doubtful pairs to decide by hand; answers in it are taken back.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON, in the place of a table that has no --output.")] = False,
) -> None:
    """Deduplicate your own files, without a warehouse: record_id, paper, work, rule and score of every record.

    Exit status: 0 done, 1 our fault or the machine's, 2 nothing could be read, or an option is wrong.
    """
    from flows.commands.dedupe import dedupe as command
    from flows.dedupe.job import Options

    raise typer.Exit(command(Options(paths, output, distinct_within or (), ignore or (), merged, review, as_json)))


@app.command(epilog="Example: paperhouse status --json")
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say what is there: tables, documents landed, the last run, who is loading and fetching now."""
    from flows.commands.look import status as command

    command(home, as_json)


@app.command(epilog="Example: paperhouse rejects --code unknown_format; with a newer version: paperhouse rejects --replay")
def rejects(
    home: HomeOption = None,
    code: Annotated[str | None, typer.Option("--code", help="Only rejects with this code.", show_default=False)] = None,
    replay: Annotated[bool, typer.Option("--replay", help="Parse them again with today's parsers, and publish what can be read now.")] = False,
    wait: WaitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what was refused, where and why; or read it again."""
    if replay:
        from flows.commands.run import replayed

        raise typer.Exit(replayed(home, code, wait, as_json))
    from flows.commands.look import rejects as command

    command(home, code, as_json)


@app.command(epilog="Example: paperhouse export tables/ --format csv")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, or one with an earlier export, which is replaced.")],
    home: HomeOption = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="How to write the tables.")] = ExportFormat.PARQUET,
    as_json: JsonOption = False,
) -> None:
    """Write every table to a file, with a manifest."""
    from flows.commands.export import export as command

    command(folder, home, form.value, as_json)


@app.command(epilog="Example: paperhouse explain 2503.02130; where its title comes from: paperhouse explain 2503.02130 title")
def explain(
    paper: Annotated[
        str, typer.Argument(metavar="PAPER", help="A paper_id (an old one too), record_id, arXiv id, DOI, other identifier, or work_id.")
    ],
    field: Annotated[
        str | None, typer.Argument(metavar="[FIELD]", help="Only this field: title, abstract, venue, ...; in full.", show_default=False)
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a paper is one: its records, the evidence that joins them, what was not merged and why, where each field comes from."""
    from flows.commands.explain import explain as command

    command(paper, field, home, as_json)


NameA = Annotated[str, typer.Argument(metavar="A", help="A paper_id (an old one too), record_id, arXiv id, DOI, other identifier, or work_id.")]
NameB = Annotated[str, typer.Argument(metavar="B", help="The other one, named in any of these ways.")]
UndoOption = Annotated[bool, typer.Option("--undo", help="Take that decision back.")]
LaterOption = Annotated[bool, typer.Option("--later", help="Only note it; the next run applies it.")]


@app.command(epilog="Example: paperhouse pin 2503.02130 10.1145/3292500.3330701")
def pin(
    a: NameA,
    b: NameB,
    undo: UndoOption = False,
    later: LaterOption = False,
    home: HomeOption = None,
    wait: WaitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that two papers are one, for ever, whatever the evidence; the warehouse is made anew by it.

    Exit status: 0 done or said already, 1 our fault or the machine's, 2 a name means nothing, or an earlier decision says otherwise, 3 an expectation
    stopped the publish.
    """
    from flows.commands.decide import decide

    raise typer.Exit(decide("same", a, b, home, undo, later, wait, as_json))


@app.command(epilog="Example: paperhouse split pfcd2df2d6c34f95e p0184ae51ba29d5b6; of one paper, two of its records: paperhouse split RECORD RECORD")
def split(
    a: NameA,
    b: NameB,
    undo: UndoOption = False,
    later: LaterOption = False,
    home: HomeOption = None,
    wait: WaitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that two are different papers, for ever, whatever the evidence; the warehouse is made anew by it.

    Where A and B are now in one paper, name two records of it. Exit status: as of pin.
    """
    from flows.commands.decide import decide

    raise typer.Exit(decide("different", a, b, home, undo, later, wait, as_json))


@app.command(epilog="Example: paperhouse decisions --json")
def decisions(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List what was said with pin and split and not taken back, and whether the warehouse goes by it."""
    from flows.commands.decide import decisions as command

    command(home, as_json)


_INTERRUPTED = 130


def _drop_output() -> None:
    """Lead what is still to be printed nowhere: the reader of our output has seen enough, and that is no failure to speak of."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def main() -> None:
    """Run the command line: failures that we can explain are a sentence, and only our own faults have a stack trace."""
    try:
        app()
    except PaperhouseError as error:
        if "--json" in sys.argv[1:]:
            print(json.dumps({"error": str(error), "exit_status": error.exit_status}))
        print(f"paperhouse: {printable(str(error))}", file=sys.stderr)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except SystemExit as end:
        # Typer has caught the keyboard's interrupt by now.
        if end.code == _INTERRUPTED:
            left = "nothing was written" if sys.argv[1:2] == ["dedupe"] else "the published warehouse stands as it was"
            print(f"paperhouse: stopped; {left}", file=sys.stderr)
        raise
    except PermissionError as error:
        print(f"paperhouse: {printable(str(error.filename))}: permission denied; name another place, or change its permissions", file=sys.stderr)
        sys.exit(2)
    except Exception:
        traceback.print_exc()
        print(
            "paperhouse: this is a fault of paperhouse itself; the published warehouse stands as it was. Please report the lines above",
            file=sys.stderr,
        )
        sys.exit(1)
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_output()
        # The process ends here: looking through all of Great Expectations for garbage first would cost most of a second.
        # DuckDB 2.0 would take what is left for a leak and say so at length.
        if "great_expectations" in sys.modules and sys.modules["duckdb"].__version__ < "2":
            gc.freeze()


if __name__ == "__main__":
    main()
