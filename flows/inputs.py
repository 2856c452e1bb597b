"""From what the user names to files."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from flows.wording import path_name
from warehouse.errors import InputError


def expanded(paths: Iterable[str], home: Path) -> list[Path]:
    """The files that the paths name, each once, sorted: a file itself, every file of a folder and its folders, what a pattern matches.

    Inside a folder, names that start with a dot and the home itself are passed over: what paperhouse wrote is no listing. Raises InputError
    for a path that is not there and for a folder without a file.
    """
    files: dict[Path, None] = {}
    missing: list[str] = []
    for path in paths:
        if not os.path.lexists(path) and glob.has_magic(path):
            matches = sorted(glob.glob(path, recursive=True))
        else:
            matches = [path] if os.path.lexists(path) else []
        if not matches:
            missing.append(path)
        for match in matches:
            found = _in_folder(Path(match), home) if Path(match).is_dir() else [Path(match)]
            if not found:
                raise InputError(f"{path_name(match)}: there is no file in this folder")
            files.update(dict.fromkeys(file.absolute() for file in found))
    if missing:
        names = ", ".join(path_name(path) for path in missing)
        raise InputError(f"{names}: there is no such file or folder; nothing was loaded (seen from {Path.cwd()})")
    return sorted(files)


def _in_folder(folder: Path, home: Path) -> list[Path]:
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        raise InputError(f"{path_name(error.filename)}: the folder cannot be read ({(error.strerror or '').lower()})") from None

    for where, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and Path(where, name).absolute() != home)
        found.extend(Path(where, name) for name in sorted(names) if not name.startswith("."))
    return found
