"""paperhouse on one file of normalised records (staging.records as Parquet, with `collection` where a source lists each paper once).

python -m tests.benchmarks.peer_paperhouse RECORDS.parquet CLUSTERS.csv
"""

import sys

import polars as pl

from tests.benchmarks.er import resolved


def main() -> None:
    read, written = sys.argv[1:]
    records = pl.read_parquet(read)
    resolved(records.with_columns(key="record_id"), is_distinct=bool(records["is_distinct"].any())).write_csv(written)


if __name__ == "__main__":
    main()
