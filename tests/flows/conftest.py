"""What the tests of flows share: pages on disk, loads in this process with a clock of their own, and rows read back."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from flows.home import Home
from flows.inputs import expanded
from flows.load import Job, directly, load
from flows.replay import Replay
from flows.reporter import Silent
from flows.settings import Settings
from flows.summary import Summary

_HEADER = ("Get trending papers in your email inbox!", "Daily Papers", "byAK and the research community")
_WORDS = (
    "falls where the forecast of the day before said that it would not and nobody who planned for it is surprised we count such days in records "
    "of our own invention and ask which of them a careful reader could have foreseen"
)
_TITLES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Katsura", "Larch", "Maple", "Nutmeg", "Oak")


def _abstract(paper: int) -> str:
    """The same words in another order for each paper: papers that share half of their pairs of words, and most of their titles, would be one."""
    words = _WORDS.split()
    return f"Rain number {paper} {' '.join(Random(paper).sample(words, len(words)))}. Most of them she could."


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a page of papers, each given by its number or as (title, abstract, *footer lines), to a file; all have a footer with a date."""

    def write(file: Path, *papers: int | tuple[str, ...], date: str = "Dec 16") -> Path:
        parts = [*_HEADER, date]
        for paper in papers:
            title, abstract, *footer = (
                (f"{_TITLES[paper]} Leaves in the Rain", _abstract(paper), "nvidia NVIDIA", "·", "Dec 15, 2024 2")
                if isinstance(paper, int)
                else paper
            )
            parts += [title, abstract, "\n".join(footer)]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="session")
def run_load() -> Callable[..., Summary]:
    """Loads paths into a home in this process. Each load starts a second after the one before, as no two runs of a home start at once."""
    seconds = count()

    def run(
        home: Path,
        *paths: Path | str,
        observed_at: datetime | None = None,
        settings: Settings | None = None,
        run_stage: Any = directly,
        replay: Replay | None = None,
    ) -> Summary:
        chosen = Home.chosen(home)
        now = datetime(2026, 1, 15, 8, 0) + timedelta(seconds=next(seconds))
        files = expanded([str(path) for path in paths], chosen.path)
        return load(Job(chosen, files, settings or Settings(), now, Silent(), observed_at, run_stage, replay))

    return run


@pytest.fixture(scope="session")
def ask() -> Callable[..., list[tuple[Any, ...]]]:
    """The rows that a query gives on a home's published file."""

    def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return rows


@pytest.fixture
def child() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a Python process with some code and arguments, its standard streams piped; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, text=True, **(pipes | options)))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


@pytest.fixture(scope="session")
def one_json() -> Callable[[str], Any]:
    """Reads a text that must be one JSON value and nothing else, and strict JSON at that."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    return lambda text: json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="session")
def home_to_read(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> Path:
    """Three papers, one of which has signs in its title that move a terminal's cursor, an empty file, and one with such signs in its name."""
    folder = tmp_path_factory.mktemp("cli")
    title = "Trees\x1b[2J\x1b]0;owned\x07 in the Rain\u202e"
    saved(folder / "pages" / "2025-12-16.txt", 0, 1, (title, "It rained on them, as it does. " * 5, "nvidia NVIDIA", "·", "Dec 15, 2024"))
    (folder / "pages" / "empty.txt").touch()
    (folder / "pages" / "hostile\x1b[2J\n.bin").write_bytes(b"\x7fELF\0")
    run_load(folder / "home", folder / "pages")
    return folder / "home"
