"""One run at a time in a home."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from warehouse.errors import TroubleError

_POLL_SECONDS = 0.2
_DOES = {"run": "loading into", "fetch": "fetching for", "decision": "noting what is one paper in"}


class Busy(TroubleError):
    """Another has the lock, and the time to wait for it is over; `holder` says who, and what it does."""

    def __init__(self, message: str, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


@contextmanager
def held(file: Path, started_at: datetime, wait_seconds: float, say: Callable[[str], None], what: str = "run") -> Iterator[None]:
    """Hold a lock of the home, for a run, a fetch or a decision. The system releases it when the process ends, however it ends.

    While another process has it, says who that is and waits. Raises Busy, naming the other, when the time is over.
    """
    with file.open("a+", encoding="utf-8") as handle:
        deadline = time.monotonic() + wait_seconds
        has_said = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = " is ".join(_holder(file)) + " this home"
                if time.monotonic() >= deadline:
                    message = f"{file.parent}: {holder}; try again when it is done, or wait longer (--wait SECONDS)"
                    raise Busy(message, holder) from None
                if not has_said:
                    say(f"{holder}; waiting up to {wait_seconds:,.0f} s")
                    has_said = True
                time.sleep(_POLL_SECONDS)
        handle.seek(0)
        handle.truncate()
        handle.write(json.dumps({"what": what, "pid": os.getpid(), "started_at": started_at.isoformat(timespec="seconds")}))
        handle.flush()
        yield


def holder_of(file: Path) -> str | None:
    """Who holds the lock, in words; None where nobody does."""
    if not file.exists():
        return None
    with file.open("r", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder(file)[0]
    return None


def _holder(file: Path) -> tuple[str, str]:
    """Who holds the lock, and what that does."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        what = found.get("what", "run")
        return f"the {what} of process {found['pid']}, started at {found['started_at']} UTC,", _DOES[what]
    except (OSError, ValueError, KeyError):
        return "another run", _DOES["run"]
