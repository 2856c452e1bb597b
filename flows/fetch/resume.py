"""The beginning of a file whose download broke off, so that the next request asks only for the rest."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flows.durable import write_atomically


@dataclass(frozen=True, slots=True)
class Begun:
    """So many bytes of it are here and synced; `etag` is the server's own name for what they are the beginning of."""

    size: int
    etag: str

    @property
    def headers(self) -> dict[str, str]:
        """Asks for the rest, or for all where the file is another by now."""
        return {"Range": f"bytes={self.size}-", "If-Range": self.etag}


def begun(part: Path, url: str) -> Begun | None:
    """What is here of the address's file; None where that is nothing."""
    try:
        found = json.loads(_note(part).read_bytes())
    except (OSError, ValueError):
        return None
    if found["of"] != _name(url) or not part.exists() or part.stat().st_size < found["size"]:
        return None
    return Begun(found["size"], found["etag"])


def keep(part: Path, url: str, of: Begun) -> None:
    """Note how much of the address's file is here. It must have been synced."""
    write_atomically(_note(part), json.dumps({"of": _name(url), "size": of.size, "etag": of.etag}).encode())


def forget(part: Path) -> None:
    """The part is whole, or the beginning of nothing."""
    _note(part).unlink(missing_ok=True)


def is_kept(part: Path) -> bool:
    """Whether the part is the beginning of a file, noted as such."""
    return _note(part).exists()


def can_go_on(etag: str | None) -> bool:
    """Whether the server can go on with a file by this ETag: a weak one says only that two files mean the same."""
    return etag is not None and etag.startswith('"') and etag.isascii() and etag.isprintable()


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _name(url: str) -> str:
    # The address may hold a key.
    return sha256(url.encode()).hexdigest()
