"""Archives and packed files: what they hold, read as streams.

A way into an archive is a tuple of numbers: (3,) is the fourth entry of a zip, (0,) what a gzip file holds, (3, 0) what the gzip file holds
that is the fourth entry.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

_CHUNK = 1 << 20
# An archive in an archive in an archive is a person's; deeper is an attack.
MAX_DEPTH = 3
# A text can shrink much when it is packed, but a small one that unpacks to this is no danger either.
_HARMLESS_BYTES = 64 << 20
_UNPACKING_FAULTS = (
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
)
_MAC_NOISE = "__MACOSX/"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may unpack to: bytes of one document, of all together, and how many times its packed size."""

    document_bytes: int
    all_bytes: int
    ratio: int


@dataclass(frozen=True, slots=True)
class Member:
    """One document in an archive: the way to it, its name there (empty for a packed file), size, digest, and what stopped the unpacking, if anything.

    Where nothing of it can be had, `digest` is None and `code` says why.
    """

    way: tuple[int, ...]
    name: str
    bytes: int = 0
    digest: str | None = None
    damage: str | None = None
    code: str = "bad_archive"


class TooMuch(Exception):
    """The archive unpacks to more than the bounds allow."""


def kind_of(head: bytes) -> str | None:
    """Which kind of archive these first bytes begin; None where they are no archive's."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head[257:262] == b"ustar":
        return "tar"
    marks = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
    return next((kind for mark, kind in marks.items() if head.startswith(mark)), None)


def members(file: Path, spool: Path, bounds: Bounds) -> list[Member]:
    """Every document in the archive, in order; empty where the file is no archive or cannot be unpacked at all. Raises TooMuch."""
    budget = _Budget(bounds, file.stat().st_size)
    return list(_members(file, (), "", spool, budget))


@contextmanager
def opened(file: Path, way: tuple[int, ...], spool: Path) -> Iterator[Callable[[], BinaryIO]]:
    """A function that opens the document at the end of the way as a stream, as often as it is called. Archives on the way are spooled to a file."""
    at = file
    spooled: list[Path] = []
    try:
        for step, number in enumerate(way[:-1]):
            inner = spool / f"opened-{step}.part"
            spooled.append(inner)
            with _stream(at, number) as stream, inner.open("wb") as target:
                while chunk := _read(stream):
                    target.write(chunk)
            at = inner
        yield lambda: cast(BinaryIO, io.BufferedReader(_Lenient(_stream(at, way[-1])), _CHUNK))
    finally:
        for inner in spooled:
            inner.unlink(missing_ok=True)


class _Budget:
    """How much may still be unpacked."""

    def __init__(self, bounds: Bounds, packed_bytes: int) -> None:
        self.bounds = bounds
        self.packed_bytes = packed_bytes
        self.unpacked = 0

    def take(self, count: int, of_document: int) -> None:
        self.unpacked += count
        if of_document > self.bounds.document_bytes:
            raise TooMuch(f"it holds a document of more than {self.bounds.document_bytes:,} bytes (setting max_document_bytes)")
        if self.unpacked > self.bounds.all_bytes:
            raise TooMuch(f"it unpacks to more than {self.bounds.all_bytes:,} bytes (setting max_unpacked_bytes)")
        if self.unpacked > max(_HARMLESS_BYTES, self.bounds.ratio * self.packed_bytes):
            raise TooMuch(f"it unpacks to more than {self.bounds.ratio:,} times its size (setting max_unpacked_ratio)")


def _members(file: Path, way: tuple[int, ...], name: str, spool: Path, budget: _Budget) -> Iterator[Member]:
    for number, inner_name in _entries(file):
        here = (*way, number)
        full_name = "/".join(filter(None, (name, inner_name)))
        try:
            stream = _stream(file, number)
        except _UNPACKING_FAULTS as error:
            is_locked = "encrypted" in str(error) or "password" in str(error)
            yield Member(here, full_name, damage=_why(error), code="encrypted" if is_locked else "bad_archive")
            continue
        with stream:
            head = _read(stream, 512)
            if kind_of(head) and len(way) + 1 < MAX_DEPTH:
                nested = spool / f"nested-{len(way)}.part"
                with nested.open("wb") as target:
                    member = _copied(stream, head, here, full_name, budget, target)
                inside = list(_members(nested, here, full_name, spool, budget))
                nested.unlink()
                if inside:
                    yield from inside
                    continue
                yield member
            else:
                yield _copied(stream, head, here, full_name, budget)


def _copied(stream: BinaryIO, head: bytes, way: tuple[int, ...], name: str, budget: _Budget, target: BinaryIO | None = None) -> Member:
    """The member's size and digest, read to its end or to where it is damaged."""
    digest, size, damage = sha256(), 0, None
    chunk = head
    while chunk:
        size += len(chunk)
        budget.take(len(chunk), size)
        digest.update(chunk)
        if target:
            target.write(chunk)
        try:
            chunk = stream.read(_CHUNK)
        except _UNPACKING_FAULTS as error:
            damage = f"the packed data is damaged after {size:,} unpacked bytes ({_why(error)}); get the file again"
            break
    if damage and not size:
        return Member(way, name, damage=damage)
    return Member(way, name, size, digest.hexdigest(), damage)


def _entries(file: Path) -> Iterator[tuple[int, str]]:
    """The number and name of every file in the archive; nothing where it is none or is damaged from the start."""
    with file.open("rb") as stream:
        kind = kind_of(stream.read(512))
    try:
        if kind == "zip":
            with zipfile.ZipFile(file) as archive:
                for number, info in enumerate(archive.infolist()):
                    if not info.is_dir() and not info.filename.startswith(_MAC_NOISE):
                        yield number, info.filename
        elif kind == "tar":
            with tarfile.open(file, "r:") as tar:
                for number, entry in enumerate(tar):
                    if entry.isreg():
                        yield number, entry.name
        elif kind:
            with _stream(file, 0) as stream:
                # What gives not one byte is no packed file but damage.
                if not stream.read(1) and file.stat().st_size > 40:
                    return
            yield 0, ""
    except _UNPACKING_FAULTS:
        return


def _stream(file: Path, number: int) -> BinaryIO:
    """The unpacked bytes of one entry. Raises one of _UNPACKING_FAULTS."""
    with file.open("rb") as stream:
        kind = kind_of(stream.read(512))
    if kind == "gzip":
        return cast(BinaryIO, gzip.open(file, "rb"))
    if kind == "bzip2":
        return cast(BinaryIO, bz2.open(file, "rb"))
    if kind == "xz":
        return cast(BinaryIO, lzma.open(file, "rb"))
    if kind == "zstd":
        return cast(BinaryIO, io.BufferedReader(_Zstd(file), _CHUNK))
    if kind == "zip":
        archive = zipfile.ZipFile(file)
        return cast(BinaryIO, archive.open(archive.infolist()[number]))
    tar = tarfile.open(file, "r:")  # noqa: SIM115 - the stream keeps it
    entry = next(entry for at, entry in enumerate(tar) if at == number)
    return cast(BinaryIO, tar.extractfile(entry))


class _Zstd(io.RawIOBase):
    """A zstd file, unpacked by Arrow, which is there already."""

    def __init__(self, file: Path) -> None:
        self._stream = pa.CompressedInputStream(pa.OSFile(str(file)), "zstd")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _Lenient(io.RawIOBase):
    """A stream that ends where it is damaged: landing has noted the damage."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = _read(self._stream, len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def _read(stream: BinaryIO, size: int = _CHUNK) -> bytes:
    try:
        return stream.read(size)
    except _UNPACKING_FAULTS:
        return b""


def _why(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
