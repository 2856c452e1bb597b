"""paperhouse fetch."""

import json
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

from flows.archives import Bounds
from flows.clock import utc_now
from flows.commands.typed import as_typed
from flows.fetch.client import Client, user_agent
from flows.fetch.fetching import Fetch
from flows.fetch.log import FetchLog
from flows.fetch.outcome import Outcome
from flows.fetch.plan import Plan, planned
from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Source
from flows.fetch.sources import source_of
from flows.fetch.waiting import Waiting
from flows.home import Home
from flows.journal import Journal
from flows.lock import held
from flows.raw_store import RawStore
from flows.reporter import Bars, Reporter, Silent
from flows.settings import Settings, read_settings
from flows.trouble import explained
from flows.wording import printable
from warehouse.errors import InputError


def fetch(name: str, options: Options, home_option: Path | None, wait: int | None, is_plan: bool, is_json: bool) -> int:
    """Ask the source for what is new, say what came, and give the exit status (flows.fetch.outcome)."""
    home = Home.chosen(home_option)
    settings = read_settings(home.settings, wait)
    redactor = Redactor()
    source = source_of(name, options, settings, redactor)
    # What cannot be asked is said before anything is made.
    plan = _plan(source, options, _log(home))
    if is_plan:
        print(json.dumps(plan.as_facts()) if is_json else plan.as_text())
        return 0
    user_agent(settings.contact)
    if is_json:
        outcome = _fetched(source, options, home, settings, redactor, Silent())
        print(json.dumps(outcome.as_facts()))
    else:
        with Bars() as bars:
            outcome = _fetched(source, options, home, settings, redactor, bars)
        print(printable(outcome.as_text(as_typed("run", home))))
    return outcome.exit_status


def _fetched(source: Source, options: Options, home: Home, settings: Settings, redactor: Redactor, reporter: Reporter) -> Outcome:
    with explained(home.path):
        home.prepare()
        started_at, wait = utc_now(), settings.wait_seconds

        def lock(wait_seconds: float) -> AbstractContextManager[None]:
            return held(home.lock, started_at, wait_seconds, reporter.say, "fetch")

        with held(home.fetch_lock, started_at, wait, reporter.say, "fetch"):
            log = _log(home)
            bounds = Bounds(settings.max_document_bytes, settings.max_unpacked_bytes, settings.max_unpacked_ratio)
            # The store's own work happens in the fetch's folder: a run clears the other one.
            waiting = Waiting(home.fetching, RawStore(home.raw, home.fetching), Journal(home.journal), log, bounds, utc_now, lock)
            recovered = waiting.recover(wait)
            client = Client(settings, redactor, home.fetching, reporter.say)
            try:
                job = Fetch(source, client, log, waiting, redactor, reporter, utc_now, wait, options.is_again)
                job.outcome.recovered = recovered
                # Once more: another fetch may have been at work until now.
                return job.run(_plan(source, options, log).walks)
            finally:
                client.close()


def _log(home: Home) -> FetchLog:
    return FetchLog(home.journal / "fetches.jsonl")


def _plan(source: Source, options: Options, log: FetchLog) -> Plan:
    if source.named:
        return Plan(source, source.named)
    now = utc_now()
    today, whole = now.date(), (now - source.whole_after).date()
    last = _day(options.last, "--to") if options.last else whole
    if last > today:
        raise InputError(f"--to: {last} lies ahead (today is {today} UTC); no source has that day yet")
    if options.first:
        first = _day(options.first, "--from")
    elif latest := log.latest_day(source):
        # What has settled since is left out of the plan.
        first = min([latest - source.settled_after - timedelta(days=1), last, *(days[0] for days in log.unfinished(source))])
    else:
        raise InputError(f"fetch {source.name}: nothing has landed from it yet; say from which day on: --from {today - timedelta(days=30)}")
    if first > last:
        raise InputError(f"--from: {first} is after {last}" + (" (--to)" if options.last else ", the last day that can be asked for"))
    return planned(source, log, first, last, options.is_again)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: {text!r} is no day; write it as 2025-01-31") from None
