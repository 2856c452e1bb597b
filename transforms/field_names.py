"""Names of fields and columns as people compare them."""

import re
from functools import lru_cache
from typing import Any

_ODD = re.compile(r"[^a-z0-9#]")


@lru_cache(maxsize=10_000)
def plain_name(printed: str) -> str:
    """A field's name without case, blanks, underscores and other signs."""
    return _ODD.sub("", printed.lower())


def without(value: Any, ignored: frozenset[str]) -> Any:
    """A JSON value without the fields of these names (as plain_name has them), however deep they stand."""
    if type(value) is dict:
        return {name: without(one, ignored) for name, one in value.items() if plain_name(name) not in ignored}
    return [without(one, ignored) for one in value] if type(value) is list else value
