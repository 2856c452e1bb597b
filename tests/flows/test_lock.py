import fcntl
import os
import signal
import time
from datetime import datetime
from pathlib import Path

import pytest

from flows.lock import held, holder_of
from warehouse.errors import TroubleError

HOLD = """
import sys
from datetime import datetime
from pathlib import Path
from flows.lock import held
with held(Path(sys.argv[1]), datetime(2026, 1, 14, 20, 30, 15, 999), 0, print):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(child, tmp_path: Path):
    process = child(HOLD, tmp_path / "run.lock")
    assert process.stdout.readline() == "held\n"
    return process


def test_the_lock_is_there_for_one_and_free_afterwards(tmp_path: Path, now: datetime) -> None:
    file = tmp_path / "run.lock"
    assert holder_of(file) is None
    with held(file, now, 0, print):
        assert holder_of(file) == f"the run of process {os.getpid()}, started at 2026-01-15T08:00:00 UTC,"
    assert holder_of(file) is None


def test_it_is_free_again_after_a_failure(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "run.lock", now, 0, print):
        raise ZeroDivisionError
    with held(tmp_path / "run.lock", now, 0, print):
        pass


def test_with_no_time_to_wait_it_says_who_is_running(tmp_path: Path, now: datetime, holder) -> None:
    said: list[str] = []
    message = (
        f"{tmp_path}: the run of process {holder.pid}, started at 2026-01-14T20:30:15 UTC, is loading into this home; "
        "try again when it is done, or wait longer (--wait SECONDS)"
    )
    with pytest.raises(TroubleError) as raised, held(tmp_path / "run.lock", now, 0, said.append):
        pytest.fail("it is held by another process")
    assert str(raised.value) == message
    assert said == []
    assert holder_of(tmp_path / "run.lock") == f"the run of process {holder.pid}, started at 2026-01-14T20:30:15 UTC,"


def test_it_waits_and_says_so_once_and_goes_on_when_the_other_is_done(tmp_path: Path, now: datetime, holder) -> None:
    said: list[str] = []

    def let_go(message: str) -> None:
        said.append(message)
        holder.communicate("\n")

    with held(tmp_path / "run.lock", now, 30, let_go):
        assert holder.returncode == 0
    assert said == [f"the run of process {holder.pid}, started at 2026-01-14T20:30:15 UTC, is loading into this home; waiting up to 30 s"]


def test_it_gives_up_when_its_time_is_over(tmp_path: Path, now: datetime, holder) -> None:
    start = time.monotonic()
    with pytest.raises(TroubleError), held(tmp_path / "run.lock", now, 1, print):
        pytest.fail("it is held by another process")
    assert 1 <= time.monotonic() - start < 5


def test_a_killed_holder_holds_nothing(tmp_path: Path, now: datetime, holder) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert holder_of(tmp_path / "run.lock") is None
    with held(tmp_path / "run.lock", now, 0, print):
        pass


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}', "\xff"], ids=["empty", "half", "half the facts", "no UTF-8"])
def test_a_holder_that_has_not_said_who_it_is_is_another_run(tmp_path: Path, now: datetime, content: str) -> None:
    file = tmp_path / "run.lock"
    file.write_bytes(content.encode("latin-1"))
    with file.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert holder_of(file) == "another run"


def test_looking_who_holds_it_keeps_nobody_from_loading(tmp_path: Path, now: datetime) -> None:
    # What `paperhouse status` does for a moment, held still.
    file = tmp_path / "run.lock"
    file.touch()
    with file.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert holder_of(file) is None
