"""The journal: what no raw byte says. Append-only; with the raw store it rebuilds everything else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from flows.durable import append_line, read_lines, write_atomically
from transforms.bronze import Unreadable
from transforms.dedupe.identity import GIVEN_SCHEMA


@dataclass(frozen=True, slots=True)
class Journal:
    """`runs.jsonl`: one line per run that ended. `unreadable.jsonl`: paths that could not be read, and when they could. `ids/`: paper ids given."""

    folder: Path

    def runs(self) -> list[dict[str, Any]]:
        return read_lines(self.folder / "runs.jsonl")

    def note_run(self, entry: dict[str, Any]) -> None:
        append_line(self.folder / "runs.jsonl", entry)

    def unreadable(self) -> list[Unreadable]:
        """Every path that ever could not be read, once for each reason's code, with the time it was resolved, if it was."""
        found: dict[tuple[str, str], Unreadable] = {}
        for entry in read_lines(self.folder / "unreadable.jsonl"):
            at = datetime.fromisoformat(entry["at"])
            if entry["event"] == "unreadable":
                key = (entry["path"], entry["code"])
                first = found.get(key)
                seen = Unreadable(entry["path"], entry["code"], entry["reason"], first.first_seen_at if first else at)
                found[key] = seen
            else:
                for key, one in found.items():
                    if key[0] == entry["path"] and not one.resolved_at:
                        found[key] = replace(one, resolved_at=at)
        return sorted(found.values(), key=lambda one: (one.path, one.code))

    def note_unreadable(self, failed: Sequence[Unreadable], readable: Sequence[str], now: datetime) -> None:
        """Add what is new: paths that cannot be read and were not known as such, and known ones that now can."""
        standing = {(one.path, one.code) for one in self.unreadable() if not one.resolved_at}
        file = self.folder / "unreadable.jsonl"
        for one in failed:
            if (one.path, one.code) not in standing:
                append_line(file, {"event": "unreadable", "path": one.path, "code": one.code, "reason": one.reason, "at": now.isoformat()})
        for path in sorted({path for path, _ in standing} & set(readable)):
            append_line(file, {"event": "readable", "path": path, "at": now.isoformat()})

    def given_ids(self) -> pl.DataFrame:
        """record_id, paper_id, sequence: every paper id ever given, the record it was given for, and the order of the runs."""
        files = sorted((self.folder / "ids").glob("*.parquet"))
        frames = [pl.read_parquet(file).with_columns(sequence=pl.lit(n, pl.Int64)) for n, file in enumerate(files)]
        return pl.concat(frames).select(GIVEN_SCHEMA.names()) if frames else pl.DataFrame(schema=GIVEN_SCHEMA)

    def note_ids(self, run_id: str, new_ids: pl.DataFrame) -> None:
        """Keep the ids that this run gives. A run that dies after this and before its publish has given them all the same."""
        if new_ids.height:
            (self.folder / "ids").mkdir(exist_ok=True)
            content = BytesIO()
            new_ids.write_parquet(content, compression="zstd")
            write_atomically(self.folder / "ids" / f"{run_id}.parquet", content.getvalue())
