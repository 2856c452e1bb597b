"""Lists of authors as bronze has them, decoded whatever a parser wrote."""

from typing import Any

import orjson
import polars as pl

_TEXTS = ("name", "given", "family", "suffix", "orcid", "id")
AUTHOR = pl.Struct({**dict.fromkeys(_TEXTS, pl.String), "affiliations": pl.List(pl.String)})


def decoded(lists: pl.Series) -> pl.Series:
    """The authors of each list (AUTHOR), from JSON text; what is no object in a list, and what is no text in an object, is null."""
    try:
        return lists.str.json_decode(pl.List(AUTHOR))
    except pl.exceptions.ComputeError:
        # One odd text stops the fast way for all.
        return pl.Series(lists.name, [_read(text) for text in lists], dtype=pl.List(AUTHOR))


def _read(text: str | None) -> list[dict[str, Any] | None] | None:
    try:
        value = orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return None
    return [_author(one) if isinstance(one, dict) else None for one in value] if isinstance(value, list) else None


def _author(found: dict[str, Any]) -> dict[str, Any]:
    author: dict[str, Any] = {name: found[name] if isinstance(found.get(name), str) else None for name in _TEXTS}
    affiliations = found.get("affiliations")
    author["affiliations"] = [one for one in affiliations if isinstance(one, str)] if isinstance(affiliations, list) else None
    return author
