"""The mend that lets Great Expectations read DuckDB.

Great Expectations fetches a query's rows after its SQLAlchemy connection is closed. duckdb-engine 0.17 runs every SQLAlchemy cursor on the one
DuckDB connection, whose pending result is gone by then: every expectation fails with `list index out of range` (great_expectations #10738).
Here each SQLAlchemy cursor is a DuckDB cursor of its own, whose result stays. It is a dialect of our own name, so nothing is patched.
tests/expectations/test_duckdb_connection.py fails on the day that the plain dialect works, and this file can go.

It also reads a table's columns from DuckDB's own catalogue: the Postgres catalogue that duckdb-engine asks takes 35 ms a table, and there are many.
"""

from typing import Any
from urllib.parse import unquote

from duckdb_engine import ConnectionWrapper, CursorWrapper, Dialect
from sqlalchemy import text, types
from sqlalchemy.dialects import registry

# The file is given beside the address, as the argument `database`, percent-encoded.
URL = "duckdb+paperhouse:///"


class OwnCursorConnection(ConnectionWrapper):
    """A connection whose cursors do not share their results."""

    def cursor(self) -> CursorWrapper:
        return CursorWrapper(self.__getattr__("cursor")(), self)


class OwnCursorDialect(Dialect):
    """DuckDB through duckdb-engine, with such connections."""

    driver = "paperhouse"
    supports_statement_cache = False

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["database"] = unquote(kwargs["database"])
        wrapper = super().connect(*args, **kwargs)
        wrapper.__class__ = OwnCursorConnection
        return wrapper

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[dict[str, Any]]:
        columns = "SELECT column_name, data_type, is_nullable FROM duckdb_columns()"
        query = text(f"{columns} WHERE table_name = :name AND schema_name = :schema ORDER BY column_index")
        rows = connection.execute(query, {"name": table_name, "schema": schema or "main"}).fetchall()
        return [{"name": name, "type": _TYPES.get(kind, types.NullType()), "nullable": nullable, "default": None} for name, kind, nullable in rows]


# The types that the table declarations use (warehouse/schema/model.py).
_TYPES = {
    "VARCHAR": types.String(),
    "JSON": types.JSON(),
    "BIGINT": types.BigInteger(),
    "DOUBLE": types.Float(),
    "BOOLEAN": types.Boolean(),
    "DATE": types.Date(),
    "TIMESTAMP": types.DateTime(),
}


def register() -> None:
    """Make SQLAlchemy know the dialect by its name in URL."""
    registry.register("duckdb.paperhouse", __name__, OwnCursorDialect.__name__)
