"""Packed files and archives, opened: which entries they have, and the bytes of each up to their end or to where they are damaged.

Everything in them is hostile: no name is used as a path, no link is followed, and what must be in memory at once (a list of entries, a header, a
dictionary of the packing) is bounded before it is read.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pyarrow as pa

# So much is unpacked at a time. What is unpacked in the step that meets the damage is lost, so it is small.
_STEP = 1 << 14
# An archive with more is no listing; each entry is a document with rows of its own.
MAX_ENTRIES = 100_000
# The list of entries of a zip, and all headers before one entry of a tar, are read into memory by the libraries.
_MAX_DIRECTORY_BYTES = 16 << 20
_MAX_HEADER_BYTES = 16 << 10
# xz names the size of its dictionary itself: up to 4 GiB. The highest preset takes 65 MiB.
_MAX_DICTIONARY_BYTES = 128 << 20
FAULTS = (
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
_MARKS = (
    ("zip", re.compile(rb"PK(?:\x03\x04|\x05\x06)")),
    ("gzip", re.compile(rb"\x1f\x8b")),
    ("zstd", re.compile(rb"\x28\xb5\x2f\xfd")),
    # The first block, or the end where there is none: a text may begin with BZh.
    ("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")),
    ("xz", re.compile(rb"\xfd7zXZ\x00")),
    ("tar", re.compile(rb".{257}ustar", re.DOTALL)),
)
MARK_BYTES = 512
# What libraries say to programmers, as it is said to people.
_PLAIN = (
    (
        re.compile(r"File is not a zip file|Bad magic number for central directory|Corrupt extra field.*"),
        "the list of its entries is missing or damaged",
    ),
    (re.compile(r".*(?:unexpected end of data|end-of-stream marker|Truncated|unexpectedly)|EOFError"), "it ends too early"),
    (re.compile(r"Error -3 while decompressing.*|Invalid data stream|Corrupt input data"), "the bytes are no packed data"),
)


def kind_of(head: bytes) -> str | None:
    """Which kind of archive these first MARK_BYTES begin; None where they are no archive's."""
    return next((kind for kind, mark in _MARKS if mark.match(head)), None)


def why(error: Exception) -> str:
    """What the fault is, in a line for a person."""
    said = (str(error) or type(error).__name__).splitlines()[0][:200]
    return next((plain for pattern, plain in _PLAIN if pattern.match(said)), said)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an archive: its number from 0 in the archive's own order, its name, how many bytes it says it has (None where it does not say),
    and a code with the reason where it cannot be unpacked."""

    number: int
    name: str
    bytes: int | None = None
    fault: tuple[str, str] | None = None


class Unpacked(io.RawIOBase):
    """The unpacked bytes up to their end or to where they are damaged; `damage` then says what is wrong. However they are asked for, they are the
    same bytes: what is read again has the digest that it had."""

    def __init__(self, read: Callable[[], bytes], close: Callable[[], object]) -> None:
        self._read = read
        self._close = close
        self._left = memoryview(b"")
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        if not self._left and not self.damage:
            try:
                self._left = memoryview(self._read())
            except FAULTS as error:
                self.damage = why(error)
        count = min(len(view), len(self._left))
        view[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()


class Opened(Protocol):
    """An archive that is open."""

    def entries(self) -> Iterator[Entry]:
        """What it holds, in order; folders are no entries."""

    def open(self, number: int) -> Unpacked:
        """The bytes of one entry. Raises one of FAULTS."""

    def close(self) -> None:
        """Give its files back."""


def opened(file: Path) -> Opened | None:
    """The archive, opened; None where the file is none. Raises one of FAULTS where it cannot be opened."""
    with file.open("rb") as stream:
        kind = kind_of(stream.read(MARK_BYTES))
    if kind is None:
        return None
    return _Zip(file) if kind == "zip" else _Tar(file) if kind == "tar" else _Packed(file, kind)


class _Packed:
    """A file with one packed stream, or several one behind the other, and no list of anything."""

    def __init__(self, file: Path, kind: str) -> None:
        self._file = file
        self._kind = kind

    def entries(self) -> Iterator[Entry]:
        yield Entry(0, "")

    def open(self, number: int) -> Unpacked:
        del number
        if self._kind == "zstd":
            zstd = pa.CompressedInputStream(pa.OSFile(str(self._file)), "zstd")
            return Unpacked(lambda: zstd.read(_STEP), zstd.close)
        if self._kind == "xz":
            file = self._file.open("rb")
            parts = _unpacked_xz(file)
            return Unpacked(lambda: next(parts, b""), file.close)
        stream = gzip.GzipFile(self._file) if self._kind == "gzip" else bz2.BZ2File(self._file)
        return Unpacked(lambda: stream.read1(_STEP), stream.close)

    def close(self) -> None:
        """Each stream has a file of its own."""


class _Zip:
    """A zip; only stored and deflated entries are read: of what bzip2 packs, zipfile unpacks gigabytes at once."""

    def __init__(self, file: Path) -> None:
        self._file = _Bounded(file)
        try:
            self._file.allow(_MAX_DIRECTORY_BYTES)
            self._archive = zipfile.ZipFile(self._file)
            self._infos = self._archive.infolist()
            self._file.allow(None)
        except BaseException:
            self._file.close()
            raise

    def entries(self) -> Iterator[Entry]:
        for number, info in enumerate(self._infos):
            if not info.is_dir() and not info.filename.startswith(_MAC_NOISE):
                yield Entry(number, info.filename, info.file_size, _zip_fault(info))

    def open(self, number: int) -> Unpacked:
        # Without its checksum zipfile gives the bytes of a damaged entry too; that they are damaged is found here.
        info = copy(self._infos[number])
        expected, found = info.CRC, 0
        del info.CRC
        member = cast(zipfile.ZipExtFile, self._archive.open(info))

        def read() -> bytes:
            nonlocal found
            part = member.read1(_STEP)
            found = zlib.crc32(part, found)
            if not part and found != expected:
                raise zipfile.BadZipFile("its checksum is not the one that the archive has for it")
            return part

        return Unpacked(read, member.close)

    def close(self) -> None:
        self._archive.close()
        self._file.close()


def _zip_fault(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if info.flag_bits & 0x41:
        return "encrypted", "it is encrypted; unpack it with its password, and load what it holds"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "unreadable", _LINK
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "bad_archive", f"it is packed by method {info.compress_type}, which is not read here; unpack it, and load what it holds"
    return None


class _Tar:
    """A tar, its headers read once as far as they were asked for."""

    def __init__(self, file: Path) -> None:
        self._file = _Bounded(file, is_tar=True)
        self._infos: list[tarfile.TarInfo] = []
        self._stop: str | None = None
        try:
            self._file.allow(_MAX_HEADER_BYTES)
            self._tar = tarfile.open(fileobj=self._file, mode="r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115 - it stays open
        except BaseException:
            self._file.close()
            raise

    def entries(self) -> Iterator[Entry]:
        names: set[str] = set()
        while (info := self._next()) is not None:
            if not info.isdir():
                fault = _tar_fault(info, names)
                names.add(info.name)
                # A hard link to what stands before it is that same document.
                if not (info.islnk() and fault is None):
                    yield Entry(len(self._infos) - 1, info.name, info.size, fault)
        if self._stop:
            why = f"behind entry {len(self._infos)} {self._stop}, and what follows is not read; get it again"
            yield Entry(len(self._infos), "", fault=("bad_archive", why))

    def open(self, number: int) -> Unpacked:
        while len(self._infos) <= number and self._next():
            pass
        if number >= len(self._infos):
            raise tarfile.ReadError(f"it has no entry {number + 1}")
        stream = self._tar.extractfile(self._infos[number])
        if stream is None:
            raise tarfile.ReadError(f"entry {number + 1} is no file")
        member = cast(io.BufferedReader, stream)
        return Unpacked(lambda: member.read1(_STEP), member.close)

    def _next(self) -> tarfile.TarInfo | None:
        """The next header; None at the end, or where no header can be read."""
        if self._stop:
            return None
        start = self._tar.offset
        self._file.allow(_MAX_HEADER_BYTES)
        try:
            info = self._tar.next()
        except FAULTS as error:
            self._stop = why(error)
            return None
        finally:
            self._file.allow(None)
        if info is None:
            self._stop = self._found_at_end()
            return None
        # An entry of a negative size leads back: round and round for ever.
        if (self._infos and self._tar.offset <= start) or info.size < 0:
            self._stop = "stands an entry of a negative size"
            return None
        # The library keeps all of them, and all that their headers say.
        self._tar.members.clear()  # type: ignore[attr-defined]
        info.pax_headers = {}
        self._infos.append(info)
        return info

    def _found_at_end(self) -> str | None:
        """What stands where the next header was expected, if not the end: the library takes damage for the end."""
        self._file.seek(self._tar.offset)
        block = self._file.read(tarfile.BLOCKSIZE)
        if not block:
            return "it ends without the mark of its end"
        return "no header of an entry is found" if block.strip(b"\0") else None

    def close(self) -> None:
        self._tar.close()
        self._file.close()


_LINK = "it is a link, and no link in an archive is followed; load the file itself"


def _tar_fault(info: tarfile.TarInfo, before: set[str]) -> tuple[str, str] | None:
    if info.issym() or (info.islnk() and info.linkname not in before):
        return "unreadable", _LINK
    if info.ischr() or info.isblk() or info.isfifo():
        return "unreadable", "it is a device or a pipe, and no file; leave it out of the archive"
    return None


# A record of an extended header, `28 mtime=1735689600.123456\n`: its length, its name, its value.
_RECORD = re.compile(rb"([1-9]\d{0,5}) [^=\n]{1,512}=")
_LONG_DIGITS = re.compile(rb"\d{41}")


def _check_extended_header(raw: bytes) -> None:
    """Raises ValueError for what is no extended header of a tar and no long name: the library's patterns take quadratic time on such."""
    at = 0
    while raw[at : at + 1].isdigit():
        record = _RECORD.match(raw, at)
        if record is None or raw[at + int(record[1]) - 1 : at + int(record[1])] != b"\n":
            raise ValueError("an extended header is damaged")
        at += int(record[1])
    if _LONG_DIGITS.search(raw):
        raise ValueError("an extended header is damaged")


class _Bounded(io.BufferedReader):
    """A file of which a library may read so many bytes and no more, where what it reads stays in memory."""

    _left: int | None = None

    def __init__(self, file: Path, is_tar: bool = False) -> None:
        super().__init__(io.FileIO(file))
        self._is_tar = is_tar

    def allow(self, count: int | None) -> None:
        """So many bytes from now on; None for any number."""
        self._left = count

    def read(self, size: int | None = None, /) -> bytes:
        if self._left is None or size is None:
            return super().read(size)
        self._left -= size
        if self._left < 0 or size < 0:
            raise ValueError("the list of its entries takes more memory than a real one")
        raw = super().read(size)
        if self._is_tar and size > tarfile.BLOCKSIZE:
            _check_extended_header(raw)
        return raw


def _unpacked_xz(file: BinaryIO) -> Iterator[bytes]:
    """What lzma.open gives, with a bound on the memory that the file may ask for."""
    packed = b""
    while packed := packed.lstrip(b"\0") or file.read(_STEP).lstrip(b"\0"):
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_DICTIONARY_BYTES)
        while not decompressor.eof:
            if decompressor.needs_input and not packed:
                packed = file.read(_STEP)
                if not packed:
                    raise EOFError
            part = decompressor.decompress(packed, _STEP)
            packed = b""
            if part:
                yield part
        packed = decompressor.unused_data
