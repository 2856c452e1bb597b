"""What the tests of dedupe share: files with a few records, and a run in this process."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.dedupe.job import Options, run


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV of these rows, whose columns are given in one text."""

    def write(name: str, columns: str, *rows: list[str]) -> Path:
        file = tmp_path / name
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([columns.split(), *rows])
        return file

    return write


@pytest.fixture
def deduplicated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, str]]]:
    """The rows that a run writes for these files, and the run's facts in the attribute `done`."""
    monkeypatch.chdir(tmp_path)

    def call(*files: Path | str, **options: Any) -> list[dict[str, str]]:
        output = tmp_path / "out" / "found.csv"
        output.parent.mkdir(exist_ok=True)
        call.done = run(Options([str(file) for file in files], output, **options))  # type: ignore[attr-defined]
        with output.open(encoding="utf-8", newline="") as handle:
            assert [path.name for path in output.parent.iterdir()] == ["found.csv"]
            return list(csv.DictReader(handle))

    return call


@pytest.fixture
def papers() -> Callable[[list[dict[str, str]]], dict[str, str]]:
    """The paper of each record."""
    return lambda rows: {row["record_id"]: row["paper"] for row in rows}


@pytest.fixture
def lamp() -> list[str]:
    """A paper: title, authors, year, venue, volume, pages, doi."""
    return ["A Study of Lamps in Small Houses", "Ann Lamp and Bo Hill", "1994", "Journal of Houses", "7", "1-9", "10.1000/lamp.1"]


@pytest.fixture
def hill() -> list[str]:
    """Another paper."""
    return ["What Hills Remember of the Rain", "Cy Roe", "2001", "Journal of Weather", "3", "20-31", "10.1000/hill.2"]
