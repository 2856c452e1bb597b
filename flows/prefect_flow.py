"""The load as a Prefect flow. Deploy it as `flows.prefect_flow:paperhouse_load`.

The flow runs the same function as a direct run (flows/load.py); only the call of each stage differs. This is the one module that imports Prefect.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

# Before the import: Prefect reads them once. Nothing here reports to anyone.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.clock import read_time, utc_now
from flows.home import Home
from flows.inputs import expanded
from flows.load import Job, load
from flows.settings import read_settings
from flows.summary import Summary, as_markdown
from warehouse.errors import PaperhouseError

T = TypeVar("T")

# Only these touch files that others use; the others give the same result however often they are tried.
_RETRIED = ("land", "publish")
_DELAYS: list[float] = [1, 5]


def as_task(stage: str, function: Callable[..., T], *arguments: Any) -> T:
    """Run a stage as a Prefect task."""
    retries = len(_DELAYS) if stage in _RETRIED else 0
    staged = task(name=stage, retries=retries, retry_delay_seconds=_DELAYS, retry_condition_fn=_may_pass, cache_policy=NO_CACHE)(function)
    return staged(*arguments)


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Whether trying again could help: a fault that paperhouse explains will be the same the next time."""
    return not isinstance(state.result(raise_on_failure=False), PaperhouseError)


class Log:
    """Writes each stage's beginning and end, and every message, to the flow run's log."""

    def __init__(self) -> None:
        self._logger = get_run_logger()
        self._stage, self._total, self._done = "", 0, 0

    def begin(self, stage: str, total: int) -> None:
        self._stage, self._total, self._done = stage, total, 0

    def advance(self) -> None:
        self._done += 1

    def end(self) -> None:
        self._logger.info("%s: %s of %s", self._stage, self._done or self._total, self._total)

    def say(self, message: str) -> None:
        self._logger.info(message)


@flow(name="paperhouse-load")
def paperhouse_load(
    paths: list[str], home: str | None = None, observed_at: str | None = None, wait_seconds: int | None = None, policy: str | None = None
) -> Summary:
    """Load the paths (files, folders, patterns; none: what has landed) into the home, and publish."""
    logger = get_run_logger()
    where = Home.chosen(Path(home) if home else None)
    settings = read_settings(where.settings, wait_seconds, policy)
    seen = read_time(observed_at, "observed_at") if observed_at else None
    job = Job(where, expanded(paths, where.path), settings, utc_now(), Log(), seen, as_task)
    summary = load(job)
    create_markdown_artifact(as_markdown(summary), key="paperhouse-load", description=f"What run {summary.run_id} did")
    logger.info("%s: %s records read, %s kept, %s rejected, %s papers", summary.state, summary.read, summary.kept, summary.rejected, summary.papers)
    return summary
