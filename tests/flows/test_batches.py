"""What comes day after day is matched against the warehouse, with the rows that matching all of it again would have."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from flows import matching
from flows.matching_state import write_state
from flows.summary import Summary
from tests.flows.tables import assert_equal, silver_of

pytestmark = [pytest.mark.store, pytest.mark.slow]

ADA, BEN = "0000-0002-1825-0097", "0000-0001-5109-3700"
# Titles have no words in common, so that none merges by chance.
TITLES = (
    "Copper Tables Read by Careful Engines",
    "Nine Stones on a Wet Beach",
    "Why Maps Forget Rivers",
    "Lanterns of Small Harbours",
    "Counting Geese",
)


def work(number: int, title: str, *authors: tuple[str, str, str | None], **more: Any) -> dict[str, Any]:
    """A record as OpenAlex prints it; authors are (id, name, ORCID)."""
    people = [
        {"author": {"id": f"https://openalex.org/{key}", "display_name": name, "orcid": orcid and f"https://orcid.org/{orcid}"}}
        for key, name, orcid in authors
    ]
    address = f"https://openalex.org/W{number}"
    return {
        "id": address,
        "display_name": title,
        "title": title,
        "publication_year": 2024,
        "authorships": people,
        "ids": {"openalex": address},
        **more,
    }


BATCHES = (
    [
        work(1, TITLES[0], ("A1", "Ada Rossi", None), ("A2", "B. Okafor", None), doi="https://doi.org/10.1000/a1", cited_by_count=3),
        work(2, TITLES[1], ("A3", "Ada M. Rossi", ADA)),
        work(3, TITLES[2], ("A4", "Wei Li", None)),
        work(9, TITLES[4], ("A9", "Kim Oh", None)),
    ],
    # One person by an ORCID that A1 now has; a record that joins two others; the first paper with a count more.
    [
        work(4, TITLES[3], ("A1", "Ada Rossi", ADA)),
        work(5, TITLES[0].upper(), ("A1", "Ada Rossi", None), ("A2", "Ben Okafor", BEN), doi="https://doi.org/10.1000/a1", cited_by_count=7),
    ],
    # A notice, whose work is that of the first; and a preprint of the third.
    [
        work(6, f"Erratum to: {TITLES[0]}", ("A1", "Ada Rossi", None), ("A2", "Ben Okafor", None), doi="https://doi.org/10.1000/a9", type="erratum"),
        work(7, TITLES[2], ("A4", "Wei Li", None), doi="https://doi.org/10.48550/arxiv.2101.00001", publication_year=2023),
    ],
)


def written(file: Path, works: Iterable[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(one) + "\n" for one in works), encoding="utf-8")
    return file


@pytest.fixture
def matched_whole(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where all records were matched; and a batch may be as large as the warehouse."""
    whole: list[Path] = []

    def noted(path: Path, *rest: Any) -> None:
        whole.append(path)
        write_state(path, *rest)

    monkeypatch.setattr(matching, "write_state", noted)
    monkeypatch.setattr(matching, "_WORTH_UPDATING", 2.0)
    return whole


def test_batches_of_bibliographic_records_give_the_rows_of_matching_all_again(
    tmp_path: Path, run_load: Callable[..., Summary], matched_whole: list[Path]
) -> None:
    files = [written(tmp_path / f"works-2026-01-0{day}.jsonl", works) for day, works in enumerate(BATCHES, 1)]
    home, whole = tmp_path / "home", tmp_path / "whole"
    for file in files:
        run_load(home, file)
    assert len(matched_whole) == 1
    for file in files:
        (whole / "matching.duckdb").unlink(missing_ok=True)
        run_load(whole, file)
    assert len(matched_whole) == 4
    found = silver_of(home)
    assert_equal(found, silver_of(whole))
    people = found["silver.authorships"].select("name", "author_id").rows()
    assert {author for name, author in people if name.startswith("Ada")} == {f"orcid:{ADA}"}
    assert found["silver.papers"].height == 6
    assert sorted(found["silver.works"]["paper_count"]) == [1, 1, 1, 1, 2]


def test_where_the_state_is_gone_or_damaged_all_is_matched_with_the_same_result(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], matched_whole: list[Path]
) -> None:
    days = [saved(tmp_path / f"2025-12-1{day}.txt", *papers) for day, papers in enumerate([(0, 1, 2), (2, 3), (1, 4)])]
    home = tmp_path / "home"
    run_load(home, days[0])
    run_load(home, days[1])
    assert len(matched_whole) == 1
    gone, damaged = (Path(shutil.copytree(home, tmp_path / name)) for name in ("gone", "damaged"))
    (gone / "matching.duckdb").unlink()
    (damaged / "matching.duckdb").write_bytes(b"damaged")
    for place in (home, gone, damaged):
        run_load(place, days[2])
    assert len(matched_whole) == 3
    for place in (gone, damaged):
        assert_equal(silver_of(place), silver_of(home))
