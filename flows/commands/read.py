"""Reading the published file in a command."""

from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import TroubleError
from warehouse.store import opened


class read:  # noqa: N801 - reads as a verb where it is used
    """The published file, opened read-only; a file that cannot be read is explained."""

    def __init__(self, warehouse: Path) -> None:
        self._context = opened(warehouse, read_only=True)
        self._warehouse = warehouse

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._context.__enter__()
        except duckdb.Error as error:
            raise TroubleError(f"{self._warehouse}: {str(error).splitlines()[0]}; paperhouse run makes it anew from the raw store") from None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._context.__exit__(kind, error, trace)
        if isinstance(error, duckdb.Error):
            raise TroubleError(
                f"{self._warehouse}: {str(error).splitlines()[0]}; another version made it, and paperhouse run makes it anew"
            ) from None
