"""Settings: `<home>/paperhouse.toml`, then PAPERHOUSE_* variables, then the command's options."""

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from transforms.parsed import Limits
from warehouse.errors import InputError

_PREFIX = "PAPERHOUSE_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default."""

    # A second run waits this long for the first: a nightly run should not fail because someone loads a file by hand.
    wait_seconds: int = 600
    # The largest single document. Bulk dumps of a whole source are larger and are no text dumps of pages.
    max_document_bytes: int = 4 << 30
    # An archive of a whole collection is tens of gigabytes; what unpacks to far more than it takes is a bomb. Listings shrink to a tenth.
    max_unpacked_bytes: int = 64 << 30
    max_unpacked_ratio: int = 250
    # No title or abstract is a million bytes long; a line that is, is damage.
    max_line_bytes: int = 1 << 20
    # One record of a bulk format; OpenAlex works with thousands of authors take a few million bytes.
    max_record_bytes: int = 1 << 24
    # A document that is read at once: a page, an answer of an API, one venue's file.
    max_whole_bytes: int = 1 << 29

    @property
    def limits(self) -> Limits:
        """The settings that bound what a parser reads into memory: they decide rows."""
        return Limits(**{field.name: getattr(self, field.name) for field in fields(Limits)})


def read_settings(file: Path, wait_seconds: int | None = None) -> Settings:
    """The settings in force, the given options last.

    Raises InputError, saying where it stands, for a setting that is not known or is not a whole number of at least 0.
    """
    found: dict[str, tuple[Any, str]] = {}
    if file.exists():
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"{file}: the settings cannot be read ({(error.strerror or '').lower()})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: this is no TOML: {error}; mend it, or remove it to use the defaults") from None
        found.update({name: (value, str(file)) for name, value in table.items()})
    known = {field.name for field in fields(Settings)}
    for name in known:
        if (value := os.environ.get(_PREFIX + name.upper())) is not None:
            found[name] = (value, _PREFIX + name.upper())
    if unknown := sorted(set(found) - known):
        raise InputError(f"{file}: no setting is called {unknown[0]}; there are: {', '.join(sorted(known))}")
    values = {name: _whole_number(name, value, where) for name, (value, where) in found.items()}
    if wait_seconds is not None:
        values["wait_seconds"] = wait_seconds
    return replace(Settings(), **values)


def _whole_number(name: str, value: object, where: str) -> int:
    text = str(value).replace("_", "")
    if isinstance(value, bool) or not text.isdecimal():
        raise InputError(f"{where}: {name} is {value!r}; it must be a whole number of at least 0")
    return int(text)
