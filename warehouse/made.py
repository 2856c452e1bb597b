"""Tables that are made of others by SQL, each by the file of its name in warehouse/sql/."""

from importlib.resources import files

import duckdb

from warehouse.schema import Table, gold, silver
from warehouse.schema.gold import Policy

# Some gatherings of DuckDB do not go to disk: what is gathered at once is bounded by a range of keys, of about so many rows.
_ROWS_AT_ONCE = 100_000
# The query that gives the first and the last key of each range; the table's own query reads them as the variables first and last.
_RANGES = {
    gold.PAPERS: """
        SELECT min(work_id), max(work_id)
        FROM (SELECT work_id, (sum(paper_count) OVER (ORDER BY work_id) - 1) // $1 AS part FROM silver.works)
        GROUP BY part ORDER BY part""",
}


def make_silver(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the silver tables that are made of other silver tables, which must be there."""
    _make(connection, silver.TABLES)


def make_gold(connection: duckdb.DuckDBPyConnection, policy: Policy = Policy.MERGE) -> None:
    """Fill every gold table that has SQL; those without are the caller's to fill."""
    connection.execute("SET VARIABLE policy = $1", [policy.value])
    _make(connection, gold.TABLES)


def _make(connection: duckdb.DuckDBPyConnection, tables: tuple[Table, ...]) -> None:
    for table in tables:
        if (query := table_sql(table)) is None:
            continue
        keys = ", ".join(f'"{name}"' for name in table.key)
        ranges = connection.execute(_RANGES[table], [_ROWS_AT_ONCE]).fetchall() if table in _RANGES else [(None, None)]
        for first, last in ranges:
            connection.execute("SET VARIABLE first = $1", [first])
            connection.execute("SET VARIABLE last = $1", [last])
            connection.execute(f"INSERT INTO {table.full_name} ({table.columns_sql}) SELECT {table.columns_sql} FROM (\n{query}\n) ORDER BY {keys}")


def table_sql(table: Table) -> str | None:
    """The SELECT that makes a table; None for one that the flows give."""
    file = files("warehouse").joinpath("sql", table.schema, f"{table.name}.sql")
    return file.read_text(encoding="utf-8").rstrip().rstrip(";") if file.is_file() else None
