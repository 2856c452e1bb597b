"""What a source is: which requests it is asked with, what follows from an answer, and how it wants to be treated."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from flows.fetch.trouble import Passing
from warehouse.errors import InputError

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line was given."""

    urls: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    set_name: str | None = None
    filter_text: str | None = None
    by: str | None = None
    ids: Sequence[str] = ()
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """Requests that belong together: the pages of one listing. `days` are its first and last day, where it is of days, and `family` is what
    it shares with the walks of other days: the source, the set, the filter."""

    family: str
    url: str
    params: Params
    about: str
    days: tuple[date, date] | None = None

    @property
    def key(self) -> str:
        return f"{self.family} {self.days[0]} {self.days[1]}" if self.days else self.family


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer says: how many records it has (None: not counted), and the parameters of the request that follows, if one does.

    `is_lost` says that the source no longer knows where the walk was: it has to begin anew.
    """

    count: int | None = None
    following: Params | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """So many units in a time, in words, and what one request takes."""

    units: int
    unit: str
    per: str
    each: int = 1


def _no_days(first: date, last: date) -> Walk:
    raise NotImplementedError(f"this source has no listings of days ({first} to {last})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source, as the fetch needs it. A new one is a function that gives one of these, and a line in flows/fetch/sources.py."""

    name: str
    # Says how many records an answer has and which request follows. It raises Passing for a damaged answer, Refused for one that is no answer
    # to this request, Elsewhere for one to another, Stopped for one that forbids all others too.
    read: Callable[[Path, Params], Read]
    pace_seconds: float
    # The most that one answer may have, unpacked; json, xml or any.
    max_bytes: int
    accepts: str = "json"
    # The requests that the user named one by one, or else the listing of some days: what all of them share, how a walk over days begins, and
    # how many days it has at most.
    named: Sequence[Walk] = ()
    family: str = ""
    walk: Callable[[date, date], Walk] = _no_days
    span_days: int = 1
    # After its first moment (UTC): when a day can first be asked for whole, and when nothing more is added to it. Until then it is asked again.
    whole_after: timedelta = timedelta(0)
    settled_after: timedelta = timedelta(0)
    # A walk whose places expire lands when it is whole: else what is asked again after that would land twice.
    lands_whole: bool = False
    # How it says within a walk that it no longer knows the place.
    lost_statuses: frozenset[int] = frozenset()
    # Whether a redirect leads to the answer to another request.
    is_elsewhere: Callable[[Params, str], bool] | None = None
    # Whether each request is about a server of its own: a fault then says nothing of the others.
    stands_alone: bool = False
    # What the source states; None where it states nothing.
    quota: Quota | None = None
    secret_params: Params = field(default_factory=dict)
    secret_headers: Params = field(default_factory=dict)


def read_json(content: Path) -> Any:
    """The answer's JSON. Raises Passing where it is none: an answer that was cut off may come whole the next time."""
    try:
        return orjson.loads(content.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Passing(f"the answer is damaged JSON ({error})") from None


def checked_filter(text: str | None, example: str) -> str | None:
    """The filter as the user wrote it. Raises InputError where it could be more than one parameter."""
    if text and (not text.isprintable() or re.search(r"[\s&?#]", text)):
        raise InputError(f"--filter: {text!r} is no filter; write it as {example}")
    return text
