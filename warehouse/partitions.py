"""Reading a large query by papers, part after part, so that no more than a part is in memory."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

import duckdb
import polars as pl

# Half a gigabyte of abstracts, and what is made of them.
_ROWS = 100_000
# Ids are hexadecimal digits after a letter, evenly spread: their first two digits part them in 256 at most, in their order.
_PARTS = 256


@contextmanager
def partitioned(
    connection: duckdb.DuckDBPyConnection, query: str, rows: int, folder: Path, rows_at_once: int = _ROWS
) -> Iterator[Iterator[pl.DataFrame]]:
    """The rows of a query that has a column paper_id, in frames of about so many rows: all rows of a paper are in one frame, and the frames are in
    the order of paper_id.

    Of many rows the folder holds a copy meanwhile: they are read once, and not once for each part.
    """
    count = min(_PARTS, ceil(rows / rows_at_once))
    if count <= 1:
        yield iter([connection.sql(query).pl()])
        return
    part = f"CAST('0x' || substr(paper_id, 2, 2) AS INTEGER) * {count} // {_PARTS}"
    quoted = str(folder).replace("'", "''")
    try:
        # Rows of all parts wait in memory to be written; few of each, or the parts together would be as large as the whole.
        connection.execute("SET partitioned_write_flush_threshold = 8192")
        connection.execute(f"COPY (SELECT *, {part} AS part FROM ({query})) TO '{quoted}' (FORMAT parquet, COMPRESSION lz4, PARTITION_BY (part))")
        # In a pattern the signs of the home's own name could mean something; in brackets each means itself.
        literal = re.sub(r"[*?\[]", r"[\g<0>]", quoted)
        yield (_part(connection, f"{literal}/part={number}/*.parquet") for number in range(count) if (folder / f"part={number}").exists())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _part(connection: duckdb.DuckDBPyConnection, files: str) -> pl.DataFrame:
    return connection.sql(f"SELECT * FROM read_parquet('{files}', hive_partitioning = false)").pl()
