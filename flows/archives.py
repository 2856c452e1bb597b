"""Archives and packed files: which documents they hold, and their bytes as streams.

A way into an archive is a tuple of numbers: (3,) is the fourth entry of a zip, (0,) what a gzip file holds, (3, 0) what the gzip file holds
that is the fourth entry.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO

from flows.unpacking import FAULTS, MARK_BYTES, MAX_ENTRIES, Entry, Opened, Unpacked, kind_of, opened, why
from warehouse.errors import TroubleError

_CHUNK = 1 << 20
# An archive in an archive in an archive is a person's; deeper is an attack.
MAX_DEPTH = 3
# A text can shrink much when it is packed, but a small one that unpacks to this is no danger either.
_HARMLESS_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may unpack to: bytes of one document, of all together, and how many times its packed size."""

    document_bytes: int
    all_bytes: int
    ratio: int


@dataclass(frozen=True, slots=True)
class Member:
    """One document in an archive: the way to it, its name there (empty for a packed file), size, digest, and what stopped the unpacking, if anything.

    Where nothing of it can be had, `digest` is None and `code` says why; such a one may also stand for all that follows it in its archive.
    """

    way: tuple[int, ...]
    name: str
    bytes: int = 0
    digest: str | None = None
    damage: str | None = None
    code: str = "bad_archive"


def members(file: Path, spool: Path, bounds: Bounds) -> list[Member]:
    """Every document in the archive, in order, and whatever in it is none and why; empty where the file is no archive.

    An entry that is damaged, locked or beyond the bounds costs itself alone. What is nested is spooled to a file in `spool`, gone afterwards.
    """
    return list(_Reading(spool, bounds, file.stat().st_size).members(file))


class Archives:
    """Documents out of archives, one after the other.

    The archive of the last one stays open, so that the many documents of one archive cost one opening as long as they are asked for in turn. A stream
    is done with before a document of another archive is asked for.
    """

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._open: list[tuple[Path, tuple[int, ...], Opened, Path | None]] = []

    def __enter__(self) -> "Archives":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stream(self, file: Path, way: tuple[int, ...]) -> BinaryIO:
        """The document at the end of the way, from its first byte to its end or to where it is damaged: landing has noted the damage.

        Raises TroubleError where the archive is not what it was when it landed.
        """
        archive = self._at(file, way[:-1])
        with _as_landed(file):
            return io.BufferedReader(archive.open(way[-1]), _CHUNK)

    def _at(self, file: Path, way: tuple[int, ...]) -> Opened:
        """The archive at the end of the way, opened; those on the way to it stay open too."""
        while self._open and not (self._open[-1][0] == file and way[: len(self._open) - 1] == self._open[-1][1]):
            self._close_last()
        while len(self._open) <= len(way):
            step = len(self._open)
            inner = self._unpacked(file, way[step - 1]) if step else None
            try:
                with _as_landed(file):
                    self._open.append((file, way[:step], _sure(inner or file), inner))
            except TroubleError:
                if inner:
                    inner.unlink()
                raise
        return self._open[-1][2]

    def _unpacked(self, file: Path, number: int) -> Path:
        with _as_landed(file):
            stream = self._open[-1][2].open(number)
        with stream, _spooled(self._spool) as target:
            while part := stream.read(_CHUNK):
                target.write(part)
        return Path(target.name)

    def _close_last(self) -> None:
        _, _, archive, spooled = self._open.pop()
        archive.close()
        if spooled:
            spooled.unlink(missing_ok=True)

    def close(self) -> None:
        """Close what is open and remove what was spooled."""
        while self._open:
            self._close_last()


class _TooMuch(Exception):
    """More is unpacked than the bounds allow."""


class _Budget:
    """How much may still be unpacked."""

    def __init__(self, bounds: Bounds, packed_bytes: int) -> None:
        self._bounds = bounds
        self._by_ratio = max(_HARMLESS_BYTES, bounds.ratio * packed_bytes)
        self._unpacked = 0

    def check(self, of_document: int, more: int) -> None:
        """Raises _TooMuch where a document of so many bytes, of which so many come now, is beyond a bound."""
        bounds = self._bounds
        if of_document > bounds.document_bytes:
            raise _TooMuch(f"it unpacks to more than {bounds.document_bytes:,} bytes (setting max_document_bytes)")
        if self._unpacked + more > bounds.all_bytes:
            raise _TooMuch(f"with it the archive unpacks to more than {bounds.all_bytes:,} bytes (setting max_unpacked_bytes)")
        if self._unpacked + more > self._by_ratio:
            raise _TooMuch(f"with it the archive unpacks to more than {bounds.ratio:,} times its size (setting max_unpacked_ratio)")

    def take(self, count: int, of_document: int) -> None:
        """Count bytes that were unpacked. Raises _TooMuch."""
        self.check(of_document, count)
        self._unpacked += count


class _Reading:
    """The reading of one archive, with all that is nested in it."""

    def __init__(self, spool: Path, bounds: Bounds, packed_bytes: int) -> None:
        self._spool = spool
        self._budget = _Budget(bounds, packed_bytes)

    def members(self, file: Path, way: tuple[int, ...] = (), name: str = "") -> Iterator[Member]:
        try:
            archive = opened(file)
        except FAULTS as error:
            yield Member(way, name, damage=f"it begins like an archive and cannot be opened as one ({why(error)}); get it again")
            return
        if archive is None:
            return
        with closing(archive):
            count, names = 0, set()
            for entry in archive.entries():
                count += 1
                if count > MAX_ENTRIES:
                    damage = f"it has more than {MAX_ENTRIES:,} entries, and the others were not read; unpack it, and load the folder"
                    yield Member(way, name, damage=damage, code="too_large")
                    return
                # Two entries of one name are two documents, and two rejects.
                own = _text(entry.name) if entry.name not in names else f"{_text(entry.name)} (entry {entry.number + 1})"
                names.add(entry.name)
                yield from self._entry(archive, entry, (*way, entry.number), "/".join(filter(None, (name, own))))
        if not count:
            yield Member(way, name, damage="there is no file in this archive; pack it again", code="empty")

    def _entry(self, archive: Opened, entry: Entry, way: tuple[int, ...], name: str) -> Iterator[Member]:
        if entry.fault:
            yield Member(way, name, code=entry.fault[0], damage=entry.fault[1])
            return
        try:
            self._budget.check(entry.bytes or 0, entry.bytes or 0)
            stream = archive.open(entry.number)
        except _TooMuch as error:
            yield _too_large(way, name, error)
            return
        except FAULTS as error:
            yield Member(way, name, damage=f"it cannot be unpacked ({why(error)}); get the archive again")
            return
        with stream:
            head = b""
            while len(head) < MARK_BYTES and (part := stream.read(MARK_BYTES - len(head))):
                head += part
            if not kind_of(head):
                yield self._read(stream, head, way, name)
            elif len(way) < MAX_DEPTH:
                yield from self._nested(stream, head, way, name)
            else:
                yield Member(way, name, damage=f"it is an archive that stands in archives {MAX_DEPTH} deep; unpack it, and load what it holds")

    def _nested(self, stream: Unpacked, head: bytes, way: tuple[int, ...], name: str) -> Iterator[Member]:
        with _spooled(self._spool) as target:
            inner = Path(target.name)
            try:
                whole = self._read(stream, head, way, name, target)
                target.flush()
                if whole.digest:
                    yield from self.members(inner, way, name)
                if whole.damage:
                    yield Member(way, name, damage=whole.damage, code=whole.code)
            finally:
                inner.unlink()

    def _read(self, stream: Unpacked, head: bytes, way: tuple[int, ...], name: str, target: IO[bytes] | None = None) -> Member:
        """The member's size and digest, read to its end or to where it is damaged."""
        digest, size = sha256(), 0
        part = head
        while part:
            size += len(part)
            try:
                self._budget.take(len(part), size)
            except _TooMuch as error:
                return _too_large(way, name, error)
            digest.update(part)
            if target:
                target.write(part)
            part = stream.read(_CHUNK)
        damage = f"the packed data is damaged after {size:,} unpacked bytes ({stream.damage}); get the file again" if stream.damage else None
        return Member(way, name, size, None if damage and not size else digest.hexdigest(), damage)


def _too_large(way: tuple[int, ...], name: str, error: _TooMuch) -> Member:
    return Member(way, name, damage=f"{error}; raise it and load the file again if it is right", code="too_large")


@contextmanager
def _as_landed(file: Path) -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        raise TroubleError(f"{file}: the raw store's copy of this archive cannot be read any more ({why(error)}); load it again") from None


def _sure(file: Path) -> Opened:
    archive = opened(file)
    if archive is None:
        raise ValueError("it is no archive")
    return archive


@contextmanager
def _spooled(folder: Path) -> Iterator[IO[bytes]]:
    """A new file there, which whoever wants it removes."""
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as target:
        try:
            yield target
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise


def _text(name: str) -> str:
    """The name as text that any table can hold, whatever bytes it has."""
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
