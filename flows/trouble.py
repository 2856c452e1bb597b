"""Faults of the machine, said so that a person can act on them."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import TroubleError

_FULL = (errno.ENOSPC, errno.EDQUOT)
# Anything else, such as a file of ours that is not where we put it, is our own fault and keeps its stack trace.
_OF_THE_MACHINE = (*_FULL, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EFBIG)


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn a full disk, a file system that went away or a file without permission into a TroubleError that says where and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        raise TroubleError(_sentence(error.errno in _FULL, error.strerror or str(error), error.filename or home, home)) from error
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        if isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)) or "no space left" in str(error).lower():
            raise TroubleError(_sentence("no space left" in str(error).lower(), message, home, home)) from error
        raise


def _sentence(is_full: bool, found: str, where: object, home: Path) -> str:
    if is_full:
        there = next(folder for folder in (home, *home.parents) if folder.exists())
        free = shutil.disk_usage(there).free
        found = f"the disk is full ({free / 1e6:,.0f} MB free)"
        return f"{where}: {found}; the published warehouse stands as it was. Free some space, or choose another home with --home, and run again"
    return f"{where}: {found}; the published warehouse stands as it was. Mend that and run again"
