"""What was asked and what came of it: the journal's `fetches.jsonl`, append-only. It says what is landed and where a walk goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.durable import append_line, read_lines
from flows.fetch.source import Params, Source, Walk

Entry = Mapping[str, Any]


@dataclass(slots=True)
class FetchLog:
    """One entry per request:

    - `event`: landed, unchanged (the server said so), empty (an answer without records), failed (for good);
    - `walk`, `family`, `days`, `number`, `params`: which request it was; `next`: the parameters of the one that follows, null at the end;
    - `url` (without secrets), `status`, `etag`, `last_modified`, `at`, `bytes`, `count`, `document_id`, `is_new`, `reason`.
    """

    file: Path
    _of_walk: dict[str, list[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in read_lines(self.file):
            self._of_walk.setdefault(entry["walk"], []).append(entry)

    def note(self, entry: Entry) -> None:
        """Add the entry, once: the step that a killed fetch did not finish is repeated."""
        known = self._of_walk.setdefault(entry["walk"], [])
        if not known or _identity(known[-1]) != _identity(entry):
            append_line(self.file, dict(entry))
            known.append(entry)

    def following(self, walk: Walk) -> tuple[int, Params] | None:
        """The number and parameters of the request with which an unfinished walk goes on; None where it is finished or was never begun."""
        last = self._last(walk.key)
        return (last["number"] + 1, last["next"]) if last and last["next"] else None

    def before(self, walk: Walk, params: Params) -> Entry | None:
        """The last answer to the same request that had content, for asking on condition that it has changed."""
        same = [one for one in self._of_walk.get(walk.key, []) if one["params"] == dict(params) and one["event"] in ("landed", "unchanged")]
        return same[-1] if same else None

    def unfinished(self, source: Source) -> list[tuple[date, date]]:
        """The days of walks that were begun and not finished."""
        return [_days(last) for last in self._lasts(source) if last["next"]]

    def settled(self, source: Source) -> set[date]:
        """The days that were asked to the end, and late enough that no more can come."""
        found: set[date] = set()
        for last in self._lasts(source):
            first_day, last_day = _days(last)
            if last["next"] or last["event"] == "failed":
                continue
            begun = next(one for one in reversed(self._of_walk[last["walk"]]) if one["number"] == 1)
            until = datetime.fromisoformat(begun["at"]).date() - timedelta(days=source.recent_days)
            found.update(days_between(first_day, min(last_day, until)))
        return found

    def failed(self, source: Source) -> set[date]:
        """The days that failed for good."""
        return {day for last in self._lasts(source) if last["event"] == "failed" for day in days_between(*_days(last))}

    def latest_day(self, source: Source) -> date | None:
        """The last day that was asked for."""
        return max((_days(last)[1] for last in self._lasts(source)), default=None)

    def _last(self, key: str) -> Entry | None:
        entries = self._of_walk.get(key)
        return entries[-1] if entries else None

    def _lasts(self, source: Source) -> list[Entry]:
        lasts = (entries[-1] for entries in self._of_walk.values())
        return [last for last in lasts if last["family"] == source.family and last["days"]]


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


def _identity(entry: Entry) -> tuple[Any, ...]:
    return entry["event"], entry["number"], dict(entry["params"]), entry["at"], entry.get("document_id")
