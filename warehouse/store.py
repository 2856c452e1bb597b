"""Making a warehouse file: tables from their declarations, frames into tables."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import TracebackType

import duckdb
import polars as pl

from warehouse.schema import SCHEMAS, TABLES, Table

# What DuckDB may hold of a file at once while one is made; beyond it, it sorts and joins on disk, beside the file. Reading row after row needs less,
# and would keep as much as it may. A person's query has DuckDB's own bound.
MEMORY = "1GiB"
MEMORY_TO_READ = "256MiB"
# An INSERT costs a thousandth of a second however few its rows are, and a frame of 64 MiB is no burden.
_ROWS_AT_ONCE = 20_000
_BYTES_AT_ONCE = 64 << 20


@contextmanager
def opened(path: Path, read_only: bool = False, memory: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file, closed at the end. What is written can be read by every client of DuckDB 1.5, also where DuckDB 2.0 writes it.

    `memory` is what DuckDB may hold at once: MEMORY where it writes, else DuckDB's own bound, unless one is given.
    """
    connection = duckdb.connect(str(path), read_only=read_only, config={} if read_only else {"storage_compatibility_version": "v1.5.0"})
    try:
        if bound := memory or (None if read_only else MEMORY):
            # Not with the connection's configuration: two connections of one process to one file must agree in that.
            connection.execute(f"SET memory_limit = '{bound}'")
        yield connection
    finally:
        connection.close()


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Let the connection read another file, under this name."""
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS {name} (READ_ONLY)")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Every schema and table, empty, with their comments."""
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for table in TABLES:
        connection.execute(table.ddl())
        for comment in table.comments():
            connection.execute(comment)


def fill(connection: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame) -> None:
    """Put the frame's rows into the table. The frame has the table's columns (Table.conform)."""
    # Not by registering the frame: what a transaction registers it keeps until it ends, and with it all the rows.
    connection.from_arrow(frame.select(table.column_names).to_arrow()).insert_into(table.full_name)


def stage(path: Path, table: Table, frames: Iterable[pl.DataFrame]) -> None:
    """A new file with this one table, filled with the frames as they come."""
    path.unlink(missing_ok=True)
    with opened(path) as connection:
        # It is read once or twice and thrown away: finding the best compression would cost more than it saves.
        connection.execute("PRAGMA force_compression = 'uncompressed'")
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
        connection.execute(table.ddl())
        with Filling(connection) as filling:
            for frame in frames:
                filling.add(table, frame)


def detached(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own. What is read in batches shares the memory of its batch, and a small column kept would keep all of it."""
    buffer = BytesIO()
    frame.write_ipc(buffer)
    buffer.seek(0)
    return pl.read_ipc(buffer)


def batches(connection: duckdb.DuckDBPyConnection, query: str, rows: int = 50_000) -> Iterator[pl.DataFrame]:
    """The rows of a query in frames of so many, read as they are asked for. The connection must not be used for anything else meanwhile."""
    for batch in connection.sql(query).to_arrow_reader(rows):
        yield pl.DataFrame(pl.from_arrow(batch))


class Filling:
    """Fills tables with frames that come in small pieces: gathers them, and writes many rows at once, all in one transaction.

    The connection writes in a thread of its own while the next frames are made, and must not be used for anything else meanwhile; a cursor of it may.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._waiting: dict[Table, list[pl.DataFrame]] = {}
        self._rows, self._bytes = 0, 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="filling")
        self._writing: Future[None] | None = None

    def __enter__(self) -> "Filling":
        self._connection.begin()
        return self

    def add(self, table: Table, frame: pl.DataFrame) -> None:
        """Take rows that have the table's columns (Table.conform). Raises whatever kept earlier rows from being written."""
        if frame.height:
            self._waiting.setdefault(table, []).append(frame)
            self._rows += frame.height
            self._bytes += int(frame.estimated_size())
        if self._rows >= _ROWS_AT_ONCE or self._bytes >= _BYTES_AT_ONCE:
            self._write()

    def _write(self) -> None:
        self._written()
        self._writing = self._writer.submit(_fill_all, self._connection, self._waiting)
        self._waiting, self._rows, self._bytes = {}, 0, 0

    def _written(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self._write()
                self._written()
                self._connection.commit()
        finally:
            self._writer.shutdown()


def _fill_all(connection: duckdb.DuckDBPyConnection, waiting: dict[Table, list[pl.DataFrame]]) -> None:
    for table, parts in waiting.items():
        fill(connection, table, pl.concat(parts))
