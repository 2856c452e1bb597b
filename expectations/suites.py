"""The suite of every published table: its structure, and its totals."""

from expectations.model import Suite
from expectations.structure import structural
from expectations.totals import TOTALS
from warehouse.schema import TABLES, Table


def suite(table: Table) -> Suite:
    """Everything that must hold of the table before a publish."""
    return Suite(table.schema, table.name, table.key, (*structural(table), *TOTALS.get(table.full_name, ())))


SUITES = tuple(suite(table) for table in TABLES)
EXPECTATION_COUNT = sum(len(s.expectations) for s in SUITES)
