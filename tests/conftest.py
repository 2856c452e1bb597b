"""What the tests share: pages to load, the command line in a process of its own, the real data where it is there."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import hypothesis
import polars as pl
import pytest

from warehouse.schema.staging import RECORDS

# CI repeats what it has seen; at a desk each run looks further.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=200)
hypothesis.settings.register_profile("desk", deadline=None, max_examples=100)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

NOW = datetime(2026, 1, 15, 8, 0)
HEADER = ("new", "Get trending papers in your email inbox!", "Subscribe", "Daily Papers", "byAK and the research community")

ABSTRACT = (
    "We study how small models learn from large ones when the large ones are seldom right. On {n} tasks of our own making the small model keeps "
    "most of what the large one knows and forgets most of what it only believes. The gain is largest where data is scarce, and it vanishes "
    "when the large model is asked twice. We release what we built so that others can find out why."
)


@pytest.fixture
def now() -> datetime:
    """The runs' clock in tests: UTC without zone."""
    return NOW


@pytest.fixture
def page() -> Callable[..., str]:
    """Builds the text of a page from its date line and items (title, abstract, *footer lines), one line each, blank lines between."""

    def build(items: Iterable[tuple[str, ...]], date: str = "Dec 16", header: Iterable[str] = HEADER) -> str:
        parts = ["\n\n".join([*header, *([date] if date else [])])]
        for title, abstract, *footer in items:
            parts.append("\n\n".join(part for part in (title, abstract, "\n".join(footer)) if part))
        return "\n\n".join(parts) + "\n"

    return build


@pytest.fixture
def abstract() -> Callable[[int], str]:
    """An abstract of some 400 characters; two numbers give two that are nearly the same."""
    return lambda number: ABSTRACT.format(n=number)


@pytest.fixture
def paperhouse(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line in a process of its own, in tmp_path, with no Prefect server and no home configured."""

    def call(*arguments: object, check: int | None = 0, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAPERHOUSE_", "PREFECT_"))}
        kept |= {"PREFECT_HOME": str(tmp_path / "prefect"), **environment}
        command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, timeout=timeout, check=False)
        assert check is None or done.returncode == check, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return call


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder with real data that PAPERHOUSE_CORPUS names; the test is skipped where there is none."""
    folder = os.environ.get("PAPERHOUSE_CORPUS")
    if not folder:
        pytest.skip("PAPERHOUSE_CORPUS is not set: no real data here")
    return Path(folder)


@pytest.fixture(scope="session")
def staged() -> Callable[..., pl.DataFrame]:
    """Rows of staging.records from what a test says of each; dates may be ISO text, record ids are r0, r1, ... where none is given."""

    def build(*rows: dict[str, Any]) -> pl.DataFrame:
        full = []
        for number, row in enumerate(rows):
            filled = {"record_id": f"r{number}", "document_id": "d", "source": "hf", "observed_at": NOW, **row}
            if isinstance(filled.get("published_on"), str):
                filled["published_on"] = date.fromisoformat(filled["published_on"])
                filled.setdefault("date_is_inferred", False)
            full.append(filled)
        return RECORDS.conform(pl.DataFrame(full, schema=RECORDS.polars_schema(), orient="row"))

    return build
