"""paperhouse sql."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table

from flows.home import Home
from flows.wording import printable
from warehouse.errors import InputError, TroubleError
from warehouse.store import opened

FORMATS = ("table", "csv", "json", "parquet")
# A table is for eyes; all rows are for csv, json and parquet.
_ROWS_SHOWN = 100
_WIDTH_WITHOUT_TERMINAL = 400


def ask(query: str, home_option: Path | None, form: str, output: Path | None) -> None:
    """Run the query on the published file, which is opened read-only, and write the answer."""
    warehouse = Home.chosen(home_option).need_warehouse()
    if form == "parquet" and not output:
        raise InputError("--format parquet: Parquet is no text; name a file with --output")
    try:
        with opened(warehouse, read_only=True) as connection:
            # A question changes nothing: no file is written or read beside the warehouse, no extension comes from the network.
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            answer = connection.sql(query)
            if answer is None:
                raise InputError("the statement gives no rows; ask with SELECT, FROM, DESCRIBE or SHOW")
            _write(answer, form, output)
    except duckdb.IOException as error:
        raise TroubleError(f"{warehouse}: {error}") from None
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        raise InputError(f"the query could not be answered: {error}") from None


def _write(answer: duckdb.DuckDBPyRelation, form: str, output: Path | None) -> None:
    if form == "table":
        text = as_table(answer.columns, answer.limit(_ROWS_SHOWN + 1).fetchall())
        _put(text, output)
    elif form == "csv":
        _put(answer.pl().write_csv(), output)
    elif form == "json":
        names = _distinct(answer.columns)
        rows = [dict(zip(names, map(_json_value, row), strict=True)) for row in answer.fetchall()]
        _put(json.dumps(rows, default=str, ensure_ascii=False, indent=1) + "\n", output)
    else:
        with _explained(output):
            answer.pl().write_parquet(str(output))


def _distinct(names: list[str]) -> list[str]:
    """The columns' names, the second of one name with _2 behind it: an object cannot have two."""
    return [name if names.index(name) == at else f"{name}_{names[: at + 1].count(name)}" for at, name in enumerate(names)]


def _json_value(value: Any) -> Any:
    """JSON has no number that is none."""
    return None if isinstance(value, float) and not isfinite(value) else value


@contextmanager
def _explained(output: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{output}: it cannot be written ({(error.strerror or str(error)).lower()})") from None


def _put(text: str, output: Path | None) -> None:
    if not output:
        sys.stdout.write(text)
        return
    with _explained(output):
        output.write_text(text, encoding="utf-8")


def as_table(columns: list[str], rows: list[Any], more: str = "add --format csv for all") -> str:
    """The rows as a table of text: as wide as the terminal, or wide enough for each row where there is none."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(_plain(column), overflow="fold")
    for row in rows[:_ROWS_SHOWN]:
        table.add_row(*("" if value is None else _plain(value) for value in row))
    is_terminal = sys.stdout.isatty()
    console = Console(width=None if is_terminal else _WIDTH_WITHOUT_TERMINAL, highlight=False, markup=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    text = "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
    return text + (f"... more than {_ROWS_SHOWN} rows; {more}\n" if len(rows) > _ROWS_SHOWN else "")


def _plain(value: object) -> str:
    """The value's text without control characters: a title must not be able to move the cursor of a terminal."""
    if isinstance(value, bool):
        return str(value).lower()
    return printable(str(value).replace("\n", " "))
