"""Making a warehouse file: tables from their declarations, frames into tables, gold from its SQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl

from warehouse.schema import BY_NAME, SCHEMAS, TABLES, Table, gold


@contextmanager
def opened(path: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file, closed at the end. What is written can be read by every client of DuckDB 1.5, also where DuckDB 2.0 writes it."""
    connection = duckdb.connect(str(path), read_only=read_only, config={} if read_only else {"storage_compatibility_version": "v1.5.0"})
    try:
        yield connection
    finally:
        connection.close()


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
    connection.register("incoming", frame.to_arrow())
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    connection.execute(f"INSERT INTO {table.full_name} ({columns}) SELECT {columns} FROM incoming")
    connection.unregister("incoming")


def stage(path: Path, table: Table, frame: pl.DataFrame) -> None:
    """A new file with this one table."""
    path.unlink(missing_ok=True)
    with opened(path) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
        connection.execute(table.ddl())
        fill(connection, table, frame)


def build(path: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """A new warehouse file: the given frames by full table name, then every gold table that has SQL."""
    path.unlink(missing_ok=True)
    with opened(path) as connection:
        create(connection)
        for name, frame in frames.items():
            fill(connection, BY_NAME[name], frame)
        for table in gold.TABLES:
            if table.full_name not in frames:
                columns = ", ".join(f'"{name}"' for name in table.column_names)
                keys = ", ".join(f'"{name}"' for name in table.key)
                connection.execute(f"INSERT INTO {table.full_name} ({columns}) SELECT {columns} FROM (\n{gold_sql(table)}\n) ORDER BY {keys}")
        connection.execute("CHECKPOINT")


def gold_sql(table: Table) -> str:
    """The SELECT that makes a gold table."""
    return files("warehouse").joinpath("sql", "gold", f"{table.name}.sql").read_text(encoding="utf-8").rstrip().rstrip(";")
