"""The file people open: reading it back, and replacing it whole."""

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from warehouse.errors import TroubleError
from warehouse.schema import TABLES, Table
from warehouse.store import attach, opened


def read_table(path: Path, table: Table) -> pl.DataFrame | None:
    """The table's rows from a published file; None where the file is absent, damaged or of another version of the declarations.

    None is no failure: the raw store and the journal rebuild everything. Raises TroubleError where another program holds the file open
    for writing, because then nobody can say what it will be.
    """
    if not path.exists():
        return None
    try:
        with opened(path, read_only=True) as connection:
            frame = connection.sql(f"SELECT * FROM {table.full_name}").pl()
    except duckdb.IOException as error:
        if "set lock on file" in str(error):
            raise TroubleError(
                f"{path}: another program has it open for writing ({_first_line(error)}); close it there, or open it read-only"
            ) from None
        return None
    except duckdb.Error:
        return None
    return table.conform(frame) if frame.schema == table.polars_schema() else None


def carry_over(connection: duckdb.DuckDBPyConnection, published: Path, tables: Sequence[Table], key: str, values: Sequence[str]) -> bool:
    """Copy the rows of the tables with these values of the key from the published file into the connection's; False, and nothing copied, where it is
    damaged."""
    connection.register("wanted", pl.DataFrame({key: values}, schema={key: pl.String}).to_arrow())
    attach(connection, published, "published")
    try:
        connection.begin()
        for table in tables:
            rows = f"SELECT {table.columns_sql} FROM published.{table.full_name} SEMI JOIN wanted USING ({key})"
            connection.execute(f"INSERT INTO {table.full_name} ({table.columns_sql}) {rows}")
        connection.commit()
    except duckdb.Error:
        connection.rollback()
        return False
    finally:
        connection.execute("DETACH published")
        connection.unregister("wanted")
    return True


def is_whole(path: Path) -> bool:
    """Whether the file has every declared table with its columns, and all the blocks that it says it has: DuckDB opens one that was cut off, too."""
    with opened(path, read_only=True) as connection:
        ((block_size, blocks),) = connection.execute("SELECT block_size, total_blocks FROM pragma_database_size()").fetchall()
        if path.stat().st_size < block_size * blocks:
            return False
        query = "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        found = connection.execute(query).fetchall()
    declared = [(table.full_name, column.name, column.type.sql) for table in TABLES for column in table.columns]
    return sorted(found) == sorted(declared)


def publish(built: Path, target: Path) -> None:
    """Replace the target by the built file in one step, both on one file system. Readers of the old file keep it undisturbed."""
    with built.open("rb+") as file:
        os.fsync(file.fileno())
    # DuckDB refuses a file beside which another file's write-ahead log lies.
    target.with_name(target.name + ".wal").unlink(missing_ok=True)
    built.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable: a renamed file survives a power cut only then."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
