"""An expectation as data, and what came of checking it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something that must hold of a table.

    `query` selects the rows that break it, their key columns among the columns ({batch} is the table); or `native` names an expectation
    of Great Expectations' own and `arguments` its arguments.
    """

    name: str
    about: str
    query: str | None = None
    native: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations of one table: its schema, name and key, in the database that is checked."""

    schema: str
    table: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that is not met: how many rows break it, the keys of the first of them, or the error that kept it from being checked."""

    table: str
    expectation: str
    about: str
    count: int
    keys: tuple[str, ...] = ()
    error: str | None = None

    def __str__(self) -> str:
        if self.error:
            return f"{self.table}: {self.expectation} could not be checked: {self.error}"
        keys = f": {', '.join(self.keys)}{', ...' if self.count > len(self.keys) else ''}" if self.keys else ""
        return f"{self.table}: {self.expectation} ({self.about}) fails for {self.count:,} row{'s' if self.count != 1 else ''}{keys}"
