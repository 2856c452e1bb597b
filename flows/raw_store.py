"""The raw store: the bytes as they came, once each, named by their sha256, with what is known of them beside."""

import errno
import json
import mmap
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO

from flows.durable import write_atomically
from flows.wording import path_name
from transforms.bronze import Landed, Unreadable
from transforms.lines import Buffer
from transforms.parsed import Capture
from warehouse.errors import TroubleError
from warehouse.published import sync_folder
from warehouse.schema.bronze import OBSERVED_AT_SOURCES

_CHUNK = 1 << 20
# A date in a file's name, not a part of a longer number or word.
_NAME_DATE = re.compile(
    r"(?<![0-9A-Za-z])(?P<year>19\d\d|20\d\d)(?P<sep>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?![0-9A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class RawStore:
    """Files `<2 digits>/<sha256>` and, beside each, `<sha256>.json`. The second is written last: a document without it has not landed.

    Where the same bytes come again and something says better when they were seen, a further note `<sha256>.<n>.json` is added. So what is
    known of a document does not depend on the order in which its copies came.
    """

    folder: Path
    incoming: Path

    def documents(self) -> list[Landed]:
        """Every document that has landed, by id, as its best note has it."""
        notes: dict[str, list[Path]] = {}
        for note in self.folder.glob("??/*.json"):
            notes.setdefault(note.name.partition(".")[0], []).append(note)
        return [_known(notes[document_id]) for document_id in sorted(notes)]

    def file(self, document_id: str) -> Path:
        return self.folder / document_id[:2] / document_id

    @contextmanager
    def bytes_of(self, document_id: str) -> Iterator[Buffer]:
        """The document's bytes, mapped and not read, so that a large one costs no memory. Raises TroubleError where they are gone."""
        if not self.file(document_id).exists():
            came_from = _read_note(self.file(document_id).with_suffix(".json")).path
            raise TroubleError(f"{self.file(document_id)}: the raw store has lost this document; load it again from {came_from}")
        with self.file(document_id).open("rb") as file:
            if not os.fstat(file.fileno()).st_size:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield mapped

    def land(self, path: Path, now: datetime, observed_at: datetime | None, max_bytes: int) -> tuple[Landed, bool] | Unreadable:
        """Bring the file's bytes into the store: what is known of them, and whether they are new. A file that cannot be read is said to be so.

        Raises OSError for a fault of the store itself (a full disk): that is no property of the file.
        """
        name = path_name(path)
        try:
            source = _opened(path)
        except OSError as error:
            return Unreadable(name, "unreadable", f"{name}: {_why(error)}; the file was not read", now)
        with source:
            status = os.fstat(source.fileno())
            if status.st_size > max_bytes:
                reason = f"{name}: {status.st_size:,} bytes, more than the {max_bytes:,} allowed (setting max_document_bytes)"
                return Unreadable(name, "too_large", reason, now)
            part = self.incoming / "landing.part"
            try:
                digest, size = _copied(source, part)
            except _SourceFault as error:
                part.unlink(missing_ok=True)
                return Unreadable(name, "unreadable", f"{name}: {error}; the file was not read to its end", now)
            except OSError:
                part.unlink(missing_ok=True)
                raise
        note = self.file(digest).with_suffix(".json")
        if note.exists():
            # Also puts back bytes that someone has removed.
            part.unlink() if self.file(digest).exists() else part.replace(self.file(digest))
            return self._seen_again(note, capture_of(path, status.st_mtime, now, observed_at)), False
        landed = Landed(digest, name, size, now, capture_of(path, status.st_mtime, now, observed_at))
        if not note.parent.exists():
            note.parent.mkdir()
            sync_folder(self.folder)
        part.replace(self.file(digest))
        write_atomically(note, json.dumps(_note(landed), ensure_ascii=False, indent=1).encode())
        return landed, True

    def land_fetched(self, part: Path, url: str, at: datetime, facts: dict[str, Any], now: datetime | None = None) -> tuple[str, bool]:
        """Move a downloaded file, on the store's file system and synced, into the store: its document id, and whether its bytes are new.

        `url` holds no secret, `at` is when the source answered, `facts` are kept in the note. It may be repeated after a death half way, also
        with the store's own file for `part`. Raises OSError for a fault of the store.
        """
        with part.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        size, capture = part.stat().st_size, Capture(at, "fetch")
        note = self.file(digest).with_suffix(".json")
        is_new = not note.exists()
        if not note.parent.exists():
            # A run that is landing meanwhile may make it first.
            note.parent.mkdir(exist_ok=True)
            sync_folder(self.folder)
        if part != self.file(digest):
            part.replace(self.file(digest))
        if not is_new:
            notes = list(note.parent.glob(f"{note.stem}*.json"))
            if _rank(capture) >= _rank(_known(notes).capture):
                return digest, False
            note = note.with_suffix(f".{len(notes) + 1}.json")
        landed = Landed(digest, url, size, now or at, capture, url)
        write_atomically(note, json.dumps({**_note(landed), "fetch": facts}, ensure_ascii=False, indent=1).encode())
        return digest, is_new

    def _seen_again(self, note: Path, capture: Capture) -> Landed:
        notes = list(note.parent.glob(f"{note.stem}*.json"))
        known = _known(notes)
        # A copy's modification time says nothing of the source.
        if capture.source == "modified" or _rank(capture) >= _rank(known.capture):
            return known
        better = replace(known, capture=capture)
        write_atomically(note.with_suffix(f".{len(notes) + 1}.json"), json.dumps(_note(better), ensure_ascii=False, indent=1).encode())
        return better


class _SourceFault(Exception):
    """The file being read failed, not the store being written."""


def capture_of(path: Path, modified: float, now: datetime, observed_at: datetime | None) -> Capture:
    """When a file's bytes were seen at their source: the option, else a date in its name, else its modification time."""
    if observed_at:
        return Capture(observed_at, "option")
    if found := _NAME_DATE.search(path.name):
        try:
            named = datetime(int(found["year"]), int(found["month"]), int(found["day"]))  # noqa: DTZ001 - UTC without zone, as all times here
        except ValueError:
            named = None
        if named and named <= now + timedelta(days=1):
            return Capture(named, "file_name")
    try:
        return Capture(datetime.fromtimestamp(modified, UTC).replace(tzinfo=None, microsecond=0), "modified")
    except (ValueError, OverflowError, OSError):
        # Some file systems give times beyond any calendar.
        return Capture(now, "modified")


def _opened(path: Path) -> BinaryIO:
    # Not blocking, so that a named pipe does not hold the run for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "this is no ordinary file", str(path))
    return os.fdopen(handle, "rb")


def _copied(source: BinaryIO, target: Path) -> tuple[str, int]:
    digest, size = sha256(), 0
    with target.open("wb") as file:
        while True:
            try:
                chunk = source.read(_CHUNK)
            except OSError as error:
                raise _SourceFault(_why(error)) from error
            if not chunk:
                break
            digest.update(chunk)
            file.write(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _note(landed: Landed) -> dict[str, str | int | None]:
    return {
        "document_id": landed.document_id,
        "path": landed.path,
        "url": landed.url,
        "bytes": landed.bytes,
        "landed_at": landed.landed_at.isoformat(),
        "observed_at": landed.capture.at.isoformat(),
        "observed_at_source": landed.capture.source,
    }


def _known(notes: Iterable[Path]) -> Landed:
    """What the notes of one document say together: the first landing, and the best capture."""
    found = [_read_note(note) for note in notes]
    first = min(found, key=lambda landed: (landed.landed_at, landed.path))
    return replace(first, capture=min((landed.capture for landed in found), key=_rank))


def _rank(capture: Capture) -> tuple[int, datetime]:
    """Smaller is better: what is nearer to the source, and of equals the earlier."""
    return OBSERVED_AT_SOURCES.index(capture.source), capture.at


def _read_note(note: Path) -> Landed:
    found = json.loads(note.read_text(encoding="utf-8"))
    capture = Capture(datetime.fromisoformat(found["observed_at"]), found["observed_at_source"])
    return Landed(found["document_id"], found["path"], found["bytes"], datetime.fromisoformat(found["landed_at"]), capture, found["url"])
