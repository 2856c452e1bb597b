import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.home import Home
from flows.journal import Journal
from flows.summary import Summary
from warehouse.schema.gold import STAGES

pytestmark = [pytest.mark.store, pytest.mark.slow]

PAPERS = "SELECT record_id, paper_id, title, record_count FROM silver.record_papers JOIN silver.papers USING (paper_id) ORDER BY record_id"
# After a stage is before the next one, so only those that write have a moment of their own after them.
MOMENTS = [f"before {stage}" for stage in STAGES] + [f"after {stage}" for stage in ("land", "publish")]


@pytest.fixture(scope="module")
def killer() -> Iterator[Callable[..., int]]:
    """Loads a page in a process that dies at a moment; gives its exit code."""
    command = [sys.executable, str(Path(__file__).with_name("killed.py"))]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def run(home: Path, page: Path, moment: str) -> int:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps({"home": str(home), "page": str(page), "second": 0, "moment": moment}) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield run
        process.kill()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path]) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return saved(folder / "2025-12-16.txt", 0, 1, 2), saved(folder / "2025-12-17.txt", 2, 3, 4)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, pages: tuple[Path, Path], run_load: Callable[..., Summary]) -> Path:
    """A home with the first page."""
    home = tmp_path_factory.mktemp("before") / "home"
    run_load(home, pages[0])
    return home


@pytest.fixture(scope="module")
def expected(
    tmp_path_factory: pytest.TempPathFactory, before: Path, pages: tuple[Path, Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> list[tuple[Any, ...]]:
    """The papers after the second page has come too, with nothing killed."""
    home = shutil.copytree(before, tmp_path_factory.mktemp("expected") / "home")
    run_load(home, pages[1])
    return ask(home, PAPERS)


def litter(home: Path) -> list[str]:
    """What lies in a home that is no part of it: all in the folder for work, and files half written anywhere."""
    found = [*Home(home).work.iterdir(), *home.rglob("*.part"), *home.rglob("*.new"), *home.rglob("*.tmp"), *home.rglob("*.wal")]
    return sorted(str(path.relative_to(home)) for path in found)


@pytest.mark.parametrize("moment", [*MOMENTS, "at replace", "at note"])
def test_whenever_a_load_is_killed_the_file_is_whole_and_the_next_load_completes(
    tmp_path: Path,
    before: Path,
    pages: tuple[Path, Path],
    expected: list[tuple[Any, ...]],
    killer: Callable[..., int],
    run_load: Callable[..., Summary],
    ask: Callable[..., Any],
    moment: str,
) -> None:
    home = shutil.copytree(before, tmp_path / "home")
    old = (home / "warehouse.duckdb").read_bytes()
    assert killer(home, pages[1], moment) == -signal.SIGKILL

    is_published = moment in ("after publish", "at note")
    if is_published:
        assert ask(home, PAPERS) == expected
    else:
        assert (home / "warehouse.duckdb").read_bytes() == old

    summary = run_load(home, pages[1])
    assert (summary.state, summary.papers) == ("unchanged" if is_published else "published", 5)
    assert ask(home, PAPERS) == expected
    assert litter(home) == []
    assert (home / "data-docs" / "index.html").exists()
    # A run that had published before it was killed is noted by the next.
    killed = ["published"] if is_published else []
    assert [run["state"] for run in Journal(home / "journal").runs()] == ["published", *killed, summary.state]
    given = Journal(home / "journal").given_ids()
    assert given.height == given["paper_id"].n_unique() == 5


def test_a_killed_first_load_leaves_nothing_that_keeps_the_next_from_completing(
    tmp_path: Path,
    pages: tuple[Path, Path],
    killer: Callable[..., int],
    run_load: Callable[..., Summary],
    ask: Callable[..., Any],
) -> None:
    # What had landed is loaded though the next run names another page.
    home = tmp_path / "home"
    assert killer(home, pages[0], "before publish") == -signal.SIGKILL
    assert not (home / "warehouse.duckdb").exists()
    summary = run_load(home, pages[1])
    assert (summary.state, summary.new_documents, summary.read, summary.papers) == ("published", 2, 6, 5)
    assert ask(home, "SELECT count(*) FROM gold.papers") == [(5,)]
    assert litter(home) == []


def test_a_run_killed_after_its_publish_is_still_in_the_list_of_runs(
    tmp_path: Path,
    before: Path,
    pages: tuple[Path, Path],
    killer: Callable[..., int],
    run_load: Callable[..., Summary],
    ask: Callable[..., Any],
    saved: Callable[..., Path],
) -> None:
    home = shutil.copytree(before, tmp_path / "home")
    assert killer(home, pages[1], "at note") == -signal.SIGKILL
    ((killed,),) = ask(home, "SELECT run_id FROM gold.quality WHERE state = 'running'")
    run_load(home, saved(tmp_path / "2025-12-18.txt", 5))
    assert ask(home, f"SELECT count(*) FROM gold.quality WHERE run_id = '{killed}'") == [(1,)]
