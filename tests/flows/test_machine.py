"""What the machine does to a load: a full disk, readers, a second run, a line of a gigabyte."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.home import Home
from flows.summary import Summary
from warehouse.errors import TroubleError

pytestmark = [pytest.mark.store, pytest.mark.slow]

DISK_BYTES = 24 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)]
    if not mount or sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets no test mount a file system")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path, leave: int) -> None:
    """Fill the disk up to so many bytes."""
    usage = shutil.disk_usage(disk)
    with (disk / "filler").open("wb") as file:
        for _ in range(max(0, usage.free - leave) // 4096):
            file.write(b"x" * 4096)


@pytest.fixture
def on_small_disk(small_disk: Path, tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> tuple[Path, Path, bytes]:
    """A loaded home on the small disk, another page elsewhere, and the published file's bytes."""
    home = small_disk / "home"
    run_load(home, saved(tmp_path / "2025-12-16.txt", 0))
    return home, saved(tmp_path / "2025-12-17.txt", 1), (home / "warehouse.duckdb").read_bytes()


# With so many bytes left a load dies while it lands, and while it builds.
@pytest.mark.parametrize("leave", [0, 200_000, 1_500_000, 4_000_000], ids=["nothing left", "0.2 MB left", "1.5 MB left", "4 MB left"])
def test_a_full_disk_is_said_and_the_old_warehouse_stands_and_with_space_the_next_load_completes(
    on_small_disk: tuple[Path, Path, bytes], run_load: Callable[..., Summary], ask: Callable[..., Any], leave: int
) -> None:
    home, page, before = on_small_disk
    fill(home.parent, leave)
    with pytest.raises(TroubleError) as raised:
        run_load(home, page)
    assert "the disk is full (" in str(raised.value)
    assert "the published warehouse stands as it was. Free some space, or choose another home with --home, and run again" in str(raised.value)
    assert (home / "warehouse.duckdb").read_bytes() == before
    assert ask(home, "SELECT count(*) FROM gold.papers") == [(1,)]
    assert list(Home(home).work.iterdir()) == []

    (home.parent / "filler").unlink()
    assert run_load(home, page).papers == 2


def test_a_full_disk_on_the_command_line_is_our_fault_without_a_stack_trace(on_small_disk: tuple[Path, Path, bytes], paperhouse) -> None:
    home, page, before = on_small_disk
    fill(home.parent, 0)
    done = paperhouse("run", "--home", home, page, check=1)
    assert done.stderr.splitlines()[-1].startswith("paperhouse: ")
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(paperhouse("sql", "--home", home, "select count(*) as n from gold.papers", "--json").stdout) == [{"n": 1}]
    assert (home / "warehouse.duckdb").read_bytes() == before


READ = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for line in sys.stdin:
    print(connection.execute("SELECT count(*), count(DISTINCT abstract) FROM gold.papers").fetchall(), flush=True)
"""


def test_a_reader_that_holds_the_warehouse_open_goes_on_undisturbed(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any], child
) -> None:
    home = tmp_path / "home"
    run_load(home, saved(tmp_path / "2025-12-16.txt", 0))
    reader = child(READ, home / "warehouse.duckdb")

    def read() -> str:
        reader.stdin.write("\n")
        reader.stdin.flush()
        return reader.stdout.readline()

    seen = [read()]

    def and_read(stage: str, function: Callable[..., Any], *arguments: Any) -> Any:
        result = function(*arguments)
        seen.append(read())
        return result

    page = saved(tmp_path / "2025-12-17.txt", 1, 2)
    assert run_load(home, page, run_stage=and_read).state == "published"
    seen.append(read())
    assert len(seen) > 9
    assert set(seen) == {"[(1, 1)]\n"}
    assert ask(home, "SELECT count(*) FROM gold.papers") == [(3,)]
    reader.stdin.close()
    assert reader.wait(timeout=30) == 0


def test_a_program_that_holds_the_warehouse_open_for_writing_is_said(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], child
) -> None:
    home = tmp_path / "home"
    run_load(home, saved(tmp_path / "2025-12-16.txt", 0))
    writer = child(READ.replace(", read_only=True", ""), home / "warehouse.duckdb")
    writer.stdin.write("\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == "[(1, 1)]\n"
    with pytest.raises(TroubleError, match=r"another program has it open for writing .*; close it there, or open it read-only"):
        run_load(home, saved(tmp_path / "2025-12-17.txt", 1))
    writer.kill()
    writer.wait()
    assert run_load(home).state == "published"


HOLD = """
import sys
from datetime import datetime
from pathlib import Path
from flows.home import Home
from flows.load import Job, load
from flows.reporter import Silent
from flows.settings import Settings

def waiting(stage, function, *arguments):
    if stage == "parse":
        print("parsing", flush=True)
        sys.stdin.readline()
    return function(*arguments)

load(Job(Home(Path(sys.argv[1])), [Path(sys.argv[2])], Settings(), datetime(2026, 2, 1), Silent(), None, waiting))
"""


def test_a_second_run_says_who_is_loading_or_waits_for_it(
    tmp_path: Path, saved: Callable[..., Path], ask: Callable[..., Any], child, paperhouse
) -> None:
    home, first, second = tmp_path / "home", saved(tmp_path / "2025-12-16.txt", 0), saved(tmp_path / "2025-12-17.txt", 1)
    loading = child(HOLD, home, first)
    assert loading.stdout.readline() == "parsing\n"
    who = f"the run of process {loading.pid}, started at 2026-02-01T00:00:00 UTC,"

    refused = paperhouse("run", "--home", home, second, "--wait", "0", check=1)
    assert refused.stderr == f"paperhouse: {home}: {who} is loading into this home; try again when it is done, or wait longer (--wait SECONDS)\n"
    assert json.loads(paperhouse("status", "--home", home, "--json").stdout)["loading_now"] == who

    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAPERHOUSE_", "PREFECT_"))}
    waiting = child("from flows.cli import main; main()", "run", "--home", home, second, "--wait", "60", "--json", env=kept, cwd=tmp_path)
    assert waiting.stderr.readline() == f"{who} is loading into this home; waiting up to 60 s\n"
    loading.communicate("\n", timeout=60)
    assert loading.returncode == 0
    out, err = waiting.communicate(timeout=60)
    assert (waiting.returncode, json.loads(out)["state"], json.loads(out)["papers"]) == (0, "published", 2), err
    assert ask(home, "SELECT count(*) FROM gold.papers") == [(2,)]


def peak_of(process: subprocess.Popen[str]) -> int:
    """The most memory of its own that the process has, sampled until it ends; pages of mapped files are the system's to take back."""
    peak = 0
    while process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                peak = max(peak, int(line.split()[1]) * 1024)
        time.sleep(0.02)
    return peak


@pytest.mark.skipif(sys.platform != "linux", reason="a process's own memory is read from /proc")
def test_a_line_of_a_gigabyte_costs_its_own_paper_alone_and_little_memory(
    tmp_path: Path, saved: Callable[..., Path], ask: Callable[..., Any], child
) -> None:
    if shutil.disk_usage(tmp_path).free < 4 << 30:
        pytest.skip("there is no room for two gigabytes here")
    text = saved(tmp_path / "small.txt", 0, 1, 2).read_text()
    at = text.index("Rain number 1")
    page = tmp_path / "2025-12-16.txt"
    with page.open("wb") as file:
        file.write(text[:at].encode())
        block = b"It rained on them as it does and " * (1 << 15)
        for _ in range((1 << 30) // len(block) + 1):
            file.write(block)
        file.write(text[at:].encode())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAPERHOUSE_", "PREFECT_"))}
    start = time.monotonic()
    with (tmp_path / "out").open("w") as out:
        process = child("from flows.cli import main; main()", "run", "--home", tmp_path / "home", page, "--json", env=kept, stdout=out, cwd=tmp_path)
        peak = peak_of(process)
    seconds = time.monotonic() - start
    facts = json.loads((tmp_path / "out").read_text())
    assert (process.returncode, facts["read"], facts["kept"], facts["rejects_by_code"]) == (0, 3, 2, {"line_too_long": 1})
    assert ask(tmp_path / "home", "SELECT left(title, 5) FROM gold.papers ORDER BY title") == [("Alder",), ("Cedar",)]
    ((reason, raw, length),) = ask(tmp_path / "home", "SELECT reason, length(raw), byte_length FROM bronze.rejects")
    assert "line 17: line 19 has 1,073,7" in reason
    assert (raw, length > 1 << 30) == (65536, True)
    assert peak < 600 << 20
    assert seconds < 60
    shutil.rmtree(tmp_path / "home" / "raw")
    page.unlink()
