"""Measure paperhouse and the tools that people use for this, on the same files in one run.

    python -m tests.benchmarks.peers --environments DIR [--data DIR] [--tools DIR] [--limit 900] [--memory 12] [--tool NAME]... [SET ...]

Each tool runs in a process of its own (peer_*.py), the peers with the releases of ENVIRONMENTS, which are installed into DIR, never into the project.
Every tool gets the same records with the same normalised fields; records without a title are papers of their own for all of them. Sets are those
of er.py, and `scale-N`: N papers of make_scale.py. A run that takes more than --limit seconds, or whose processes together take more than --memory
GB, is ended. Prints a Markdown table: precision, recall and F1 by score_clusters.py (of `bulk` recall and wrong share by score_pairs.py), seconds
from the process's start to its end, and the peak memory of its processes together.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tests.benchmarks.er import read_set, scores_of
from transforms.dedupe.facts import facts

# bib-dedupe 0.11.0 and splink 5.0.0 are under the MIT licence.
ENVIRONMENTS = {
    "bib-dedupe": ("bib-dedupe==0.11.0", "pandas==3.1.1", "rapidfuzz==3.14.6"),
    "splink": ("splink==5.0.0", "duckdb==1.5.6", "pyarrow==26.0.1", "sqlglot==30.30.0"),
}
TOOLS = ("paperhouse", *ENVIRONMENTS)
SETS = ("dblp_acm", "dblp_acm*", "cora", "cytology_screening", "haematology", "digital_work", "bulk", "scale-10000", "scale-100000")
_HERE = Path(__file__).parent
_PROGRAMS = {"bib-dedupe": _HERE / "peer_bib_dedupe.py", "splink": _HERE / "peer_splink.py"}
_COMPARED = ("title", "first_family", "names", "year", "venue", "volume", "issue", "first_page", "doi", "arxiv_id")
_SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """How one process went: why it was ended or what it failed with (None where it came to its end), seconds, peak memory in GB."""

    trouble: str | None
    seconds: float
    peak: float


def python_of(tool: str, environments: Path) -> Path:
    """The tool's own Python, made and filled where it is not there yet; for paperhouse the one that runs this."""
    if tool not in ENVIRONMENTS:
        return Path(sys.executable)
    python = environments / tool / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "uv", "venv", "--python", sys.executable, str(environments / tool)], check=True)
        subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--python", str(python), *ENVIRONMENTS[tool]], check=True)
    return python


def write_records(records: pl.DataFrame, is_distinct: bool, folder: Path) -> dict[str, Path]:
    """The file that each tool reads."""
    collection = pl.col("collection").fill_null(pl.col("source")).alias("collection")
    records = records.with_columns(collection, is_distinct=pl.lit(is_distinct))
    files = {"paperhouse": folder / "paperhouse.parquet", "bib-dedupe": folder / "bib_dedupe.csv", "splink": folder / "splink.parquet"}
    records.write_parquet(files["paperhouse"])
    names = pl.col("authors").str.json_decode(pl.List(pl.Struct({"name": pl.String, "given": pl.String, "family": pl.String})))
    parts = pl.concat_str(pl.element().struct.field("family"), pl.element().struct.field("given"), separator=", ", ignore_nulls=True)
    author = names.list.eval(pl.coalesce(parts.replace("", None), pl.element().struct.field("name"))).list.join(" and ")
    as_printed = {"title": "title", "year": "year", "journal": "venue", "volume": "volume", "number": "issue", "pages": "pages", "doi": "doi"}
    search_set = {"search_set": pl.col("collection")} if is_distinct else {}
    columns = {"ID": "record_id", "ENTRYTYPE": pl.lit("article"), "author": author, "abstract": "abstract", **as_printed, **search_set}
    records.select(**columns).write_csv(files["bib-dedupe"])
    dataset = pl.col("collection") if is_distinct else pl.lit("all")
    known = pl.concat([records.select(unique_id="record_id", source_dataset=dataset), facts(records).select(_COMPARED)], how="horizontal")
    known.write_parquet(files["splink"])
    return files


def run(command: list[str], limit: float, memory: float) -> Run:
    """Run it to its end, or until it takes more than `limit` seconds or its processes together more than `memory` GB."""
    started, peak, trouble = time.perf_counter(), 0.0, None
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, cwd=_HERE.parents[1], stdout=errors, stderr=errors, start_new_session=True)
        while process.poll() is None:
            peak = max(peak, sum(_memory_of(number) for number in _session(process.pid)))
            seconds = time.perf_counter() - started
            if seconds > limit or peak > memory:
                trouble = f"over {limit:.0f} s" if seconds > limit else f"over {memory:.0f} GB"
                os.killpg(process.pid, 9)
                process.wait()
                break
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        seconds = time.perf_counter() - started
        if process.returncode and not trouble:
            errors.seek(0)
            trouble = "failed: " + (errors.read().strip().splitlines() or ["without a word"])[-1][:80]
    return Run(trouble, seconds, peak)


def _session(leader: int) -> Iterator[int]:
    """The process and those it started."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == leader:
                    yield int(entry.name)
            except ProcessLookupError:
                continue


def _memory_of(number: int) -> float:
    """GB of memory, shared pages counted by their share."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e6


def scale_folder(asked: str, tools: Path, environments: Path) -> Path | None:
    """The folder of `scale-N`, made where it is not there yet; None for other sets."""
    if not asked.startswith("scale-"):
        return None
    folder = environments / asked
    if not (folder / "truth.csv").exists():
        subprocess.run([sys.executable, str(tools / "make_scale.py"), str(folder), "--papers", asked.removeprefix("scale-")], check=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=os.environ.get("PAPERHOUSE_CORPUS"))
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--limit", type=float, default=900)
    parser.add_argument("--memory", type=float, default=12)
    parser.add_argument("--tool", action="append", choices=TOOLS)
    options = parser.parse_args()
    data, tools = Path(options.data), options.tools or Path(options.data).parent / "tools"
    chosen = {tool: python_of(tool, options.environments) for tool in options.tool or TOOLS}
    sys.stdout.write("| set | tool | precision | recall | F1 | seconds | peak memory |\n|---|---|---|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for asked in options.sets:
            scale = scale_folder(asked, tools, options.environments)
            records = read_set("scale" if scale else asked, data, scale)
            files = write_records(records, asked.endswith("*"), folder)
            for tool, python in chosen.items():
                clusters = folder / "clusters.csv"
                program = [str(_PROGRAMS[tool])] if tool in _PROGRAMS else ["-m", "tests.benchmarks.peer_paperhouse"]
                done = run([str(python), *program, str(files[tool]), str(clusters)], options.limit, options.memory)
                if done.trouble:
                    found = f"{done.trouble} | | "
                else:
                    papers = pl.read_csv(clusters, infer_schema=False).join(records.select("record_id", "key"), on="record_id")
                    rows = papers.select(record_id="key", paper="paper")
                    scores = scores_of("scale" if scale else asked, rows, data, tools, scale, clusters)
                    found = f"{scores['precision']:.4f} | {scores['recall']:.4f} | {scores['f1']:.4f}"
                sys.stdout.write(f"| {asked} | {tool} | {found} | {done.seconds:.1f} | {done.peak:.2f} GB |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
