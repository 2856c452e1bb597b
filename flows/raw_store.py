"""The raw store: the bytes as they came, once each, named by their sha256, with what is known of them beside."""

import errno
import json
import mmap
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO

from flows.archives import Archives, Bounds, Member, members
from flows.durable import write_atomically
from flows.wording import path_name
from transforms.bronze import Landed, Unreadable
from transforms.content import Content
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
        """Every document that has landed, by id, as its best note has it; of an archive, what it holds."""
        notes: dict[str, list[Path]] = {}
        for note in self.folder.glob("??/*.json"):
            notes.setdefault(note.name.partition(".")[0], []).append(note)
        return one_of_each(document for digest in sorted(notes) for document in _known(notes[digest]))

    def file(self, document_id: str) -> Path:
        return self.folder / document_id[:2] / document_id

    @contextmanager
    def content_of(self, landed: Landed, archives: Archives | None = None) -> Iterator[Content]:
        """The document's bytes: mapped and not read, so that a large one costs no memory, or a stream out of its archive, which `archives` keeps
        open for the next document. Raises TroubleError where they are gone."""
        file = self.file(landed.archive_id or landed.document_id)
        if not file.exists():
            raise TroubleError(f"{file}: the raw store has lost this document; load it again from {landed.path}")
        if landed.archive_id:
            with nullcontext(archives) if archives else self.archives() as opened:
                yield Content(lambda: opened.stream(file, landed.way))
        elif not file.stat().st_size:
            yield Content.of(b"")
        else:
            with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield Content(lambda: file.open("rb"), mapped)

    def archives(self) -> Archives:
        """What keeps an archive open from one document to the next; the caller closes it."""
        return Archives(self.incoming)

    def land(self, path: Path, now: datetime, observed_at: datetime | None, bounds: Bounds) -> list[Landed | Unreadable]:
        """Bring the file's bytes into the store: the document that it is, or the documents that it holds where it is an archive. What cannot be
        read is said to be so.

        Raises OSError for a fault of the store itself (a full disk): that is no property of the file.
        """
        name = path_name(path)
        try:
            source = _opened(path)
        except OSError as error:
            return [Unreadable(name, "unreadable", f"{name}: {_why(error)}; the file was not read", now)]
        with source:
            status = os.fstat(source.fileno())
            if status.st_size > bounds.document_bytes:
                reason = f"{name}: {status.st_size:,} bytes, more than the {bounds.document_bytes:,} allowed (setting max_document_bytes)"
                return [Unreadable(name, "too_large", reason, now)]
            part = self.incoming / "landing.part"
            try:
                digest, size = _copied(source, part)
            except _SourceFault as error:
                part.unlink(missing_ok=True)
                return [Unreadable(name, "unreadable", f"{name}: {error}; the file was not read to its end", now)]
            except OSError:
                part.unlink(missing_ok=True)
                raise
        note = self.file(digest).with_suffix(".json")
        capture = capture_of(path, status.st_mtime, now, observed_at)
        if note.exists():
            # Also puts back bytes that someone has removed.
            part.unlink() if self.file(digest).exists() else part.replace(self.file(digest))
            return self._seen_again(note, capture, bounds)
        held = members(part, self.incoming, bounds)
        landed = Landed(digest, name, size, now, capture)
        if not note.parent.exists():
            note.parent.mkdir()
            sync_folder(self.folder)
        part.replace(self.file(digest))
        write_atomically(note, _as_note(landed, held))
        return _held(landed, held)

    def land_fetched(
        self, part: Path, url: str, at: datetime, facts: dict[str, Any], bounds: Bounds, now: datetime
    ) -> tuple[str, bool, list[Landed | Unreadable]]:
        """Move a downloaded file, on the store's file system and synced, into the store: its document id, whether its bytes are new, and what it
        holds, as `land` says it.

        `url` holds no secret, `at` is when the source answered, `facts` are kept in the note. It may be repeated after a death half way, also
        with the store's own file for `part`. Raises OSError for a fault of the store.
        """
        with part.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        note = self.file(digest).with_suffix(".json")
        notes = list(note.parent.glob(f"{note.stem}*.json"))
        held = self._members(part, notes, bounds)
        landed = Landed(digest, url, part.stat().st_size, now, Capture(at, "fetch"), url)
        if not note.parent.exists():
            # A run that is landing meanwhile may make it first.
            note.parent.mkdir(exist_ok=True)
            sync_folder(self.folder)
        if part != self.file(digest):
            part.replace(self.file(digest))
        if not notes or _rank(landed.capture) < _rank(_best(notes)[0].capture) or held != _best(notes)[1]:
            target = note.with_suffix(f".{len(notes) + 1}.json") if notes else note
            write_atomically(target, _as_note(landed, held, {"fetch": facts}))
        return digest, not notes, _held(landed, held)

    def _members(self, file: Path, notes: Sequence[Path], bounds: Bounds) -> list[Member]:
        """What the file holds: as it was noted, but where something was too large, since the bounds may have been raised since."""
        held = _best(notes)[1] if notes else None
        return members(file, self.incoming, bounds) if held is None or any(member.code == "too_large" for member in held) else held

    def _seen_again(self, note: Path, capture: Capture, bounds: Bounds) -> list[Landed | Unreadable]:
        notes = list(note.parent.glob(f"{note.stem}*.json"))
        before = landed, held = _best(notes)
        # A copy's modification time says nothing of the source.
        if capture.source != "modified" and _rank(capture) < _rank(landed.capture):
            landed = replace(landed, capture=capture)
        held = self._members(self.file(landed.document_id), notes, bounds)
        if (landed, held) != before:
            write_atomically(note.with_suffix(f".{len(notes) + 1}.json"), _as_note(landed, held))
        return _held(landed, held)


def one_of_each(documents: Iterable[Landed]) -> list[Landed]:
    """Each document once, by id: where it came in several archives, the first landing, with the best of their captures."""
    found: dict[str, list[Landed]] = {}
    for document in documents:
        found.setdefault(document.document_id, []).append(document)
    return [_merged(found[document_id]) for document_id in sorted(found)]


class _SourceFault(Exception):
    """The file being read failed, not the store being written."""


def capture_of(path: Path, modified: float, now: datetime, observed_at: datetime | None) -> Capture:
    """When a file's bytes were seen at their source: the option, else a date in its name, else its modification time."""
    if observed_at:
        return Capture(observed_at, "option")
    if named := _named_date(path.name, now):
        return Capture(named, "file_name")
    try:
        return Capture(datetime.fromtimestamp(modified, UTC).replace(tzinfo=None, microsecond=0), "modified")
    except (ValueError, OverflowError, OSError):
        # Some file systems give times beyond any calendar.
        return Capture(now, "modified")


def _named_date(name: str, now: datetime) -> datetime | None:
    """The date in a file's name, where it is one and does not lie ahead."""
    if not (found := _NAME_DATE.search(name)):
        return None
    try:
        named = datetime(int(found["year"]), int(found["month"]), int(found["day"]))  # noqa: DTZ001 - UTC without zone, as all times here
    except ValueError:
        return None
    return named if named <= now + timedelta(days=1) else None


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


def _as_note(landed: Landed, members: Sequence[Member], more: dict[str, Any] | None = None) -> bytes:
    facts: dict[str, Any] = {
        "document_id": landed.document_id,
        "path": landed.path,
        "url": landed.url,
        "bytes": landed.bytes,
        "landed_at": landed.landed_at.isoformat(),
        "observed_at": landed.capture.at.isoformat(),
        "observed_at_source": landed.capture.source,
    }
    if members:
        facts["members"] = [asdict(member) for member in members]
    return json.dumps(facts | (more or {}), ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _held(landed: Landed, members: Sequence[Member]) -> list[Landed | Unreadable]:
    """The document itself, or what the archive holds: a member's name may date it as a file's name does."""
    if not members:
        return [landed]
    found: list[Landed | Unreadable] = []
    for member in members:
        path = f"{landed.path}/{member.name}" if member.name else landed.path
        if member.digest is None:
            found.append(Unreadable(path, member.code, f"{path}: {member.damage}; it was not read", landed.landed_at))
            continue
        capture = landed.capture
        if capture.source in ("file_name", "modified") and (named := _named_date(Path(member.name).name, landed.landed_at)):
            capture = Capture(named, "file_name")
        found.append(
            Landed(member.digest, path, member.bytes, landed.landed_at, capture, landed.url, landed.document_id, tuple(member.way), member.damage)
        )
    return found


def _known(notes: Iterable[Path]) -> list[Landed]:
    return [one for one in _held(*_best(notes)) if isinstance(one, Landed)]


def _best(notes: Iterable[Path]) -> tuple[Landed, list[Member]]:
    """What the notes of one file say together: the first landing, the best capture, and what the last of them found in it."""
    found = [_read_note(note) for note in sorted(notes, key=_note_number)]
    return _merged([landed for landed, _ in found]), found[-1][1]


def _note_number(note: Path) -> int:
    """1 for `<sha256>.json`, n for `<sha256>.<n>.json`."""
    number = note.stem.partition(".")[2]
    return int(number) if number else 1


def _merged(landings: Sequence[Landed]) -> Landed:
    first = min(landings, key=lambda landed: (landed.landed_at, landed.path))
    return replace(first, capture=min((landed.capture for landed in landings), key=_rank))


def _rank(capture: Capture) -> tuple[int, datetime]:
    """Smaller is better: what is nearer to the source, and of equals the earlier."""
    return OBSERVED_AT_SOURCES.index(capture.source), capture.at


def _read_note(note: Path) -> tuple[Landed, list[Member]]:
    found = json.loads(note.read_text(encoding="utf-8"))
    capture = Capture(datetime.fromisoformat(found["observed_at"]), found["observed_at_source"])
    landed_at = datetime.fromisoformat(found["landed_at"])
    landed = Landed(found["document_id"], found["path"], found["bytes"], landed_at, capture, found["url"])
    return landed, [Member(**(member | {"way": tuple(member["way"])})) for member in found.get("members", ())]
