"""Which walks a fetch is to make, and what they will cost, before anything is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.fetch.log import FetchLog, days_between
from flows.fetch.source import Quota, Source, Walk
from flows.wording import counted


@dataclass(frozen=True, slots=True)
class Plan:
    """The walks, and how many days were left out since they have landed or failed for good."""

    source: Source
    walks: Sequence[Walk]
    begun: int = 0
    landed_days: int = 0
    failed_days: int = 0

    def as_facts(self) -> dict[str, Any]:
        """The requests (at least: how many pages a listing has is known only when it is asked), their time and their share of the quota."""
        count = len(self.walks)
        quota = self.source.quota
        return {
            "source": self.source.name,
            "requests": count,
            "continued": self.begun,
            "days_landed": self.landed_days,
            "days_failed": self.failed_days,
            "seconds": round(max(0, count - 1) * self.source.pace_seconds, 1),
            "pace_seconds": self.source.pace_seconds,
            "quota": _quota(quota, count, self.source.pace_seconds) if quota else None,
            "walks": [walk.about for walk in self.walks],
        }

    def as_text(self) -> str:
        """The same for a person."""
        facts = self.as_facts()
        lines = [f"{self.source.name}: at least {counted(facts['requests'], 'request')}; nothing was asked"]
        if self.walks:
            lines.append(f"  first    {self.walks[0].about}")
        if len(self.walks) > 1:
            lines.append(f"  last     {self.walks[-1].about}")
        if self.begun:
            lines.append(f"  goes on  {counted(self.begun, 'listing')} begun before")
        if self.landed_days:
            lines.append(f"  landed   {counted(self.landed_days, 'day')}, not asked again (--again asks)")
        if self.failed_days:
            lines.append(f"  failed   {counted(self.failed_days, 'day')} for good, not asked again (--again asks)")
        lines.append(f"  time     at least {_duration(facts['seconds'])}, one request every {self.source.pace_seconds:g} s")
        lines.append(f"  quota    {_in_words(facts['quota'])}")
        lines.append("  Each further page of a long listing is one request more.")
        return "\n".join(lines)


def planned(source: Source, log: FetchLog, first: date, last: date, is_again: bool) -> Plan:
    """The walks from the first day to the last: begun ones go on, days that have landed are left out, the rest is cut into spans."""
    wanted = set(days_between(first, last))
    begun = [] if is_again else [days for days in log.unfinished(source) if first <= days[0] and days[1] <= last]
    settled, failed = (days & wanted for days in ((set(), set()) if is_again else log.settled(source)))
    left = wanted - settled - failed - {day for days in begun for day in days_between(*days)}
    spans = sorted([*begun, *_spans(sorted(left), source.span_days)])
    return Plan(source, [source.walk(*span) for span in spans], len(begun), len(settled), len(failed))


def _spans(days: Sequence[date], most: int) -> list[tuple[date, date]]:
    spans: list[list[date]] = []
    for day in days:
        if spans and (day - spans[-1][-1]).days == 1 and len(spans[-1]) < most:
            spans[-1].append(day)
        else:
            spans.append([day])
    return [(span[0], span[-1]) for span in spans]


def _quota(quota: Quota, requests: int, pace: float) -> dict[str, Any]:
    """What the requests use of the quota; of one for so many seconds, what they use in that time at this pace."""
    if quota.per.endswith(" s"):
        window = float(quota.per.removesuffix(" s"))
        requests = min(requests, max(1, round(window / pace))) if pace else requests
    used = requests * quota.each
    return {"units": quota.units, "unit": quota.unit, "per": quota.per, "used": used, "share": round(used / max(quota.units, 1), 4)}


def _in_words(quota: dict[str, Any] | None) -> str:
    if not quota:
        return "the source states none"
    return f"at least {quota['used']:,} of {quota['units']:,} {quota['unit']} per {quota['per']} ({quota['share']:.1%})"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"
