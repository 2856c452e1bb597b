"""paperhouse on one file of normalised records (staging.records as Parquet, with `collection` where a source lists each paper once).

python -m tests.benchmarks.peer_paperhouse RECORDS.parquet CLUSTERS.csv
"""

import sys

import polars as pl

from transforms.dedupe.resolve import deduplicated


def main() -> None:
    read, written = sys.argv[1:]
    records = pl.read_parquet(read)
    within = records["collection"].unique().to_list() if records["is_distinct"].any() else []
    deduplicated(records, within).select("record_id", "paper").write_csv(written)


if __name__ == "__main__":
    main()
