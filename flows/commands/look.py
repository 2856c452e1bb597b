"""paperhouse status and paperhouse rejects."""

import json
from pathlib import Path
from typing import Any

from flows.commands.ask import as_table
from flows.commands.read import read
from flows.home import Home
from flows.journal import Journal
from flows.lock import holder_of
from flows.raw_store import RawStore
from flows.settings import read_settings
from flows.wording import printable
from warehouse.schema import TABLES, bronze


def status(home_option: Path | None, is_json: bool) -> None:
    """What the home has: the published file and its tables, what has landed, the last run, who is loading and fetching now."""
    home = Home.chosen(home_option)
    # A mistake in the settings is said before the night's run meets it.
    read_settings(home.settings)
    facts: dict[str, Any] = {
        "home": str(home.path),
        "warehouse": str(home.warehouse) if home.warehouse.exists() else None,
        "bytes": home.warehouse.stat().st_size if home.warehouse.exists() else None,
        "documents_landed": len(RawStore(home.raw, home.work).documents()),
        "documents_held_back": len(Journal(home.journal).held()),
        "loading_now": holder_of(home.lock),
        "fetching_now": holder_of(home.fetch_lock),
        "last_run": next(reversed(Journal(home.journal).runs()), None),
        "tables": _table_counts(home) if home.warehouse.exists() else {},
    }
    if is_json:
        print(json.dumps(facts))
        return
    size = f" ({facts['bytes']:,} bytes)" if facts["bytes"] else ""
    print(f"home       {facts['home']}")
    print(f"warehouse  {facts['warehouse'] or 'none yet: paperhouse run PATH...'}{size}")
    held = f", {facts['documents_held_back']:,} of them held back since they stopped a publish" if facts["documents_held_back"] else ""
    print(f"landed     {facts['documents_landed']:,} documents{held}")
    if last := facts["last_run"]:
        print(f"last run   {last['run_id']}: {last['state']}, {last['read']:,} read, {last['kept']:,} kept, {last['rejected']:,} rejected")
    if facts["loading_now"]:
        print(f"now        {facts['loading_now'].rstrip(',')} is loading")
    if facts["fetching_now"]:
        print(f"now        {facts['fetching_now'].rstrip(',')} is fetching")
    if facts["tables"]:
        print(as_table(["table", "rows"], list(facts["tables"].items())), end="")


def rejects(home_option: Path | None, code: str | None, is_json: bool) -> None:
    """What was refused and still is: where, why, and the first of its bytes."""
    warehouse = Home.chosen(home_option).need_warehouse()
    columns = ("code", "path", "position", "reason", "raw", "byte_offset", "byte_length", "first_seen_at", "document_id", "reject_id")
    where = "WHERE resolved_at IS NULL" + (" AND code = $code" if code else "")
    query = f"SELECT {', '.join(columns)} FROM {bronze.REJECTS.full_name} {where} ORDER BY code, path, position"
    with read(warehouse) as connection:
        rows = connection.execute(query, {"code": code} if code else {}).fetchall()
    if is_json:
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str, ensure_ascii=False))
        return
    if not rows:
        print("nothing is rejected" + (f" with code {code}" if code else ""))
        return
    for row in rows:
        found = dict(zip(columns, row, strict=True))
        line = f" line {found['position']}" if found["position"] else ""
        print(printable(f"{found['code']}  {found['path']}{line}".replace("\n", " ")))
        print(printable(f"    {found['reason']}".replace("\n", " ")))
        if found["raw"]:
            print(f"    | {_shortened(found['raw'])}")
    print(f"{len(rows):,} rejected; with --json: all of each, and where its bytes are in the raw store")


def _shortened(raw: str, most: int = 100) -> str:
    line = " ".join(printable(raw[: most * 4]).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _table_counts(home: Home) -> dict[str, int]:
    with read(home.warehouse) as connection:
        return {table.full_name: connection.execute(f"SELECT count(*) FROM {table.full_name}").fetchall()[0][0] for table in TABLES}
