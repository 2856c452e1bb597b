"""The journal: what no raw byte says. Append-only; with the raw store it rebuilds everything else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from flows.durable import append_line, read_lines, write_atomically
from transforms.bronze import Unreadable
from transforms.dedupe.decided import DECIDED_SCHEMA
from transforms.dedupe.identity import GIVEN_SCHEMA

_TIMES = ("first_seen_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class Journal:
    """What is kept where:

    - `runs.jsonl`: one line per run that ended;
    - `unreadable.jsonl`: paths that could not be read, and when they could;
    - `resolved.jsonl`: rejects that a later parser could read;
    - `decisions.jsonl`: what a person has decided of two papers, and what was taken back;
    - `held.jsonl`: documents that stopped a publish, and when they were let in after all;
    - `ids/`: paper ids given, one Parquet file per run.
    """

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
                _resolve(found, entry["path"], at, but=entry["code"])
                first = found.get(key)
                seen = Unreadable(entry["path"], entry["code"], entry["reason"], first.first_seen_at if first else at)
                found[key] = seen
            else:
                _resolve(found, entry["path"], at)
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

    def resolved(self) -> list[dict[str, Any]]:
        """Rejects that no longer stand, as rows of bronze.rejects without their bytes."""
        rows = read_lines(self.folder / "resolved.jsonl")
        return [row | {name: datetime.fromisoformat(row[name]) for name in _TIMES} for row in rows]

    def note_resolved(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            append_line(self.folder / "resolved.jsonl", dict(row) | {name: row[name].isoformat() for name in _TIMES})

    def decisions(self) -> list[dict[str, Any]]:
        """The decisions that stand, in order of time: decision_id, decision (same, different), a and b (as the person named them), records_a
        and records_b (the records they stood for), marks (of those records), at."""
        standing: dict[int, dict[str, Any]] = {}
        for entry in read_lines(self.folder / "decisions.jsonl"):
            if entry["event"] == "decided":
                standing[entry["decision_id"]] = {name: value for name, value in entry.items() if name != "event"}
            else:
                standing.pop(entry["decision_id"], None)
        return [standing[number] for number in sorted(standing)]

    def note_decision(
        self,
        decision: str,
        a: str,
        b: str,
        records_a: Sequence[str],
        records_b: Sequence[str],
        now: datetime,
        marks: Iterable[Mapping[str, str | None]] = (),
    ) -> int:
        """Keep a decision, for ever unless it is taken back. Gives its number. `marks` (rows of moved.MARK_SCHEMA) tell its records where a later
        parser gives them other ids."""
        number = 1 + max((entry["decision_id"] for entry in read_lines(self.folder / "decisions.jsonl")), default=0)
        entry = {"event": "decided", "decision_id": number, "decision": decision, "a": a, "b": b, "at": now.isoformat()}
        sides = {"records_a": sorted(records_a), "records_b": sorted(records_b)}
        append_line(self.folder / "decisions.jsonl", entry | sides | {"marks": [dict(mark) for mark in marks]})
        return number

    def note_undone(self, decision_id: int, now: datetime) -> None:
        append_line(self.folder / "decisions.jsonl", {"event": "undone", "decision_id": decision_id, "at": now.isoformat()})

    def decided(self, found: Mapping[str, str] | None = None) -> pl.DataFrame:
        """The pairs of records that are decided, in order of time (DECIDED_SCHEMA): papers that are one are joined by their first records, of two
        papers that are different each record of the one is parted from each of the other.

        `found` has the ids that the records have now (flows/standing.py); those that it lacks are gone. Without it each has the id it had.
        """
        rows: list[tuple[str, str, str]] = []
        for entry in self.decisions():
            sides = [entry["records_a"], entry["records_b"]]
            if entry["decision"] == "same":
                sides = [side[:1] for side in sides]
            if found is not None:
                sides = [[found[record] for record in side if record in found] for side in sides]
            rows += [(a, b, entry["decision"]) for a, b in product(*sides)]
        return pl.DataFrame(rows, schema=DECIDED_SCHEMA, orient="row")

    def held(self) -> set[str]:
        """The documents that came new into a run whose publish was stopped. They stay out until they are named again: one bad file
        must not stop every run after it."""
        held: set[str] = set()
        for entry in read_lines(self.folder / "held.jsonl"):
            (held.add if entry["event"] == "held" else held.discard)(entry["document_id"])
        return held

    def note_held(self, document_ids: Iterable[str], run_id: str) -> None:
        for document_id in sorted(set(document_ids) - self.held()):
            append_line(self.folder / "held.jsonl", {"event": "held", "document_id": document_id, "run_id": run_id})

    def note_let_in(self, document_ids: Iterable[str], run_id: str) -> None:
        for document_id in sorted(set(document_ids) & self.held()):
            append_line(self.folder / "held.jsonl", {"event": "let_in", "document_id": document_id, "run_id": run_id})

    def given_ids(self) -> pl.DataFrame:
        """record_id, paper_id, sequence: every paper id ever given, the record it was given for, and the order of the runs."""
        files = sorted((self.folder / "ids").glob("*.parquet"))
        frames = [pl.read_parquet(file).with_columns(sequence=pl.lit(n, pl.Int64)) for n, file in enumerate(files)]
        return pl.concat(frames).select(GIVEN_SCHEMA.names()) if frames else pl.DataFrame(schema=GIVEN_SCHEMA)

    def note_ids(self, run_id: str, new_ids: pl.DataFrame) -> None:
        """Keep the ids that this run gives. A run that dies after this and before its publish has given them all the same."""
        if new_ids.height:
            (self.folder / "ids").mkdir(exist_ok=True)
            file = self.folder / "ids" / f"{run_id}.parquet"
            while file.exists():  # a clock that was set back
                file = file.with_stem(f"{file.stem}~")
            content = BytesIO()
            new_ids.write_parquet(content, compression="zstd")
            write_atomically(file, content.getvalue())


def _resolve(found: dict[tuple[str, str], Unreadable], path: str, at: datetime, but: str | None = None) -> None:
    """Mark what stands against the path as resolved; what it fails for now, if anything, stands."""
    for key, one in found.items():
        if key[0] == path and key[1] != but and not one.resolved_at:
            found[key] = replace(one, resolved_at=at)
