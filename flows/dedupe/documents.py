"""From named files to the documents that they are or hold, each with the name that its records are called by."""

import errno
import mmap
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from flows.archives import Archives, Bounds, members
from flows.inputs import expanded
from flows.raw_store import capture_of
from flows.wording import path_name
from transforms.bronze import Landed
from transforms.content import Content

_CHUNK = 1 << 20
_PROBE = 1 << 16


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its place in order, its name (with folders below what all inputs share, or the name in its archive), the file with its bytes."""

    number: int
    name: str
    file: Path
    landed: Landed


@contextmanager
def content_of(document: Document) -> Iterator[Content]:
    """The document's bytes, mapped and not read."""
    if not document.landed.bytes:
        yield Content.of(b"")
        return
    with document.file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield Content(lambda: document.file.open("rb"), mapped)


def documents(paths: Sequence[str], home: Path, folder: Path, bounds: Bounds, now: datetime) -> tuple[list[Document], list[str]]:
    """The documents of these paths (files, folders, patterns), in order of their names, and why others could not be read.

    What is packed is unpacked into `folder`. Raises InputError for a path that is not there.
    """
    files = expanded(paths, home)
    base = _shared_folder(paths, files)
    found: list[Document] = []
    refused: list[str] = []
    seen: Counter[str] = Counter()
    with Archives(folder) as archives:
        for file in files:
            name = path_name(file.relative_to(base))
            try:
                size = _size_of(file)
                held = members(file, folder, bounds)
            except OSError as error:
                refused.append(f"{name}: {(error.strerror or str(error)).lower()}; it was not read")
                continue
            if not held:
                if size > bounds.document_bytes:
                    refused.append(f"{name}: {size:,} bytes, more than the {bounds.document_bytes:,} allowed (setting max_document_bytes)")
                    continue
                found.append(_document(len(found), name, file, file, now, seen))
            for member in held:
                inner = member.name or name
                if member.digest is None:
                    refused.append(f"{name}{'/' if member.name else ''}{member.name}: {member.damage}; it was not read")
                    continue
                if member.damage:
                    refused.append(f"{name}{'/' if member.name else ''}{member.name}: {member.damage}; what was unpacked before is kept")
                unpacked = folder / f"document-{len(found)}"
                with archives.stream(file, tuple(member.way)) as stream, unpacked.open("wb") as target:
                    while part := stream.read(_CHUNK):
                        target.write(part)
                found.append(_document(len(found), inner, unpacked, file, now, seen))
    return found, refused


def _document(number: int, name: str, file: Path, origin: Path, now: datetime, seen: Counter[str]) -> Document:
    """A document whose id is made of its size, its beginning and its end: the same bytes have the same id, so that neither the order of the
    files nor their names matter to what is compared. Files with equal bytes are told apart all the same: each of their records is one."""
    size = file.stat().st_size
    with file.open("rb") as handle:
        probe = handle.read(_PROBE)
        handle.seek(max(0, size - _PROBE))
        probe += handle.read(_PROBE)
    digest = sha256(probe + str(size).encode()).hexdigest()
    seen[digest] += 1
    if seen[digest] > 1:
        digest = sha256(f"{digest} {seen[digest]}".encode()).hexdigest()
    capture = capture_of(Path(name), origin.stat().st_mtime, now, None)
    return Document(number, name, file, Landed(digest, name, size, now, capture))


def _size_of(file: Path) -> int:
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "this is no ordinary file", str(file))
    with file.open("rb"):
        return status.st_size


def _shared_folder(paths: Sequence[str], files: Sequence[Path]) -> Path:
    """The folder below which all inputs are named: a folder that was named counts as a part of the name."""
    folders = [Path(os.path.abspath(path)) for path in paths if Path(path).is_dir()]  # noqa: PTH100 - resolve() would follow links
    alone = [file.parent for file in files if not any(file.is_relative_to(folder) for folder in folders)]
    return Path(os.path.commonpath([*(folder.parent for folder in folders), *alone]))
