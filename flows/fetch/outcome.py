"""What came of a fetch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.fetch.trouble import QuotaUsed, Stopped
from flows.wording import counted
from warehouse.errors import TroubleError

_EVENTS = ("new", "known", "unchanged", "empty", "elsewhere")
_WORDS = {
    "known": "the same bytes as before",
    "unchanged": "unchanged, said the server",
    "empty": "without a record",
    "elsewhere": "not there: the source gave another request's answer, which was not kept",
    "recovered": "left by a fetch that died",
}


@dataclass(slots=True)
class Outcome:
    """Counts of answers (`records` and `bytes` in those that landed), what failed for good, and why it stopped before its end, if it did.

    `waiting` counts answers that are here and have not landed; `resumes_at` (UTC) is when a quota that is used up is renewed.
    """

    source: str
    requests: int = 0
    new: int = 0
    known: int = 0
    unchanged: int = 0
    empty: int = 0
    elsewhere: int = 0
    records: int = 0
    bytes: int = 0
    waiting: int = 0
    recovered: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    stopped: str | None = None
    resumes_at: str | None = None
    # Whether what failed or stopped is the source's or the machine's fault, and not that of what the user gave.
    is_ours: bool = False

    @property
    def came(self) -> int:
        """How many requests were answered as they should be."""
        return sum(getattr(self, name) for name in _EVENTS)

    @property
    def exit_status(self) -> int:
        """0 where it came to its end and something came, also where a request failed for good; 1 where it was stopped; 2 where all that was asked was
        refused and what the user gave is at fault."""
        if self.stopped or (self.failed and not self.came):
            return 1 if self.came or self.is_ours else 2
        return 0

    def count(self, entry: Mapping[str, Any]) -> None:
        """Count one entry of the journal."""
        if entry["event"] == "failed":
            self.fail(entry["url"], entry["reason"])
            return
        name = ("new" if entry["is_new"] else "known") if entry["event"] == "landed" else entry["event"]
        setattr(self, name, getattr(self, name) + 1)
        if entry["event"] == "landed":
            self.records += entry["count"] or 0
            self.bytes += entry["bytes"]

    def fail(self, about: str, reason: str, is_ours: bool = False) -> None:
        self.failed.append({"about": about, "reason": reason})
        self.is_ours = self.is_ours or is_ours

    def stop(self, about: str, error: TroubleError) -> None:
        self.stopped = self.stopped or f"{self.source}, {about}: {error}"
        self.is_ours = self.is_ours or not (isinstance(error, Stopped) and error.is_input)
        if isinstance(error, QuotaUsed) and error.resets_at:
            self.resumes_at = error.resets_at.isoformat(timespec="seconds")

    def as_facts(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "is_ours"} | {"exit_status": self.exit_status}

    def as_text(self, run: str) -> str:
        """The outcome for a person; `run` is the command that loads what came."""
        lines = [f"{self.source}: {counted(self.requests, 'request')}, {counted(self.new, 'new document')}"]
        if self.new or self.known:
            lines[0] += f" ({counted(self.records, 'file' if self.source == 'url' else 'record')}, {self.bytes:,} bytes)"
        lines += [f"  {getattr(self, name):,} {words}" for name, words in _WORDS.items() if getattr(self, name)]
        lines += [f"  failed   {one['about']}: {one['reason']}" for one in self.failed]
        if self.stopped:
            lines.append(f"  stopped  {self.stopped}")
            if self.waiting:
                lines.append(f"           {counted(self.waiting, 'answer')} of it came and will land with the rest")
            lines.append("           what came is kept; the same command goes on from here")
        if self.new or self.recovered:
            lines.append(f"  load it  {run}")
        return "\n".join(lines)
