"""Writing tables and text: whole or not at all, in the form that the file's name says."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from warehouse.errors import InputError

ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A file beside the target to write to, which takes its place at the end; it is gone where that is not reached.

    Raises InputError where nothing can be written there.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.touch()
    except OSError as error:
        raise InputError(f"{target}: it cannot be written ({(error.strerror or str(error)).lower()}); name another file") from None
    try:
        yield part
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_table(frame: pl.DataFrame, target: Path | None) -> None:
    """Write the rows as the name's ending says, as CSV where it says nothing; to standard output where there is no target."""
    if target is None:
        sys.stdout.write(frame.write_csv())
        return
    with replacing(target) as part:
        match target.suffix.lower():
            case ".jsonl" | ".ndjson":
                frame.write_ndjson(part)
            case ".parquet":
                frame.write_parquet(part)
            case _:
                frame.write_csv(part)
