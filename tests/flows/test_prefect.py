import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from warehouse.schema.gold import STAGES

pytestmark = [pytest.mark.slow, pytest.mark.store]

# In a process of its own: Prefect reads its settings and takes over logging once, when it is imported.
RUN = """
import json, sys
from pytest_socket import socket_allow_hosts
socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness
from flows.prefect_flow import paperhouse_load
with prefect_test_harness():
    state = paperhouse_load([sys.argv[1]], sys.argv[2], "2025-12-16", 5, return_state=True)
    with get_client(sync_client=True) as client:
        runs, tasks, artifacts = client.read_flow_runs(), client.read_task_runs(), client.read_artifacts()
    found = {
        "state": state.name,
        "summary": state.result().as_facts(),
        "runs": [[run.name, run.state_name] for run in runs],
        "tasks": [[task.name, task.state_name, task.empirical_policy.retries] for task in tasks],
        "artifacts": [[artifact.key, artifact.type, artifact.data] for artifact in artifacts],
    }
print(json.dumps(found))
"""


def test_the_flow_runs_in_prefects_engine_with_each_stage_a_task(
    tmp_path: Path, saved: Callable[..., Path], ask: Callable[..., Any], child: Callable[..., Any], one_json: Callable[[str], Any]
) -> None:
    page = saved(tmp_path / "2025-12-16.txt", 0, 1)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "PAPERHOUSE_"))}
    process = child(RUN, page, tmp_path / "home", env=kept | {"PREFECT_HOME": str(tmp_path / "prefect"), "HOME": str(tmp_path / "user")})
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    found = one_json(out)
    assert (found["state"], found["summary"]["state"], found["summary"]["papers"]) == ("Completed", "published", 2)
    assert [state for _, state in found["runs"]] == ["Completed"]
    tasks = {name.rpartition("-")[0]: (state, retries) for name, state, retries in found["tasks"]}
    assert tasks == {stage: ("Completed", 2 if stage in ("land", "publish") else 0) for stage in STAGES}
    ((key, kind, markdown),) = found["artifacts"]
    assert (key, kind) == ("paperhouse-load", "markdown")
    assert "| papers | 2 |" in markdown
    assert ask(tmp_path / "home", "SELECT count(*) FROM gold.papers") == [(2,)]
    assert not (tmp_path / "user" / ".prefect").exists()
    assert "Traceback" not in err
