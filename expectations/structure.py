"""Structural expectations, derived from the table declarations."""

from collections.abc import Iterator

from expectations.model import Expectation
from warehouse.schema import Column, Table


def structural(table: Table) -> tuple[Expectation, ...]:
    """The table has exactly its columns, its key is one, and each column holds what is declared of it."""
    return tuple(_expectations(table))


def _expectations(table: Table) -> Iterator[Expectation]:
    keys = ", ".join(f'"{name}"' for name in table.key)
    yield Expectation("columns_as_declared", "columns, their order and their types are those declared", _columns_query(table))
    if len(table.key) == 1:
        yield Expectation("key_is_unique", "no two rows have one key", native="ExpectColumnValuesToBeUnique", arguments={"column": table.key[0]})
    else:
        yield Expectation(
            "key_is_unique", "no two rows have one key", native="ExpectCompoundColumnsToBeUnique", arguments={"column_list": list(table.key)}
        )
    required = [column.name for column in table.columns if table.is_required(column)]
    yield Expectation("required_is_there", f"never null: {', '.join(required)}", _where(keys, [(name, f'"{name}" IS NULL') for name in required]))
    if ranges := [(column.name, _outside(column)) for column in table.columns if column.low is not None or column.high is not None]:
        yield Expectation("in_range", f"within the declared range: {', '.join(name for name, _ in ranges)}", _where(keys, ranges))
    for column in table.columns:
        if column.values:
            arguments = {"column": column.name, "value_set": list(column.values)}
            yield Expectation(
                f"{column.name}_in_set", f"one of: {', '.join(column.values)}", native="ExpectColumnValuesToBeInSet", arguments=arguments
            )
        if column.references:
            target, _, target_column = column.references.rpartition(".")
            there = f'SELECT "{target_column}" FROM {target} WHERE "{target_column}" IS NOT NULL'
            query = f'SELECT {keys}, "{column.name}" FROM {{batch}} WHERE "{column.name}" IS NOT NULL AND "{column.name}" NOT IN ({there})'
            yield Expectation(f"{column.name}_is_there", f"every {column.name} is in {column.references}", query)


def _outside(column: Column) -> str:
    bounds = [f'"{column.name}" < {column.low}'] if column.low is not None else []
    if column.high is not None:
        bounds.append(f'"{column.name}" > {column.high}')
    return " OR ".join(bounds)


def _where(keys: str, conditions: list[tuple[str, str]]) -> str:
    """The rows that meet any condition, with the first column concerned."""
    cases = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in conditions)
    return f"SELECT {keys}, CASE {cases} END AS failing_column FROM {{batch}} WHERE {' OR '.join(f'({condition})' for _, condition in conditions)}"


def _columns_query(table: Table) -> str:
    declared = ", ".join(f"({index}, '{column.name}', '{column.type.sql}')" for index, column in enumerate(table.columns, start=1))
    return f"""
        WITH declared (nth, named, typed) AS (VALUES {declared}),
        found AS (
            SELECT column_index AS nth, column_name AS named, data_type AS typed
            FROM duckdb_columns() WHERE schema_name = '{table.schema}' AND table_name = '{table.name}' /* {{batch}} */
        )
        (SELECT 'missing' AS what, * FROM (FROM declared EXCEPT FROM found))
        UNION ALL (SELECT 'undeclared' AS what, * FROM (FROM found EXCEPT FROM declared))
    """
