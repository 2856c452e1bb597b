"""paperhouse on one file of normalised records (staging.records as Parquet, with `collection` where a source lists each paper once).

python -m tests.benchmarks.peer_paperhouse RECORDS.parquet CLUSTERS.csv
"""

import sys

import polars as pl

from transforms.dedupe.facts import facts
from transforms.dedupe.resolve import deduplicated, in_memory


def main() -> None:
    read, written = sys.argv[1:]
    records = pl.read_parquet(read)
    known = facts(records)
    if records["is_distinct"].any():
        known = known.with_columns(distinct=records["collection"])
    deduplicated(known, in_memory(records)).members.select("record_id", "paper").write_csv(written)


if __name__ == "__main__":
    main()
