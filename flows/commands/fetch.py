"""paperhouse fetch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flows.archives import Bounds
from flows.clock import utc_now
from flows.commands.typed import as_typed
from flows.fetch.arxiv import Arxiv
from flows.fetch.client import Client
from flows.fetch.crossref import Crossref
from flows.fetch.fetching import Fetch, Outcome
from flows.fetch.hf import HuggingFace
from flows.fetch.log import FetchLog
from flows.fetch.openalex import OpenAlex
from flows.fetch.plan import Plan, planned
from flows.fetch.redact import Redactor
from flows.fetch.source import Source
from flows.fetch.url import Url
from flows.fetch.waiting import Waiting
from flows.home import Home
from flows.lock import held
from flows.raw_store import RawStore
from flows.reporter import Bars, Reporter, Silent
from flows.settings import Settings, read_settings
from flows.trouble import explained
from warehouse.errors import InputError


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line was given."""

    urls: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    set_name: str | None = None
    filter_text: str | None = None
    by: str = "updated"
    ids: Sequence[str] = ()
    is_again: bool = False


# Which options a source heeds; the others would be passed over in silence.
_HEEDS = {
    "hf": {"first", "last", "ids"},
    "arxiv": {"first", "last", "set_name"},
    "openalex": {"first", "last", "filter_text", "by"},
    "crossref": {"first", "last", "filter_text"},
    "url": {"urls"},
}
_SPELLED = {"urls": "URL", "first": "--from", "last": "--to", "set_name": "--set", "filter_text": "--filter", "by": "--by", "ids": "--id"}


def fetch(name: str, options: Options, home_option: Path | None, wait: int | None, is_plan: bool, is_json: bool) -> int:
    """Ask the source for what is new, say what came, and give the exit status: 0 all came, 1 the source stopped us, 2 a request failed for good."""
    home = Home.chosen(home_option)
    settings = read_settings(home.settings, wait)
    redactor = Redactor()
    source = _source(name, options, settings, redactor)
    log_file = home.journal / "fetches.jsonl"
    if is_plan:
        plan = _plan(source, options, FetchLog(log_file))
        print(json.dumps(plan.as_facts()) if is_json else plan.as_text())
        return 0
    if is_json:
        outcome = _fetched(source, options, home, settings, redactor, Silent())
    else:
        with Bars() as bars:
            outcome = _fetched(source, options, home, settings, redactor, bars)
    status = 1 if outcome.stopped else 2 if outcome.failed else 0
    if is_json:
        print(json.dumps(outcome.as_facts() | {"exit_status": status}))
    else:
        print(_as_text(outcome, as_typed("run", home)))
    return status


def _fetched(source: Source, options: Options, home: Home, settings: Settings, redactor: Redactor, reporter: Reporter) -> Outcome:
    with explained(home.path):
        # What cannot be asked is said before anything is made.
        _plan(source, options, FetchLog(home.journal / "fetches.jsonl"))
        home.prepare()
        with held(home.fetch_lock, utc_now(), settings.wait_seconds, reporter.say, "fetch"):
            log = FetchLog(home.journal / "fetches.jsonl")
            bounds = Bounds(settings.max_document_bytes, settings.max_unpacked_bytes, settings.max_unpacked_ratio)
            # The store's own work happens in the fetch's folder: a run clears the other one.
            waiting = Waiting(home.fetching, RawStore(home.raw, home.fetching), log, bounds, utc_now)
            client = Client(settings, redactor, home.fetching, reporter.say)
            try:
                recovered = waiting.recover()
                plan = _plan(source, options, log)
                job = Fetch(source, client, log, waiting, redactor, reporter, utc_now, options.is_again)
                job.outcome.recovered = recovered
                return job.run(list(plan.walks))
            finally:
                client.close()


def _source(name: str, options: Options, settings: Settings, redactor: Redactor) -> Source:
    given = {field for field in _SPELLED if getattr(options, field) and getattr(options, field) != getattr(Options(), field)}
    if strange := sorted(_SPELLED[field] for field in given - _HEEDS[name]):
        heeds = ", ".join(_SPELLED[field] for field in _SPELLED if field in _HEEDS[name])
        raise InputError(f"fetch {name}: {strange[0]} has no meaning here; {name} heeds {heeds}")
    if name == "hf":
        return HuggingFace(settings, redactor)
    if name == "arxiv":
        return Arxiv(settings, redactor, options.set_name)
    if name == "openalex":
        return OpenAlex(settings, redactor, options.filter_text, options.by)
    if name == "crossref":
        return Crossref(settings, redactor, options.filter_text)
    return Url(settings, redactor)


def _plan(source: Source, options: Options, log: FetchLog) -> Plan:
    if isinstance(source, Url):
        if not options.urls:
            raise InputError("fetch url: name an address: paperhouse fetch url https://...")
        return Plan(source, list({walk.key: walk for walk in map(source.address, options.urls)}.values()))
    if isinstance(source, HuggingFace) and options.ids:
        if options.first or options.last:
            raise InputError("--id: it names papers and not days; leave --from and --to out")
        return Plan(source, [source.paper(one) for one in dict.fromkeys(options.ids)])
    first, last = _days(source, options, log)
    return planned(source, log, first, last, options.is_again)


def _days(source: Source, options: Options, log: FetchLog) -> tuple[date, date]:
    today = utc_now().date()
    # A listing can be seen while it grows; the other sources have a day whole only when it is over.
    last = _day(options.last, "--to") if options.last else today if isinstance(source, HuggingFace) else today - timedelta(days=1)
    if last > today:
        raise InputError(f"--to: {last} lies ahead (today is {today} UTC); no source has that day yet")
    if options.first:
        first = _day(options.first, "--from")
    elif latest := log.latest_day(source):
        first = min(latest - timedelta(days=source.recent_days), last)
    else:
        raise InputError(f"fetch {source.name}: nothing has landed from it yet; say from which day on: --from {today - timedelta(days=30)}")
    if first > last:
        raise InputError(f"--from: {first} is after {last}" + (" (--to)" if options.last else ", the last day that can be asked for"))
    return first, last


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: {text!r} is no day; write it as 2025-01-31") from None


def _as_text(outcome: Outcome, run: str) -> str:
    unit = "record" if outcome.source != "url" else "file"
    lines = [f"{outcome.source}: {outcome.requests:,} request{'' if outcome.requests == 1 else 's'}, {outcome.new:,} new documents"]
    if outcome.new or outcome.known:
        lines[0] += f" ({outcome.records:,} {unit}{'' if outcome.records == 1 else 's'}, {outcome.bytes:,} bytes)"
    counts = {
        "known": "the same bytes as before",
        "unchanged": "unchanged, said the server",
        "empty": "without a record",
        "recovered": "left by a fetch that died",
    }
    lines += [f"  {getattr(outcome, name):,} {words}" for name, words in counts.items() if getattr(outcome, name)]
    lines += [f"  failed   {one['about']}: {one['reason']}" for one in outcome.failed]
    if outcome.stopped:
        lines.append(f"  stopped  {outcome.stopped}")
        if outcome.waiting:
            lines.append(f"           {outcome.waiting:,} pages of this listing wait for the rest of it")
        lines.append("           what came is kept; the same command goes on from here")
    if outcome.new or outcome.recovered:
        lines.append(f"  load it  {run}")
    return "\n".join(lines)
