"""The mend that lets Great Expectations read DuckDB.

Great Expectations fetches a query's rows after its SQLAlchemy connection is closed. duckdb-engine 0.17 runs every SQLAlchemy cursor on the one
DuckDB connection, whose pending result is gone by then: every expectation fails with `list index out of range` (great_expectations #10738).
Here each SQLAlchemy cursor is a DuckDB cursor of its own, whose result stays. It is a dialect of our own name, so nothing is patched.
tests/expectations/test_duckdb_connection.py fails on the day that the plain dialect works, and this file can go.
"""

from typing import Any

from duckdb_engine import ConnectionWrapper, CursorWrapper, Dialect
from sqlalchemy.dialects import registry

URL_PREFIX = "duckdb+paperhouse:///"


class OwnCursorConnection(ConnectionWrapper):
    """A connection whose cursors do not share their results."""

    def cursor(self) -> CursorWrapper:
        return CursorWrapper(self.__getattr__("cursor")(), self)


class OwnCursorDialect(Dialect):
    """DuckDB through duckdb-engine, with such connections."""

    driver = "paperhouse"
    supports_statement_cache = False

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        wrapper = super().connect(*args, **kwargs)
        wrapper.__class__ = OwnCursorConnection
        return wrapper


def register() -> None:
    """Make SQLAlchemy know the dialect by its name in URL_PREFIX."""
    registry.register("duckdb.paperhouse", __name__, OwnCursorDialect.__name__)
