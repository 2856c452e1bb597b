"""The fetch itself: walk after walk, each answer checked, landed and noted, so that it can be killed at any moment and goes on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flows.fetch.client import Answer, Ask, Client
from flows.fetch.log import FetchLog, entry_of
from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Read, Source, Walk
from flows.fetch.trouble import Refused, Stopped
from flows.fetch.waiting import Waiting
from flows.reporter import Reporter

# A walk that is lost so often in one fetch is not going to come to its end.
_MOST_LOST = 3
# So many requests refused one after the other are about the source and not about them.
_MOST_REFUSED = 3
# How servers say that they no longer know a cursor; there is no word that all of them use.
_LOST_STATUSES = frozenset({400, 404, 410})


@dataclass(slots=True)
class Outcome:
    """What came of a fetch."""

    source: str
    requests: int = 0
    new: int = 0
    known: int = 0
    unchanged: int = 0
    empty: int = 0
    records: int = 0
    bytes: int = 0
    waiting: int = 0
    recovered: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    stopped: str | None = None

    def as_facts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Fetch:
    """One fetch from one source. The holder of the home's fetch lock makes it."""

    source: Source
    client: Client
    log: FetchLog
    waiting: Waiting
    redactor: Redactor
    reporter: Reporter
    clock: Callable[[], datetime]
    is_again: bool = False
    outcome: Outcome = field(init=False)

    def __post_init__(self) -> None:
        self.outcome = Outcome(self.source.name)

    def run(self, walks: list[Walk]) -> Outcome:
        """Make the walks. A request that fails for good is noted and the next walk begun; where the source stops us, the outcome says so."""
        self.reporter.begin(f"fetch {self.source.name}", len(walks))
        try:
            refused = 0
            for walk in walks:
                try:
                    self._make(walk)
                    refused = 0
                except Refused as error:
                    if walk.days and error.status is None:
                        # What came is not what this source sends: that is about the source, and the day is to be asked again.
                        raise Stopped(str(error)) from None
                    self._note_failed(walk, error)
                    refused += 1
                    if walk.days and refused == _MOST_REFUSED:
                        raise Stopped(f"{refused} requests were refused one after the other; is the address right?") from None
                self.reporter.advance()
        except Stopped as error:
            self.outcome.stopped = f"{self.source.name}, {walk.about}: {error}"
        finally:
            self.waiting.part.unlink(missing_ok=True)
            self.outcome.requests = self.client.request_count
            self.reporter.end()
        return self.outcome

    def _make(self, walk: Walk) -> None:
        lost = 0
        number, params = self._begin(walk)
        while True:
            before = None if self.is_again else self.log.before(walk, params)
            url = _address(walk.url, params)
            ask = Ask(
                url,
                self.source.name if self.source.name != "url" else _host(url),
                self.source.pace_seconds,
                self.source.accepts,
                self.source.max_bytes,
                before["etag"] if before else None,
                before["last_modified"] if before else None,
                self.source.secret_params,
                self.source.secret_headers,
            )
            try:
                answer, read = self._asked(ask, params)
            except Refused as error:
                if not (self.source.lands_whole and number > 1 and error.status in _LOST_STATUSES):
                    raise
                read = Read(is_lost=True)
            if read.is_lost:
                lost += 1
                if lost > _MOST_LOST:
                    raise Stopped(f"the place in the listing was lost {lost} times; the walk begins anew the next time")
                self.reporter.say(f"{walk.about}: the source has forgotten the place in its listing; this listing begins anew")
                self.waiting.drop(walk)
                number, params = 1, walk.params
                continue
            following = before["next"] if answer.status == 304 and before else read.following
            self._keep(walk, number, params, answer, read.count, following)
            if following is None:
                return
            number, params = number + 1, following

    def _begin(self, walk: Walk) -> tuple[int, Params]:
        if self.is_again:
            self.waiting.drop(walk)
            return 1, walk.params
        return self.waiting.following(walk) or self.log.following(walk) or (1, walk.params)

    def _asked(self, ask: Ask, params: Params) -> tuple[Answer, Read]:
        answer, read = self.client.get(ask, self.waiting.part, lambda part: self.source.read(part, params))
        return answer, read or Read()

    def _keep(self, walk: Walk, number: int, params: Params, answer: Answer, count: int | None, following: Params | None) -> None:
        event = "unchanged" if answer.status == 304 else "empty" if count == 0 else "landed"
        known = {name: answer.headers.get(name.replace("_", "-")) for name in ("etag", "last_modified", "content_type")}
        more: dict[str, Any] = {
            "url": answer.url,
            "status": answer.status,
            "count": count,
            "next": dict(following) if following is not None else None,
        }
        more |= {"etag": known["etag"], "last_modified": known["last_modified"]}
        facts = None
        if event == "landed":
            more |= {"document_id": answer.sha256, "bytes": answer.bytes}
            facts = {"source": self.source.name, "status": answer.status, **known, "headers": dict(answer.headers)}
        entry = entry_of(walk, self.source.name, event, number, params, answer.at, **more)
        waits = self.source.lands_whole and following is not None
        for one in self.waiting.add(walk, entry, facts, waits):
            self._count(walk, one)
        self.outcome.waiting = self.waiting.count(walk) if waits else 0

    def _count(self, walk: Walk, entry: dict[str, Any]) -> None:
        if entry["event"] == "failed":
            self.outcome.failed.append({"about": walk.about, "reason": entry["reason"]})
            return
        name = {"unchanged": "unchanged", "empty": "empty"}.get(entry["event"]) or ("new" if entry["is_new"] else "known")
        setattr(self.outcome, name, getattr(self.outcome, name) + 1)
        if entry["event"] == "landed":
            self.outcome.records += entry["count"] or 0
            self.outcome.bytes += entry["bytes"]

    def _note_failed(self, walk: Walk, error: Refused) -> None:
        self.waiting.drop(walk)
        entry = entry_of(walk, self.source.name, "failed", 1, walk.params, self.clock(), status=error.status, reason=str(error))
        self.log.note(entry | {"url": self.redactor.url(_address(walk.url, walk.params))})
        self.outcome.failed.append({"about": walk.about, "reason": str(error)})


def _address(url: str, params: Params) -> str:
    return f"{url}?{urlencode(params, safe=':,*')}" if params else url


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
