"""What was asked and what came of it: the journal's `fetches.jsonl`, append-only. It says what is landed and where a walk goes on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flows.durable import append_line, read_lines
from flows.fetch.source import Params, Source, Walk

Entry = Mapping[str, Any]


@dataclass(slots=True)
class FetchLog:
    """One entry per request:

    - `event`: landed, unchanged (the server said so), empty (an answer without records), elsewhere (it has no answer of its own), failed (for good);
    - `walk`, `family`, `days`, `number`, `params`: which request it was; `next`: the parameters of the one that follows, null at the end;
    - `url` (without secrets), `status`, `etag`, `last_modified`, `at`, `bytes`, `count`, `document_id`, `is_new`, `reason`.

    Of all these only what decides what is asked next is held: of each walk the last entry and when it was begun, and what can be asked on condition.
    """

    file: Path
    _last: dict[str, Entry] = field(default_factory=dict)
    _begun: dict[str, datetime] = field(default_factory=dict)
    _conditions: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in read_lines(self.file):
            self._take(entry)

    def note(self, entry: Entry) -> None:
        """Add the entry, once: the step that a killed fetch did not finish is repeated."""
        last = self._last.get(entry["walk"])
        if not last or _identity(last) != _identity(entry):
            append_line(self.file, dict(entry))
            self._take(entry)

    def following(self, walk: Walk) -> tuple[int, Params] | None:
        """The number and parameters of the request with which an unfinished walk goes on; None where it is finished or was never begun."""
        last = self._last.get(walk.key)
        return (last["number"] + 1, last["next"]) if last and last["next"] else None

    def before(self, walk: Walk, params: Params) -> Entry | None:
        """The last answer to the same request, where it came with what a server needs to say that nothing has changed since."""
        return self._conditions.get((walk.key, _text(params)))

    def unfinished(self, source: Source) -> list[tuple[date, date]]:
        """The days of walks that were begun and not finished."""
        return [_days(last) for last in self._lasts(source) if last["next"]]

    def settled(self, source: Source) -> tuple[set[date], set[date]]:
        """The days that were asked to the end, and those that failed for good, late enough that nothing more can come."""
        landed: set[date] = set()
        failed: set[date] = set()
        for last in self._lasts(source):
            if not last["next"]:
                late = self._begun[last["walk"]] - source.settled_after
                days = [day for day in days_between(*_days(last)) if datetime.combine(day, time()) <= late]
                (failed if last["event"] == "failed" else landed).update(days)
        return landed, failed

    def latest_day(self, source: Source) -> date | None:
        """The last day that was asked for."""
        return max((_days(last)[1] for last in self._lasts(source)), default=None)

    def _take(self, entry: Entry) -> None:
        key = entry["walk"]
        self._last[key] = entry
        if entry["number"] == 1 or key not in self._begun:
            self._begun[key] = datetime.fromisoformat(entry["at"])
        if entry["event"] in ("landed", "empty"):
            same = (key, _text(entry["params"]))
            self._conditions.pop(same, None)
            if entry["event"] == "landed" and (entry["etag"] or entry["last_modified"]):
                self._conditions[same] = entry

    def _lasts(self, source: Source) -> list[Entry]:
        return [last for last in self._last.values() if last["family"] == source.family and last["days"]]


def days_between(first: date, last: date) -> list[date]:
    """The days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def entry_of(walk: Walk, source: str, event: str, number: int, params: Params, at: datetime, **more: Any) -> dict[str, Any]:
    """An entry as the journal keeps it."""
    days = [str(day) for day in walk.days] if walk.days else None
    base = {"event": event, "source": source, "walk": walk.key, "family": walk.family, "days": days, "number": number, "params": dict(params)}
    return base | {"at": at.isoformat(), "next": None} | more


def _days(entry: Entry) -> tuple[date, date]:
    return date.fromisoformat(entry["days"][0]), date.fromisoformat(entry["days"][1])


def _text(params: Params) -> str:
    return json.dumps(dict(params), sort_keys=True)


def _identity(entry: Entry) -> tuple[Any, ...]:
    return entry["event"], entry["number"], dict(entry["params"]), entry["at"], entry.get("document_id")
