"""From what the user names to files."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from flows.home import Home
from flows.wording import path_name
from warehouse.errors import InputError


def expanded(paths: Iterable[str], home: Path) -> list[Path]:
    """The files that the paths name, each once, sorted: a file itself, every file of a folder and its folders, what a pattern matches.

    Names that start with a dot are passed over inside a folder, and so is what paperhouse itself wrote into its home, or into the sample's: that is
    no listing. Raises InputError for a path that is not there and for a folder without a file.
    """
    homes = (Home(home), Home(home).sample)
    files: dict[Path, Path] = {}
    missing: list[str] = []
    for path in paths:
        is_pattern = not os.path.lexists(path) and glob.has_magic(path)
        matches = sorted(glob.glob(path, recursive=True)) if is_pattern else [path] if os.path.lexists(path) else []
        if not matches:
            missing.append(path)
        for match in matches:
            found = _in_folder(Path(match)) if Path(match).is_dir() else [Path(match)]
            if not found and not is_pattern:
                raise InputError(f"{path_name(match)}: there is no file in this folder")
            for file in found:
                real = file.resolve()
                if not any(one.owns(real) for one in homes):
                    files.setdefault(real, Path(os.path.abspath(file)))  # noqa: PTH100 - resolve() would follow links
    if missing:
        names = ", ".join(path_name(path) for path in missing)
        raise InputError(f"{names}: there is no such file or folder; nothing was loaded (seen from {Path.cwd()})")
    return sorted(files.values())


def _in_folder(folder: Path) -> list[Path]:
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        raise InputError(f"{path_name(error.filename)}: the folder cannot be read ({(error.strerror or '').lower()})") from None

    seen: set[Path] = set()
    for where, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        # A link may lead back up.
        seen.add(Path(where).resolve())
        folders[:] = sorted(name for name in folders if not name.startswith(".") and Path(where, name).resolve() not in seen)
        found.extend(Path(where, name) for name in sorted(names) if not name.startswith("."))
    return found
