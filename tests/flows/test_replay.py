"""Rejects that are parsed again: a longer line is allowed now, as a newer parser would allow more."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.journal import Journal
from flows.replay import Replay
from flows.settings import Settings
from flows.summary import Summary

pytestmark = [pytest.mark.store, pytest.mark.slow]

Load = Callable[..., Summary]
Ask = Callable[..., list[tuple[Any, ...]]]

LONG = "This abstract says what it says at length. " * 20
STRICT = Settings(max_line_bytes=600)
REJECTS = "SELECT code, position, raw, resolved_at IS NULL FROM bronze.rejects ORDER BY document_id, position, code"
RECORDS = "SELECT record_id, title, abstract FROM bronze.records ORDER BY record_id"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, run_load: Load, saved: Callable[..., Path]) -> tuple[Path, Summary]:
    """A home where the line of one abstract was too long, and a file is of no known format."""
    folder = tmp_path_factory.mktemp("replay")
    saved(folder / "pages" / "2025-12-16.txt", 0, ("Reeds in the Wind", LONG, "nvidia NVIDIA", "·", "Dec 15, 2024 2"), 1)
    saved(folder / "pages" / "2025-12-17.txt", 2)
    (folder / "pages" / "shopping.txt").write_text("flour, salt, yeast\n")
    return folder / "home", run_load(folder / "home", folder / "pages", settings=STRICT)


@pytest.fixture
def home(strict: tuple[Path, Summary], tmp_path: Path) -> Path:
    return shutil.copytree(strict[0], tmp_path / "home")


@pytest.fixture
def whole(tmp_path: Path, run_load: Load, strict: tuple[Path, Summary]) -> Path:
    """A home in which the same files were loaded with the longer line allowed from the start."""
    run_load(tmp_path / "whole", strict[0].parent / "pages")
    return tmp_path / "whole"


def test_what_can_be_read_now_moves_to_the_records_once(home: Path, whole: Path, run_load: Load, ask: Ask) -> None:
    before = ask(home, REJECTS)
    assert [row[0] for row in before if row[0] != "unknown_format"] != []
    summary = run_load(home, replay=Replay())
    gone = [row for row in before if row[0] != "unknown_format"]
    assert (summary.state, summary.resolved, summary.exit_status) == ("published", len(gone), 0)
    assert ask(home, RECORDS) == ask(whole, RECORDS)
    assert ask(home, REJECTS) == [(*row[:3], row[0] == "unknown_format") for row in before]
    assert ask(home, "SELECT sum(read_count), sum(kept_count), sum(rejected_count) FROM bronze.documents") == [(5, 4, 1)]
    again = run_load(home, replay=Replay())
    assert (again.state, again.resolved) == ("unchanged", 0)
    assert ask(home, RECORDS) == ask(whole, RECORDS)


def test_the_next_run_makes_all_rows_by_one_code_and_keeps_what_was_resolved(home: Path, whole: Path, run_load: Load, ask: Ask) -> None:
    run_load(home, replay=Replay())
    rejects = ask(home, REJECTS)
    assert run_load(home).state == "published"
    assert ask(home, RECORDS) == ask(whole, RECORDS)
    assert ask(home, REJECTS) == rejects
    assert run_load(home).state == "unchanged"


def test_a_run_with_newer_code_resolves_as_a_replay_does(home: Path, run_load: Load, ask: Ask) -> None:
    summary = run_load(home)
    assert summary.resolved == ask(home, "SELECT count(*) FROM bronze.rejects WHERE resolved_at IS NOT NULL")[0][0] > 0
    assert [row["reject_id"] for row in Journal(home / "journal").resolved()] == [
        reject_id for (reject_id,) in ask(home, "SELECT reject_id FROM bronze.rejects WHERE resolved_at IS NOT NULL ORDER BY ALL")
    ]


def test_what_was_resolved_is_rebuilt_from_raw_store_and_journal(home: Path, run_load: Load, ask: Ask) -> None:
    run_load(home, replay=Replay())
    rejects = ask(home, REJECTS)
    (home / "warehouse.duckdb").unlink()
    run_load(home)
    assert ask(home, REJECTS) == rejects


def test_only_the_code_that_is_asked_for_is_read_again(home: Path, run_load: Load, ask: Ask) -> None:
    before = ask(home, REJECTS), ask(home, RECORDS)
    for code in ("unknown_format", "no_such_code"):
        summary = run_load(home, replay=Replay(code))
        assert (summary.state, summary.resolved, summary.papers) == ("unchanged", 0, 3)
    assert (ask(home, REJECTS), ask(home, RECORDS)) == before
    assert run_load(home, replay=Replay("line_too_long")).resolved > 0


def test_a_replay_takes_in_nothing_new(home: Path, run_load: Load, ask: Ask, saved: Callable[..., Path], tmp_path: Path) -> None:
    def stop(stage: str, function: Callable[..., Any], *arguments: Any) -> Any:
        if stage == "parse":
            raise KeyboardInterrupt
        return function(*arguments)

    with pytest.raises(KeyboardInterrupt):
        run_load(home, saved(tmp_path / "2025-12-19.txt", 4), run_stage=stop)
    run_load(home, replay=Replay())
    assert ask(home, "SELECT count(*) FROM bronze.documents") == [(3,)]
    assert run_load(home).new_documents == 1


def test_the_command_says_what_became_of_the_rejects(home: Path, paperhouse: Callable[..., Any]) -> None:
    nothing = paperhouse("rejects", "--replay", "--code", "unknown_format", "--home", home)
    assert nothing.stdout.startswith("Nothing new")
    assert "  replayed   1 documents with rejects; all that was refused still is: " in nothing.stdout
    done = paperhouse("rejects", "--replay", "--home", home)
    assert "  resolved   1 reject that can be read now\n" in done.stdout
    left = paperhouse("rejects", "--home", home)
    assert "unknown_format" in left.stdout
    assert "line_too_long" not in left.stdout


def test_without_a_warehouse_there_is_nothing_to_replay(paperhouse: Callable[..., Any]) -> None:
    assert "there is no warehouse yet" in paperhouse("rejects", "--replay", check=2).stderr
