"""What a table and a column are, and everything that is derived from their one declaration.

DDL, column comments, Polars schemas, the data dictionary (`warehouse/TABLES.md`) and the structural
expectations (`expectations/structure.py`) all come from here, so none of them can disagree.
"""

from dataclasses import dataclass
from enum import Enum

import polars as pl


class Type(Enum):
    """A column's type: its name in DuckDB and its type in Polars."""

    TEXT = ("VARCHAR", pl.String())
    JSON = ("JSON", pl.String())
    INTEGER = ("BIGINT", pl.Int64())
    REAL = ("DOUBLE", pl.Float64())
    BOOLEAN = ("BOOLEAN", pl.Boolean())
    DATE = ("DATE", pl.Date())
    # Without a zone, always UTC: with a zone, DuckDB's Python client needs one more package to fetch it.
    TIMESTAMP = ("TIMESTAMP", pl.Datetime("us"))

    def __init__(self, sql: str, polars: pl.DataType) -> None:
        self.sql = sql
        self.polars = polars


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, one sentence for the reader, and what must hold of every value in it.

    `values` is a closed set; `low` and `high` are an inclusive range in `unit`; `references` names the
    `schema.table.column` in which every value must be found.
    """

    name: str
    type: Type
    about: str
    required: bool = False
    unit: str | None = None
    values: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its tier, what one row is, its key and its columns in order."""

    schema: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.full_name}: a column is declared twice")
        if missing := [name for name in self.key if name not in names]:
            raise ValueError(f"{self.full_name}: key columns {missing} are not among its columns")

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def columns_sql(self) -> str:
        """The columns' names as a list in SQL."""
        return ", ".join(f'"{name}"' for name in self.column_names)

    def is_required(self, column: Column) -> bool:
        """Whether the column may never be null: it is declared so, or it is part of the key."""
        return column.required or column.name in self.key

    def polars_schema(self) -> pl.Schema:
        return pl.Schema({column.name: column.type.polars for column in self.columns})

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.polars_schema())

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with exactly this table's columns, in order and typed, sorted by key.

        A declared column that the frame lacks is null. Raises ValueError for a column that is not declared.
        """
        if unknown := [name for name in frame.columns if name not in self.column_names]:
            raise ValueError(f"{self.full_name}: undeclared columns {unknown}; declared are {self.column_names}")
        columns = [
            pl.col(column.name).cast(column.type.polars) if column.name in frame.columns else pl.lit(None, column.type.polars).alias(column.name)
            for column in self.columns
        ]
        return frame.select(columns).sort(self.key)

    def ddl(self) -> str:
        """The CREATE TABLE statement, without constraints: the expectations check keys and nulls and name what fails, where a constraint
        would only stop the load at its first row; and DuckDB's index on a primary key does not spill to disk."""
        columns = ",\n".join(f'    "{column.name}" {column.type.sql}' for column in self.columns)
        return f"CREATE TABLE {self.full_name} (\n{columns}\n)"

    def comments(self) -> list[str]:
        """One COMMENT statement for the table (its grain and key) and one for each column."""
        about = f"{self.grain} Key: {', '.join(self.key)}."
        statements = [f"COMMENT ON TABLE {self.full_name} IS {_literal(about)}"]
        for column in self.columns:
            statements.append(f'COMMENT ON COLUMN {self.full_name}."{column.name}" IS {_literal(column.about)}')
        return statements


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
