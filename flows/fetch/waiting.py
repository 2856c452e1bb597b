"""Answers on their way into the raw store: each waits beside a note that says what it is, so that a fetch that dies goes on from there."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flows.archives import Bounds, TooMuch
from flows.durable import write_atomically
from flows.fetch.log import FetchLog
from flows.fetch.source import Params, Walk
from flows.raw_store import RawStore


@dataclass(frozen=True, slots=True)
class Waiting:
    """A folder per walk with `<number>` (the bytes) and `<number>.json` (the journal's entry). The note is written last and removed last:
    bytes without one do not count, and what has one is landed, now or by the next fetch."""

    folder: Path
    store: RawStore
    log: FetchLog
    bounds: Bounds
    clock: Callable[[], datetime]

    @property
    def part(self) -> Path:
        """Where an answer is written while it comes."""
        return self.folder / "answer.part"

    def recover(self) -> int:
        """Land what a fetch that died had ready, and drop what it had not finished. Gives how many answers were landed."""
        self.folder.mkdir(exist_ok=True)
        for part in self.folder.glob("*.part"):
            part.unlink()
        landed = 0
        for folder in sorted(path for path in self.folder.iterdir() if path.is_dir()):
            notes = {note.stem for note in folder.glob("[0-9]*.json")}
            for file in list(folder.iterdir()):
                if file.name not in notes and file.suffix != ".json":
                    file.unlink()
            entries = [json.loads(note.read_bytes()) for note in sorted(folder.glob("[0-9]*.json"))]
            if not entries:
                shutil.rmtree(folder)
            elif not entries[-1]["waits"]:
                landed += len(self._land(folder))
        return landed

    def add(self, walk: Walk, entry: dict[str, Any], facts: dict[str, Any] | None, waits: bool) -> list[dict[str, Any]]:
        """Keep the answer in `part` (none where `facts` is None) with its entry. Where it does not wait for the rest of its walk, it and all that
        waited for it are landed: their entries."""
        folder = self._folder(walk)
        folder.mkdir(exist_ok=True)
        name = f"{entry['number']:06}"
        if facts is not None:
            self.part.replace(folder / name)
        note = {"entry": entry, "facts": facts, "waits": waits}
        write_atomically(folder / f"{name}.json", json.dumps(note, ensure_ascii=False).encode())
        return [] if waits else self._land(folder)

    def following(self, walk: Walk) -> tuple[int, Params] | None:
        """As the log's: where a walk goes on whose answers still wait."""
        notes = sorted(self._folder(walk).glob("[0-9]*.json"))
        if not notes:
            return None
        entry = json.loads(notes[-1].read_bytes())["entry"]
        return entry["number"] + 1, entry["next"]

    def count(self, walk: Walk) -> int:
        return len(list(self._folder(walk).glob("[0-9]*.json")))

    def drop(self, walk: Walk) -> None:
        """Forget what waits for the rest of the walk, since it begins anew. The last note goes first, so that the rest never looks whole."""
        folder = self._folder(walk)
        for note in sorted(folder.glob("[0-9]*.json"), reverse=True):
            note.unlink()
        shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, walk: Walk) -> Path:
        return self.folder / sha256(walk.key.encode()).hexdigest()[:20]

    def _land(self, folder: Path) -> list[dict[str, Any]]:
        landed = []
        for note in sorted(folder.glob("[0-9]*.json")):
            found = json.loads(note.read_bytes())
            entry, facts = found["entry"], found["facts"]
            if facts is not None:
                file = note.with_suffix("")
                # It may have been moved already by the fetch that died.
                source = file if file.exists() else self.store.file(entry["document_id"])
                at = datetime.fromisoformat(entry["at"])
                if not source.exists():
                    # Somebody has removed it: it was never landed, and will be asked for again.
                    note.unlink()
                    continue
                try:
                    _, entry["is_new"] = self.store.land_fetched(source, entry["url"], at, facts, self.bounds, self.clock())
                except TooMuch as error:
                    source.unlink()
                    entry |= {"event": "failed", "reason": f"{error}; nothing of it was landed", "document_id": None}
            self.log.note(entry)
            note.unlink()
            landed.append(entry)
        shutil.rmtree(folder)
        return landed
