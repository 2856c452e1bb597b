from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.journal import Journal
from transforms.bronze import Unreadable
from transforms.dedupe.identity import GIVEN_SCHEMA

PATH = "/pages/a.txt"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def ids(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"record_id": pl.String, "paper_id": pl.String}, orient="row")


def unreadable(at: datetime, path: str = PATH, code: str = "unreadable", reason: str = "permission denied") -> Unreadable:
    return Unreadable(path, code, reason, at)


def test_runs_come_back_as_noted_in_order(journal: Journal) -> None:
    assert journal.runs() == []
    journal.note_run({"run_id": "2", "read": 3})
    journal.note_run({"run_id": "1", "read": 4})
    assert journal.runs() == [{"run_id": "2", "read": 3}, {"run_id": "1", "read": 4}]


def test_ids_given_are_kept_with_the_order_of_the_runs(journal: Journal) -> None:
    journal.note_ids("20260101T000000.000000Z", ids(("r1", "p1"), ("r2", "p2")))
    journal.note_ids("20260102T000000.000000Z", ids(("r3", "p3")))
    given = journal.given_ids()
    assert given.schema == GIVEN_SCHEMA
    assert given.sort("record_id").rows() == [("r1", "p1", 0), ("r2", "p2", 0), ("r3", "p3", 1)]


def test_a_run_without_new_ids_writes_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.note_ids("20260101T000000.000000Z", ids())
    assert list(tmp_path.iterdir()) == []
    assert journal.given_ids().schema == GIVEN_SCHEMA
    assert journal.given_ids().is_empty()


def test_ids_once_given_are_never_overwritten(journal: Journal) -> None:
    # A clock that was set back can give two runs one id.
    journal.note_ids("20260101T000000.000000Z", ids(("r1", "p1")))
    journal.note_ids("20260101T000000.000000Z", ids(("r2", "p2")))
    assert set(journal.given_ids()["paper_id"]) == {"p1", "p2"}


def test_a_half_written_file_of_ids_is_passed_over(journal: Journal, tmp_path: Path) -> None:
    journal.note_ids("20260101T000000.000000Z", ids(("r1", "p1")))
    (tmp_path / "ids" / ".20260102T000000.000000Z.parquet.part").write_bytes(b"PAR1")
    assert journal.given_ids()["record_id"].to_list() == ["r1"]


def test_an_unreadable_path_stands_until_it_can_be_read(journal: Journal, now: datetime) -> None:
    later, at_last = now + timedelta(days=1), now + timedelta(days=2)
    journal.note_unreadable([unreadable(now)], [], now)
    journal.note_unreadable([unreadable(later)], [], later)
    assert journal.unreadable() == [unreadable(now)]
    journal.note_unreadable([], [PATH, "/pages/other.txt"], at_last)
    assert journal.unreadable() == [Unreadable(PATH, "unreadable", "permission denied", now, at_last)]


def test_what_is_known_is_not_noted_again(journal: Journal, tmp_path: Path, now: datetime) -> None:
    journal.note_unreadable([unreadable(now)], [], now)
    before = (tmp_path / "unreadable.jsonl").read_bytes()
    journal.note_unreadable([unreadable(now + timedelta(days=1))], ["/pages/other.txt"], now + timedelta(days=1))
    assert (tmp_path / "unreadable.jsonl").read_bytes() == before


def test_a_path_that_fails_once_more_stands_again_since_its_first_time(journal: Journal, now: datetime) -> None:
    later = now + timedelta(days=1)
    journal.note_unreadable([unreadable(now)], [], now)
    journal.note_unreadable([], [PATH], now)
    journal.note_unreadable([unreadable(later, reason="input/output error")], [], later)
    assert journal.unreadable() == [unreadable(now, reason="input/output error")]


def test_a_path_that_is_unreadable_for_another_reason_stands_for_that_reason_alone(journal: Journal, now: datetime) -> None:
    later = now + timedelta(days=1)
    journal.note_unreadable([unreadable(now)], [], now)
    journal.note_unreadable([unreadable(later, code="too_large", reason="too large")], [], later)
    assert [(one.code, one.resolved_at) for one in journal.unreadable()] == [("too_large", None), ("unreadable", later)]


def test_paths_are_listed_by_name_whatever_the_order_of_failing(journal: Journal, now: datetime) -> None:
    journal.note_unreadable([unreadable(now, path=path) for path in ("/c", "/a", "/b")], [], now)
    assert [one.path for one in journal.unreadable()] == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    "name",
    ["line\nbreak.txt", "separator\u2028.txt", "next\x85line.txt", "page\x0bfeed.txt"],
    ids=["line break", "line separator", "next line", "vertical tab"],
)
def test_an_unreadable_path_is_not_lost_for_its_odd_name(journal: Journal, now: datetime, name: str) -> None:
    journal.note_unreadable([unreadable(now, path=f"/pages/{name}")], [], now)
    assert len(journal.unreadable()) == 1
    journal.note_unreadable([], [f"/pages/{name}"], now)
    assert [one.resolved_at for one in journal.unreadable()] == [now]


def test_decisions_stand_until_they_are_taken_back_and_keep_their_numbers(journal: Journal) -> None:
    now = datetime(2026, 1, 1)
    assert journal.decisions() == []
    assert journal.note_decision("same", "p1", "p2", ["r2", "r1"], ["r3"], now) == 1
    assert journal.note_decision("different", "p3", "10.1000/a", ["r4", "r5"], ["r6"], now) == 2
    journal.note_undone(1, now)
    assert journal.note_decision("same", "p7", "p8", ["r7"], ["r8", "r9"], now) == 3
    assert [(one["decision_id"], one["decision"], one["a"], one["b"]) for one in journal.decisions()] == [
        (2, "different", "p3", "10.1000/a"),
        (3, "same", "p7", "p8"),
    ]
    # Two papers are joined by a record of each, and parted record by record.
    assert journal.decided().rows() == [("r4", "r6", "different"), ("r5", "r6", "different"), ("r7", "r8", "same")]
