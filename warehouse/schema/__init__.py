"""Every table of the warehouse, declared once."""

from warehouse.schema import bronze, gold, silver
from warehouse.schema.model import Column, Table, Type

SCHEMAS = ("bronze", "silver", "gold")
TABLES: tuple[Table, ...] = (*bronze.TABLES, *silver.TABLES, *gold.TABLES)
BY_NAME: dict[str, Table] = {table.full_name: table for table in TABLES}

__all__ = ["BY_NAME", "SCHEMAS", "TABLES", "Column", "Table", "Type", "bronze", "gold", "silver"]
