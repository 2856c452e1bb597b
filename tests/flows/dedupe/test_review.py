"""The pairs near the border, and a person's answers."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.dedupe.review import COLUMNS as REVIEWED
from warehouse.errors import InputError

COLUMNS = "record_id title authors year venue"
# Near enough to be asked about, too far to be joined.
DOUBTFUL = [
    ["r1", "Lamps and Houses in the North", "Ann Lamp", "1994", "Journal of Houses"],
    ["r2", "Lamps and Houses in the Northern Countries", "Ann Lamp", "1995", "Journal of Houses"],
]
Deduplicated = Callable[..., list[dict[str, str]]]
Papers = Callable[[list[dict[str, str]]], dict[str, str]]


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write(file: Path, *rows: dict[str, str], columns: tuple[str, ...] = REVIEWED) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        table = csv.DictWriter(handle, columns, restval="")
        table.writeheader()
        table.writerows(rows)


def answer(same: str, a: str = "r1", b: str = "r2", **more: str) -> dict[str, str]:
    return {"same": same, "record_a": a, "record_b": b, **more}


@pytest.fixture
def review(tmp_path: Path) -> Path:
    return tmp_path / "review.csv"


def test_a_doubtful_pair_is_shown_with_what_speaks_for_and_against(deduplicated: Deduplicated, table, review: Path) -> None:
    deduplicated(table("a.csv", COLUMNS, *DOUBTFUL), review=review)
    (row,) = read(review)
    assert tuple(row) == REVIEWED
    assert {row["record_a"], row["record_b"]} == {"r1", "r2"}
    shown = {row["title_a"], row["title_b"]}, {row["authors_a"], row["authors_b"]}, {row["year_a"], row["year_b"]}, row["same"]
    assert shown == ({DOUBTFUL[0][1], DOUBTFUL[1][1]}, {"Ann Lamp"}, {"1994", "1995"}, "")
    assert "names" in row["for"]
    assert "year" in row["against"]
    assert (deduplicated.done.to_review, deduplicated.done.answered) == (1, 0)


def test_a_plain_pair_is_not_asked_about(deduplicated: Deduplicated, table, review: Path, lamp, hill) -> None:
    deduplicated(table("a.csv", "title authors year venue volume pages doi", lamp, lamp, hill), review=review)
    assert read(review) == []


@pytest.mark.parametrize(("same", "count"), [("yes", 1), ("Y", 1), ("no", 2), (" No ", 2)])
def test_an_answer_is_taken_back_and_kept_for_ever(deduplicated: Deduplicated, papers: Papers, table, review: Path, same: str, count: int) -> None:
    file = table("a.csv", COLUMNS, *DOUBTFUL)
    write(review, answer(same, title_a="as it was shown"))
    for _ in range(2):
        assert len(set(papers(deduplicated(file, review=review)).values())) == count
        assert [(row["same"], row["title_a"]) for row in read(review)] == [(same, "as it was shown")]
        assert (deduplicated.done.to_review, deduplicated.done.answered) == (0, 1)


def test_no_parts_what_everything_else_joins_and_yes_joins_what_nothing_does(deduplicated, papers: Papers, table, review: Path, lamp, hill) -> None:
    columns = "record_id title authors year venue volume pages doi"
    file = table("a.csv", columns, ["r1", *lamp], ["r2", *lamp], ["r3", *hill])
    write(review, answer("no"), answer("yes", "r3", "r2"))
    found = papers(deduplicated(file, review=review))
    assert found["r1"] != found["r2"] == found["r3"]


def test_answers_on_records_that_are_not_there_stay_and_so_do_columns_of_ones_own(deduplicated: Deduplicated, table, review: Path) -> None:
    write(review, answer("yes", "gone", "r1", remark="sure"), columns=(*REVIEWED, "remark"))
    deduplicated(table("a.csv", COLUMNS, *DOUBTFUL), review=review)
    first, second = read(review)
    assert (first["record_a"], first["same"], first["remark"]) == ("gone", "yes", "sure")
    assert (second["same"], second["remark"]) == ("", "")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([answer(""), answer("perhaps")], "line 3: 'perhaps' is no answer"),
        ([answer("yes"), answer("no", "r2", "r1")], "line 3: this pair is answered otherwise in line 2"),
        ([answer("yes"), answer("yes", "r2", "r3"), answer("no", "r3", "r1")], "line 4: r1 and r3 are answered no, and other lines join them by yes"),
        ([answer("yes", "r1", "r1")], "line 2: a pair needs two records"),
        ([answer("yes", "r1", "")], "line 2: a pair needs two records"),
    ],
)
def test_answers_that_cannot_be_are_errors_with_their_line(deduplicated: Deduplicated, table, review: Path, rows: list[dict], said: str) -> None:
    write(review, *rows)
    before = review.read_bytes()
    with pytest.raises(InputError, match=said):
        deduplicated(table("a.csv", COLUMNS, *DOUBTFUL), review=review)
    assert review.read_bytes() == before


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"\xff\xfe\x00"])
def test_a_file_that_is_no_review_is_not_overwritten(deduplicated: Deduplicated, table, review: Path, content: bytes) -> None:
    review.write_bytes(content)
    with pytest.raises(InputError):
        deduplicated(table("a.csv", COLUMNS, *DOUBTFUL), review=review)
    assert review.read_bytes() == content
