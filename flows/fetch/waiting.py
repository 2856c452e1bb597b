"""Answers on their way into the raw store: each waits beside a note that says what it is, so that a fetch that dies goes on from there."""

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flows.archives import Bounds
from flows.durable import write_atomically
from flows.fetch import resume
from flows.fetch.log import Entry, FetchLog
from flows.fetch.source import Params, Walk
from flows.journal import Journal
from flows.raw_store import RawStore
from transforms.bronze import Landed, Unreadable


@dataclass(frozen=True, slots=True)
class Waiting:
    """A folder per walk with `<number>` (the bytes) and `<number>.json` (the journal's entry). The note is written last and removed last:
    bytes without one do not count, and what has one is landed, now or by the next fetch.

    `lock` is the home's own lock, held while something lands; it takes how long to wait for it.
    """

    folder: Path
    store: RawStore
    journal: Journal
    log: FetchLog
    bounds: Bounds
    clock: Callable[[], datetime]
    lock: Callable[[float], AbstractContextManager[None]]

    @property
    def part(self) -> Path:
        """Where an answer is written while it comes."""
        return self.folder / "answer.part"

    def recover(self, wait_seconds: float) -> int:
        """Land what a fetch that died had ready, and drop what it had not finished. Gives how many landed. Raises Busy as `land` does."""
        self.folder.mkdir(exist_ok=True)
        self.clear()
        for folder in self._folders():
            noted = {note.stem for note in _notes(folder)}
            for file in list(folder.iterdir()):
                if file.name not in noted and file.suffix != ".json":
                    file.unlink()
            if not noted:
                shutil.rmtree(folder)
        return len(self.land(wait_seconds))

    def clear(self) -> None:
        """Drop what came of an answer, unless it is the beginning of a file that the next fetch can go on with."""
        if not resume.is_kept(self.part):
            self.part.unlink(missing_ok=True)

    def add(self, walk: Walk, entry: dict[str, Any], facts: dict[str, Any] | None, waits: bool) -> None:
        """Keep the answer in `part` (none where `facts` is None) with its entry. It waits for the rest of its walk, or is ready to land."""
        folder = self._folder(walk)
        folder.mkdir(exist_ok=True)
        name = f"{entry['number']:06}"
        if facts is not None:
            self.part.replace(folder / name)
        note = {"entry": entry, "facts": facts, "waits": waits}
        write_atomically(folder / f"{name}.json", json.dumps(note, ensure_ascii=False).encode())

    def land(self, wait_seconds: float) -> list[Entry]:
        """Land every walk that does not wait for its rest: the entries. Raises Busy where another process has the home for longer than that."""
        ready = [folder for folder in self._folders() if (notes := _notes(folder)) and not _read(notes[-1])["waits"]]
        if not ready:
            return []
        with self.lock(wait_seconds):
            return [entry for folder in ready for entry in self._land(folder)]

    def following(self, walk: Walk) -> tuple[int, Params] | None:
        """As the log's: where a walk goes on whose answers still wait."""
        notes = _notes(self._folder(walk))
        if not notes:
            return None
        entry = _read(notes[-1])["entry"]
        return (entry["number"] + 1, entry["next"]) if entry["next"] else None

    def count(self) -> int:
        """How many answers wait."""
        return sum(len(_notes(folder)) for folder in self._folders())

    def drop(self, walk: Walk) -> None:
        """Forget what waits for the rest of the walk, since it begins anew. The last note goes first, so that the rest never looks whole."""
        notes = _notes(self._folder(walk))
        if notes and _read(notes[-1])["waits"]:
            for note in reversed(notes):
                note.unlink()
            shutil.rmtree(self._folder(walk))

    def _folders(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.is_dir())

    def _folder(self, walk: Walk) -> Path:
        return self.folder / sha256(walk.key.encode()).hexdigest()[:20]

    def _land(self, folder: Path) -> list[Entry]:
        landed: list[Entry] = []
        for note in _notes(folder):
            found = _read(note)
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
                now = self.clock()
                _, entry["is_new"], held = self.store.land_fetched(source, entry["url"], at, facts, self.bounds, now)
                failed = [one for one in held if isinstance(one, Unreadable)]
                # The run lists them among its rejects.
                self.journal.note_unreadable(failed, [one.path for one in held if isinstance(one, Landed)], now)
                if len(failed) == len(held) > 0:
                    entry |= {"event": "failed", "reason": "; ".join(one.reason for one in failed[:3])}
            self.log.note(entry)
            note.unlink()
            landed.append(entry)
        shutil.rmtree(folder)
        return landed


def _notes(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.json"))


def _read(note: Path) -> Any:
    return json.loads(note.read_bytes())
