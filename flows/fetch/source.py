"""What a source is: which request begins a walk, and what follows from an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from flows.fetch.trouble import Passing

Params = Mapping[str, str]


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


class Source(Protocol):
    """A source as the fetch sees it. `read` raises Passing for a damaged answer and Refused or Stopped for one that says no."""

    name: str
    accepts: str
    pace_seconds: float
    max_bytes: int
    # Most days of one walk. Of a source whose places expire, a walk lands when it is whole: else what is asked again would land twice.
    span_days: int
    lands_whole: bool
    # A walk of days is asked again until it was asked this many days after its last.
    recent_days: int
    # What the source allows: so many units in so many seconds, and what a request takes of them. None where nothing is stated.
    quota: Quota | None
    secret_params: Params
    secret_headers: Params

    @property
    def family(self) -> str:
        """What all its walks of days share."""

    def walk(self, first: date, last: date) -> Walk:
        """The walk of these days."""

    def read(self, content: Path, asked: Params) -> Read:
        """What an answer says, and what follows from it."""


def read_json(content: Path) -> Any:
    """The answer's JSON. Raises Passing where it is none: an answer that was cut off may come whole the next time."""
    import orjson

    try:
        return orjson.loads(content.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Passing(f"the answer is damaged JSON ({error})") from None
