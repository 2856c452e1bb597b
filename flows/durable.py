"""Writing files so that they are whole or absent, also after a power cut."""

import json
import os
from pathlib import Path
from typing import Any

from warehouse.published import sync_folder


def write_atomically(target: Path, content: bytes) -> None:
    """Put the file in place in one step."""
    part = target.with_name(f".{target.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    sync_folder(target.parent)


def append_line(target: Path, entry: dict[str, Any]) -> None:
    """Add one JSON line. A line that a killed run left half written is closed first, so that it costs itself alone."""
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    is_new = not target.exists()
    with target.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(target.parent)


def read_lines(source: Path) -> list[dict[str, Any]]:
    """The JSON lines of the file, without those that are half written; none where there is no file."""
    if not source.exists():
        return []
    entries = []
    # Not splitlines(): text may hold the other characters that Unicode calls line ends.
    for line in source.read_bytes().split(b"\n"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries
