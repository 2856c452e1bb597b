"""The fetch itself: walk after walk, each answer checked, landed and noted, so that it can be killed at any moment and goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from flows.fetch.client import Answer, Ask, Client
from flows.fetch.log import Entry, FetchLog, entry_of
from flows.fetch.outcome import Outcome
from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Read, Source, Walk
from flows.fetch.trouble import Elsewhere, Refused, Stopped
from flows.fetch.waiting import Waiting
from flows.lock import Busy
from flows.reporter import Reporter

# A walk that is lost so often in one fetch is not going to come to its end.
_MOST_LOST = 3
# So many requests refused one after the other are about the source and not about them.
_MOST_REFUSED = 3


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
    wait_seconds: float
    is_again: bool = False
    outcome: Outcome = field(init=False)
    # Days refused one after the other. Only an answer to another request says that the source is well and they are at fault.
    _refused: list[Entry] = field(default_factory=list)
    _has_said_busy: bool = False

    def __post_init__(self) -> None:
        self.outcome = Outcome(self.source.name)

    def run(self, walks: Sequence[Walk]) -> Outcome:
        """Make the walks. A request that fails for good is noted and the next walk begun; where the source stops us, the outcome says so."""
        self.reporter.begin(f"fetch {self.source.name}", len(walks))
        try:
            for walk in walks:
                if not self._is_made(walk):
                    break
                self.reporter.advance()
            if self.outcome.came and len(self._refused) < _MOST_REFUSED:
                self._note_refused()
            self._land(is_last=True)
        finally:
            self.waiting.clear()
            self.outcome.requests, self.outcome.waiting = self.client.request_count, self.waiting.count()
            self.reporter.end()
        return self.outcome

    def _is_made(self, walk: Walk) -> bool:
        """Make the walk; whether the next may be made."""
        try:
            try:
                self._make(walk)
                self._note_refused()
            except Elsewhere as error:
                self._note_refused()
                entry = self._entry(walk, "elsewhere", reason=str(error))
                self.log.note(entry)
                self.outcome.count(entry)
            except Refused as error:
                self._refuse(walk, error)
        except Stopped as error:
            if self.source.stands_alone:
                self.outcome.fail(walk.about, str(error), not error.is_input)
                return True
            self.outcome.stop(walk.about, error)
            return False
        return True

    def _make(self, walk: Walk) -> None:
        lost = 0
        number, params = self._begin(walk)
        while True:
            before = None if self.is_again else self.log.before(walk, params)
            answer, read = self._asked(walk, number, params, before)
            if answer is None or read.is_lost:
                lost += 1
                if lost > _MOST_LOST:
                    raise Stopped(f"the place in the listing was lost {lost} times; the walk begins anew the next time")
                self.reporter.say(f"{walk.about}: the source has forgotten the place in its listing; this listing begins anew")
                self.waiting.drop(walk)
                number, params = 1, walk.params
                continue
            following = before["next"] if answer.status == 304 and before else read.following
            self._keep(walk, number, params, answer, read.count, following)
            self._land(is_last=False)
            if following is None:
                return
            number, params = number + 1, following

    def _begin(self, walk: Walk) -> tuple[int, Params]:
        if self.is_again:
            self.waiting.drop(walk)
            return 1, walk.params
        return self.waiting.following(walk) or self.log.following(walk) or (1, walk.params)

    def _asked(self, walk: Walk, number: int, params: Params, before: Entry | None) -> tuple[Answer | None, Read]:
        source, url = self.source, _address(walk.url, params)
        ask = Ask(
            url,
            urlsplit(url).hostname or "" if source.stands_alone else source.name,
            source.pace_seconds,
            source.accepts,
            source.max_bytes,
            before["etag"] if before else None,
            before["last_modified"] if before else None,
            source.secret_params,
            source.secret_headers,
            partial(source.is_elsewhere, params) if source.is_elsewhere else None,
        )
        try:
            answer, read = self.client.get(ask, self.waiting.part, lambda part: source.read(part, params))
        except Refused as error:
            if number > 1 and error.status in source.lost_statuses:
                return None, Read(is_lost=True)
            raise
        return answer, read or Read()

    def _keep(self, walk: Walk, number: int, params: Params, answer: Answer, count: int | None, following: Params | None) -> None:
        event = "unchanged" if answer.status == 304 else "empty" if count == 0 else "landed"
        condition = {name: _sendable(answer.headers.get(name.replace("_", "-"))) for name in ("etag", "last_modified")}
        more: dict[str, Any] = {
            "url": answer.url,
            "status": answer.status,
            "count": count,
            "next": dict(following) if following else None,
            **condition,
        }
        facts = None
        if event == "landed":
            more |= {"document_id": answer.sha256, "bytes": answer.bytes}
            kept = {"content_type": answer.headers.get("content-type"), "headers": dict(answer.headers)}
            facts = {"source": self.source.name, "status": answer.status, **condition, **kept}
        entry = entry_of(walk, self.source.name, event, number, params, answer.at, **more)
        self.waiting.add(walk, entry, facts, waits=self.source.lands_whole and following is not None)

    def _land(self, is_last: bool) -> None:
        """Land what is ready. While a run has the home, it waits, and the fetch goes on: only at its end it waits for the run."""
        try:
            for entry in self.waiting.land(self.wait_seconds if is_last else 0):
                self.outcome.count(entry)
        except Busy as busy:
            if is_last:
                self.outcome.stop("landing what came", busy)
            elif not self._has_said_busy:
                self.reporter.say(f"{busy.holder}; what comes waits until that is done")
                self._has_said_busy = True

    def _refuse(self, walk: Walk, error: Refused) -> None:
        if walk.days and error.status is None:
            # What came is not what this source sends: that is about the source, and the day is to be asked again.
            raise Stopped(str(error)) from None
        self.waiting.drop(walk)
        self.outcome.fail(walk.about, str(error), error.status is not None and error.status >= 500)
        self._refused.append(self._entry(walk, "failed", status=error.status, reason=str(error)))
        if not walk.days:
            self._note_refused()
        elif len(self._refused) == _MOST_REFUSED:
            raise Stopped(f"{_MOST_REFUSED} requests were refused one after the other; is the address right?", is_input=True) from None

    def _note_refused(self) -> None:
        for entry in self._refused:
            self.log.note(entry)
        self._refused.clear()

    def _entry(self, walk: Walk, event: str, **more: Any) -> Entry:
        url = self.redactor.url(_address(walk.url, walk.params))
        return entry_of(walk, self.source.name, event, 1, walk.params, self.clock().replace(microsecond=0), url=url, **more)


def _address(url: str, params: Params) -> str:
    return f"{url}?{urlencode(params, safe=':,*')}" if params else url


def _sendable(value: str | None) -> str | None:
    """A condition is sent back as it came, which only plain text can be."""
    return value if value and value.isascii() and value.isprintable() else None
