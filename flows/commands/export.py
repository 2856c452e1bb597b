"""paperhouse export."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from flows.clock import utc_now
from flows.home import Home
from warehouse.errors import InputError, TroubleError
from warehouse.schema import TABLES, Table
from warehouse.store import opened

FORMATS = ("parquet", "csv")
MANIFEST = "manifest.json"


def export(folder: Path, home_option: Path | None, form: str, is_json: bool) -> None:
    """Every table as a file, sorted by key, so that equal tables give equal bytes, and a manifest with what each file holds."""
    warehouse = Home.chosen(home_option).need_warehouse()
    folder = folder.absolute()
    building = folder.with_name(f".{folder.name}.part")
    try:
        if not _is_free(folder):
            raise InputError(f"{folder}: there is something there that is no export of ours; name a new or empty folder")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        with opened(warehouse, read_only=True) as connection:
            tables = [_export_table(connection, table, building, form) for table in TABLES]
        manifest = {"warehouse": str(warehouse), "exported_at": utc_now().isoformat(timespec="seconds"), "format": form, "tables": tables}
        (building / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        building.rename(folder)
    except OSError as error:
        raise InputError(f"{error.filename or folder}: it cannot be written ({(error.strerror or '').lower()}); name another folder") from None
    except duckdb.Error as error:
        raise TroubleError(f"{warehouse}: it could not be exported: {str(error).splitlines()[0]}") from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    if is_json:
        print(json.dumps(manifest))
        return
    for table in tables:
        print(f"{table['file']:<40} {table['rows']:>10,} rows")
    print(f"{len(tables)} tables in {folder}, described in {MANIFEST}")


def _is_free(folder: Path) -> bool:
    """Whether an export may take the folder's place: it is not there, or it is empty, or all that is in it is an earlier export."""
    if not folder.exists() and not folder.is_symlink():
        return True
    if folder.is_symlink() or not folder.is_dir():
        return False
    found = {entry.name for entry in folder.iterdir()}
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8")) if MANIFEST in found else {"tables": []}
        return found <= {MANIFEST, *(table["file"] for table in manifest["tables"])}
    except (ValueError, KeyError, TypeError):
        return False


def _export_table(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, form: str) -> dict[str, Any]:
    name = f"{table.full_name}.{form}"
    target = str(folder / name).replace("'", "''")
    keys = ", ".join(f'"{key}"' for key in table.key)
    options = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else "FORMAT csv, HEADER"
    connection.execute(f"COPY (SELECT * FROM {table.full_name} ORDER BY {keys}) TO '{target}' ({options})")
    rows = connection.execute(f"SELECT count(*) FROM {table.full_name}").fetchall()[0][0]
    with (folder / name).open("rb") as file:
        digest = sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return {
        "table": table.full_name,
        "file": name,
        "rows": rows,
        "sha256": digest.hexdigest(),
        "grain": table.grain,
        "key": list(table.key),
        "columns": [{"name": column.name, "type": column.type.sql, "about": column.about} for column in table.columns],
    }
