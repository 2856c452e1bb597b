"""The commands as a person types them, each in a process of its own. `paperhouse run` takes seconds, so most only read one home."""

import fcntl
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

pytestmark = [pytest.mark.store, pytest.mark.slow]

COMMANDS = ("run", "dedupe", "sql", "status", "rejects", "export", "explain", "pin", "split", "decisions")
HEAVY = {"prefect", "great_expectations", "polars", "duckdb", "httpx", "pyarrow", "pandas", "numpy"}


@pytest.fixture
def home(home_to_read: Path) -> Path:
    return home_to_read


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_what_a_command_does_and_an_example(paperhouse, command: str) -> None:
    done = paperhouse(*filter(None, [command]), "--help")
    assert done.stderr == ""
    expected = f"Example: paperhouse {command}" if command else "merged once into one DuckDB file"
    assert expected in done.stdout
    assert all(name in done.stdout for name in COMMANDS) or command


def test_help_answers_within_half_a_second(paperhouse) -> None:
    seconds = []
    for _ in range(7):
        start = perf_counter()
        paperhouse("--help")
        seconds.append(perf_counter() - start)
    assert median(seconds) < 0.5


def test_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, flows.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "flows" in loaded
    assert HEAVY & set(loaded) == set()


def test_run_loads_and_says_what_happened_and_again_that_nothing_is_new(paperhouse, tmp_path: Path, saved: Callable[..., Path]) -> None:
    saved(tmp_path / "pages" / "2025-12-16.txt", 0, 1)
    first = paperhouse("run", "pages")
    assert first.stdout.startswith(f"Published {tmp_path / 'paperhouse-data' / 'warehouse.duckdb'} (")
    assert "  records    2 read = 2 kept + 0 rejected\n" in first.stdout
    assert "  warehouse  2 records, 2 papers (0 records merged into others)\n" in first.stdout
    assert "\x1b" not in first.stdout + first.stderr
    assert "Warning" not in first.stderr
    again = paperhouse("run", "pages", "--json")
    facts = json.loads(again.stdout)
    assert (facts["state"], facts["new_documents"], facts["known_documents"], facts["exit_status"]) == ("unchanged", 0, 1, 0)
    assert again.stderr == ""


def test_run_with_json_prints_one_object_and_nothing_else(paperhouse, tmp_path: Path, saved: Callable[..., Path], one_json) -> None:
    saved(tmp_path / "2025-12-16.txt", 0)
    done = paperhouse("run", "2025-12-16.txt", "--json", "--home", "mine", "--observed-at", "2025-12-20")
    facts = one_json(done.stdout)
    assert (facts["state"], facts["papers"], facts["home"], facts["exit_status"]) == ("published", 1, str(tmp_path / "mine"), 0)
    assert done.stderr == ""


def test_where_nothing_could_be_loaded_the_status_is_2_also_with_json(paperhouse, tmp_path: Path, home: Path, one_json) -> None:
    done = paperhouse("run", "--home", home, home.parent / "pages" / "empty.txt", "--json", check=2)
    assert (one_json(done.stdout)["state"], one_json(done.stdout)["exit_status"]) == ("nothing_loaded", 2)


def test_status_says_what_is_there(paperhouse, home: Path, one_json) -> None:
    facts = one_json(paperhouse("status", "--home", home, "--json").stdout)
    assert (facts["home"], facts["documents_landed"], facts["loading_now"]) == (str(home), 3, None)
    assert (facts["tables"]["silver.papers"], facts["tables"]["bronze.rejects"]) == (3, 2)
    assert facts["bytes"] == (home / "warehouse.duckdb").stat().st_size
    assert facts["last_run"]["state"] in ("published", "nothing_loaded")
    text = paperhouse("status", "--home", home).stdout
    assert f"home       {home}\n" in text
    assert "landed     3 documents\n" in text


def test_rejects_says_what_was_refused_where_and_why(paperhouse, home: Path, one_json) -> None:
    text = paperhouse("rejects", "--home", home).stdout
    assert f"empty  {home.parent / 'pages' / 'empty.txt'}\n    the file is empty; save the page again\n" in text
    assert text.endswith("2 rejected; with --json: all of each, and where its bytes are in the raw store\n")
    (one,) = one_json(paperhouse("rejects", "--home", home, "--code", "binary", "--json").stdout)
    assert (one["code"], one["path"], one["byte_length"]) == ("binary", str(home.parent / "pages" / "hostile\x1b[2J\n.bin"), 5)
    assert paperhouse("rejects", "--home", home, "--code", "cut_off").stdout == "nothing is rejected with code cut_off\n"


@pytest.mark.parametrize("command", [("sql", "select 1"), ("rejects",), ("export", "tables")], ids=lambda command: command[0])
def test_without_a_warehouse_the_next_step_is_said(paperhouse, tmp_path: Path, command: tuple[str, ...]) -> None:
    done = paperhouse(*command, check=2)
    assert (
        done.stderr
        == f"paperhouse: {tmp_path}/paperhouse-data/warehouse.duckdb: there is no warehouse yet; load something first: paperhouse run PATH...\n"
    )
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_status_of_a_home_that_is_not_there_says_so(paperhouse, tmp_path: Path) -> None:
    assert "warehouse  none yet: paperhouse run PATH...\n" in paperhouse("status").stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "gone.txt"), "gone.txt: there is no such file or folder; nothing was loaded"),
        (("run",), "nothing was named, and nothing has landed before"),
        (("run", "--observed-at", "yesterday"), "--observed-at: 'yesterday' is no date"),
        (("run", "--sample", "page.txt"), "--sample: it loads the bundled sample and nothing else"),
        (("run", "--wait", "-1"), "--wait"),
        (("run", "--engine", "steam"), "--engine"),
        (("brun",), "brun"),
        (("sql",), "QUERY"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_in_what_was_typed_is_2_and_says_what(paperhouse, arguments: tuple[str, ...], said: str) -> None:
    done = paperhouse(*arguments, check=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_with_json_is_one_object_too(paperhouse, one_json) -> None:
    done = paperhouse("run", "gone.txt", "--json", check=2)
    found = one_json(done.stdout)
    assert found["exit_status"] == 2
    assert found["error"].startswith("gone.txt: there is no such file")


def test_the_home_is_the_option_the_variable_or_the_folder_here(paperhouse, home: Path, tmp_path: Path) -> None:
    assert "3" in paperhouse("sql", "select count(*) from gold.papers", PAPERHOUSE_HOME=str(home)).stdout
    done = paperhouse("sql", "select 1", "--home", "other", check=2, PAPERHOUSE_HOME=str(home))
    assert f"{tmp_path}/other/warehouse.duckdb" in done.stderr


def test_an_interrupted_run_says_that_the_warehouse_stands(child, tmp_path: Path, saved: Callable[..., Path]) -> None:
    page = saved(tmp_path / "page.txt", 0)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "run.lock").write_text("")

    with (tmp_path / "home" / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = child("from flows.cli import main; main()", "run", "--home", tmp_path / "home", page)
        assert "waiting" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "stopped; the published warehouse stands as it was" in err
    assert "Traceback" not in err


def test_a_time_that_lies_ahead_is_refused(paperhouse, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("x")
    done = paperhouse("run", "page.txt", "--observed-at", "2931-01-01", check=2)
    assert done.stderr == "paperhouse: --observed-at: 2931-01-01 lies ahead; say when the files were saved\n"


def test_status_says_that_the_settings_are_wrong(paperhouse, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "paperhouse.toml").write_text("max_line_byte = 3000\n")
    assert "no setting is called max_line_byte" in paperhouse("status", "--home", tmp_path / "home", check=2).stderr
