"""Score deduplication on labelled sets, read by our own parsers.

    python -m tests.benchmarks.er [--data DIR] [--tools DIR] [--scale DIR] [SET ...]

DIR of --data has er/SET/records.csv and truth.csv, and bulk/ (default $PAPERHOUSE_CORPUS); --tools has score_clusters.py and score_pairs.py (default
tools/ beside it); --scale is what make_scale.py wrote. Sets: the folders of er/, `dblp_acm*` (each source lists a paper once), `bulk`,
`scale`. Prints a line per set: precision, recall, F1, the target and whether it is met, the seconds of reading and of resolving, and the
process's peak memory. Exit status 1 if a target is missed.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import polars as pl

from transforms.bronze import Landed, read_document
from transforms.content import Content
from transforms.dedupe.facts import facts
from transforms.dedupe.resolve import deduplicated, in_memory
from transforms.normalize import normalize
from transforms.parsed import Capture, Limits

# What deduplication must reach at least on each set.
TARGETS: dict[str, dict[str, float]] = {
    "dblp_acm": {"f1": 0.975, "precision": 0.97},
    "dblp_acm*": {"f1": 0.985, "precision": 0.97},
    "cora": {"f1": 0.95, "precision": 0.95},
    "cytology_screening": {"f1": 0.993, "precision": 0.998},
    "haematology": {"f1": 0.93, "precision": 0.98},
    "digital_work": {"f1": 0.99, "precision": 0.995},
    "bulk": {"recall": 0.99, "precision": 0.999},
    "scale": {"f1": 0.995, "precision": 0.999},
}
_SEEN = datetime(2026, 1, 15)
# Left out of the evidence where the truth was made from them.
_LINKS = {"doi": None, "arxiv_id": None, "links": None}


def read(files: Iterator[tuple[str, bytes]]) -> pl.DataFrame:
    """The records of these documents as staging.records has them, with `key` (name#position), and `collection` where the source names one."""
    parts = []
    for name, data in files:
        landed = Landed(sha256(data).hexdigest(), name, len(data), _SEEN, Capture(_SEEN, "modified"))
        chunks = list(read_document(landed, Content.of(data), Limits(max_line_bytes=1 << 24)))
        documents = pl.concat([chunk.documents for chunk in chunks])
        for chunk in chunks:
            rest = chunk.records.select("record_id", "position", collection=pl.col("rest").str.json_path_match("$.source"))
            rest = rest.with_columns(key=pl.format("{}#{}", pl.lit(name), pl.col("position") - 1)).drop("position")
            parts.append(normalize(chunk.records, documents).join(rest, on="record_id", maintain_order="left"))
    return pl.concat(parts)


def _archive(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield entry.filename, archive.read(entry)


def _bulk(data: Path) -> pl.DataFrame:
    """DBLP and paperlists without what the truth was made from: landing pages, DOIs, and keys that stand in them."""
    dblp = read(iter([("dblp.bib", gzip.decompress((data / "bulk/dblp-conferences.bib.gz").read_bytes()))]))
    dblp = dblp.with_columns(pl.col("identifiers").str.replace_all(r',"(?:openreview|acl)":\[[^\]]*\]', ""), key=pl.col("source_id"))
    lists = read(_archive(data / "bulk/paperlists.zip")).with_columns(identifiers=pl.lit(None, pl.String))
    return pl.concat([dblp, lists]).with_columns(pl.lit(value, pl.String).alias(name) for name, value in _LINKS.items())


def _scored(arguments: list[str]) -> dict[str, float]:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def read_set(asked: str, data: Path, scale: Path | None = None) -> pl.DataFrame:
    """The records of a set (columns of staging.records, `key`, `collection`)."""
    name = asked.rstrip("*")
    if name == "bulk":
        return _bulk(data)
    if name == "scale" and scale:
        records = read((file, (scale / file).read_bytes()) for file in ("arxiv.jsonl", "openalex.jsonl"))
        address = "https://openalex.org/" + pl.col("source_id")
        return records.with_columns(key=pl.when(pl.col("source") == "openalex").then(address).otherwise("source_id"))
    return read(iter([("records.csv", (data / "er" / name / "records.csv").read_bytes())])).with_columns(key="source_id")


def scores_of(asked: str, rows: pl.DataFrame, data: Path, tools: Path, scale: Path | None, clusters: Path) -> dict[str, float]:
    """precision, recall and f1 of `rows` (record_id, paper); of `bulk`, whose pairs are not all known, precision is 1 less the wrong share among
    paired records. The rows are written to the file `clusters`."""
    name = asked.rstrip("*")
    if name == "bulk":
        rows.write_csv(clusters)
        found = _scored([str(tools / "score_pairs.py"), str(data / "bulk/pairs_dblp_paperlists.csv"), str(clusters)])
        precision, recall = 1 - found["wrong_share"], found["recall"]
        return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
    truth = scale / "truth.csv" if name == "scale" and scale else data / "er" / name / "truth.csv"
    # A record that its parser rejected, without a title, is a paper of its own.
    lost = pl.read_csv(truth, infer_schema=False).join(rows, on="record_id", how="anti").select("record_id", paper="record_id")
    pl.concat([rows, lost]).write_csv(clusters)
    across = ["--across", str(data / "er" / name / "records.csv")] if name == "dblp_acm" else []
    return _scored([str(tools / "score_clusters.py"), str(truth), str(clusters), *across])


def resolved(records: pl.DataFrame, is_distinct: bool) -> pl.DataFrame:
    """record_id (the set's own key) and paper of a set's records; `is_distinct` where each source lists a paper once."""
    known = facts(records)
    if is_distinct:
        known = known.join(records.select("record_id", distinct="collection"), on="record_id", maintain_order="left")
    found = deduplicated(known, in_memory(records)).members.join(records.select("record_id", "key"), on="record_id")
    return found.select(record_id="key", paper="paper")


def shortfalls(asked: str, found: dict[str, float]) -> list[str]:
    """What of the set's target is not met, in words."""
    return [f"{name} {found[name]:.4f} is below {least}" for name, least in TARGETS.get(asked, {}).items() if found[name] < least]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=[name for name in TARGETS if name != "scale"])
    parser.add_argument("--data", type=Path, default=os.environ.get("PAPERHOUSE_CORPUS"))
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--scale", type=Path)
    options = parser.parse_args()
    tools = options.tools or Path(options.data).parent / "tools"
    asked_sets = [*options.sets, *(["scale"] if options.scale and "scale" not in options.sets else [])]
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for asked in asked_sets:
            met &= score(asked, Path(options.data), tools, options.scale, Path(folder) / "clusters.csv")
    sys.exit(0 if met else 1)


def score(asked: str, data: Path, tools: Path, scale: Path | None, clusters: Path) -> bool:
    """Read, resolve, and print the scores of one set beside its target; whether it is met."""
    start = time.perf_counter()
    records = read_set(asked, data, scale)
    was_read = time.perf_counter()
    rows = resolved(records, is_distinct=asked.endswith("*"))
    seconds, peak = time.perf_counter() - was_read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found = scores_of(asked, rows, data, tools, scale, clusters)
    missed = shortfalls(asked, found)
    target = ", ".join(f"{name} {least}" for name, least in TARGETS.get(asked, {}).items())
    scores = "  ".join(f"{name} {found[name]:.4f}" for name in ("precision", "recall", "f1"))
    line = f"{asked:20s} {scores}  target {target:32s} {'MISSED' if missed else 'met':6s}"
    sys.stdout.write(f"{line} read {was_read - start:.1f} s  resolve {seconds:.1f} s  peak {peak:.2f} GB\n")
    sys.stdout.flush()
    return not missed


if __name__ == "__main__":
    main()
