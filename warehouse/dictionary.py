"""The data dictionary, warehouse/TABLES.md, written from the declarations: `python -m warehouse.dictionary [--check]`."""

import sys
from pathlib import Path

from warehouse.schema import BY_NAME, SCHEMAS, TABLES, Table

TARGET = Path(__file__).with_name("TABLES.md")

_ABOUT = {
    "bronze": "The sources' own words, and where each stood.",
    "silver": "Normalised and deduplicated, with the reason of every merge and every value.",
    "gold": "Ready for a person or a BI tool: each table is a SELECT over silver (`warehouse/sql/gold/`), `quality` and `quality_issues` aside.",
}


def text() -> str:
    """The whole dictionary as Markdown."""
    parts = [
        "# Tables",
        "Written from the declarations in `warehouse/schema/` by `make docs`; change those, not this file. Every sentence here is also a comment "
        "in the database: `SELECT * FROM duckdb_columns()`. All times are UTC. A column that may not be null is marked with *.",
    ]
    for schema in SCHEMAS:
        parts.append(f"## {schema}\n\n{_ABOUT[schema]}")
        parts.extend(_table(table) for table in TABLES if table.schema == schema)
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [f"### {table.full_name}", "", table.grain, "", f"Key: {', '.join(f'`{name}`' for name in table.key)}.", ""]
    lines += ["| column | type | unit | what |", "|---|---|---|---|"]
    for column in table.columns:
        about = column.about
        if column.values:
            about += f" One of: {', '.join(f'`{value}`' for value in column.values)}."
        if column.references:
            target, _, name = column.references.rpartition(".")
            about += f" Found in [`{column.references}`](#{BY_NAME[target].full_name.replace('.', '')})." if name else ""
        mark = "*" if table.is_required(column) else ""
        lines.append(f"| `{column.name}`{mark} | {column.type.sql} | {column.unit or ''} | {about.replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


def main() -> None:
    """Write the dictionary, or with --check say whether it is fresh."""
    wanted = text()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(wanted, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != wanted:
        print(f"{TARGET}: it does not say what the declarations say; run make docs", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
