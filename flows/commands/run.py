"""paperhouse run."""

import json
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from flows.clock import read_time, utc_now
from flows.commands.typed import as_typed
from flows.engine import configured_server, is_reachable
from flows.home import Home
from flows.inputs import expanded
from flows.load import Job, load
from flows.replay import Replay
from flows.reporter import Bars, Silent
from flows.settings import read_settings
from flows.summary import Summary, as_text
from warehouse.errors import InputError


def run(
    paths: Sequence[str],
    home_option: Path | None,
    is_sample: bool,
    observed_at: str | None,
    engine: str,
    wait: int | None,
    is_json: bool,
    policy: str | None = None,
) -> int:
    """Load, say what happened, and give the exit status."""
    if is_sample and paths:
        raise InputError("--sample: it loads the bundled sample and nothing else; leave the paths out, or leave --sample out")
    home = Home.chosen(home_option, is_sample)
    if is_sample:
        with as_file(files("flows") / "sample") as folder:
            summary = loaded([str(folder)], home, observed_at, engine, wait, is_json, policy)
    else:
        summary = loaded(paths, home, observed_at, engine, wait, is_json, policy)
    say(summary, home, is_json)
    if is_sample and not is_json:
        print(f'  ask it     {as_typed("sql", home)} "select title, year, organization from gold.papers"')
    return summary.exit_status


def replayed(home_option: Path | None, code: str | None, wait: int | None, is_json: bool) -> int:
    """Parse what was rejected once more, say what became of it, and give the exit status. Raises InputError where there is no warehouse."""
    home = Home.chosen(home_option)
    home.need_warehouse()
    settings = read_settings(home.settings, wait)
    if is_json:
        summary = load(Job(home, [], settings, utc_now(), Silent(), replay=Replay(code)))
    else:
        with Bars() as bars:
            summary = load(Job(home, [], settings, utc_now(), bars, replay=Replay(code)))
    say(summary, home, is_json)
    if summary.state == "unchanged" and not is_json:
        print(f"  replayed   {summary.known_documents:,} documents with rejects; all that was refused still is: {as_typed('rejects', home)}")
    return summary.exit_status


def say(summary: Summary, home: Home, is_json: bool) -> None:
    """Print what the run did, for a person or for a machine."""
    if is_json:
        print(json.dumps(summary.as_facts() | {"exit_status": summary.exit_status}))
    else:
        print(as_text(summary, lambda name: as_typed(name, home)))


def loaded(
    paths: Sequence[str], home: Home, observed_at: str | None, engine: str, wait: int | None, is_json: bool, policy: str | None = None
) -> Summary:
    """Load what the paths name, or without any what has landed, by the engine asked for."""
    settings = read_settings(home.settings, wait, policy)
    found = expanded(paths, home.path)
    seen = read_time(observed_at, "--observed-at") if observed_at else None
    if _is_for_prefect(engine):
        from flows.prefect_flow import paperhouse_load

        return paperhouse_load(list(paths), str(home.path), observed_at, wait, policy)
    if is_json:
        return load(Job(home, found, settings, utc_now(), Silent(), seen))
    with Bars() as bars:
        return load(Job(home, found, settings, utc_now(), bars, seen))


def _is_for_prefect(engine: str) -> bool:
    if engine != "auto":
        return engine == "prefect"
    address = configured_server()
    if not address:
        return False
    if is_reachable(address):
        return True
    Silent().say(f"the Prefect server at {address} does not answer; running without it")
    return False
