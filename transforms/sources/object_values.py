"""What an object says that has a table's columns for keys: a line of JSON, a row of Parquet."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from transforms.sources.csv_columns import Columns, columns_of
from transforms.sources.person_names import person
from transforms.sources.table_values import values_of_row

# What people call the parts of a name; the first that an author has counts.
_NAME_PARTS = {
    "name": ("name", "fullname", "full_name", "display_name", "literal", "author"),
    "family": ("family", "last", "lastName", "last_name", "family_name", "surname", "lastname"),
    "given": ("given", "first", "firstName", "first_name", "given_name", "forename", "firstname"),
    "suffix": ("suffix",),
    "orcid": ("orcid", "ORCID"),
}


def values_of_object(fields: Mapping[str, Any], ignored: frozenset[str], exact: Callable[[str], Any] | None = None) -> dict[str, Any]:
    """The columns of bronze.records that the object fills, as values_of_row does for a row of text; what is no text goes to the rest.

    `exact` gives the digits of a number that was printed with a point: an arXiv id that someone wrote as a number keeps its last zero.
    """
    columns = _columns(tuple(fields), ignored)
    texts: list[str] = []
    kept: dict[str, Any] = {}
    people: list[dict[str, Any]] = []
    of_authors = columns.places.get("authors", ())
    for place, (name, value) in enumerate(fields.items()):
        texts.append("")
        if place in of_authors and type(value) is list and not people:
            people = [one for author in value if (one := _person(author))]
            if len(people) == len(value):
                continue
        text = _text(value, name, exact)
        if text is None:
            kept[name] = value
        else:
            texts[-1] = text
    return values_of_row(texts, columns, people, kept)


def _text(value: Any, name: str, exact: Callable[[str], Any] | None) -> str | None:
    """The value as a table's cell would have it; None where it is an array or an object."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if type(value) is bool:
        return str(value).lower()
    if type(value) is float:
        return str(exact(name) if exact else value)
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if type(value) is bytes:
        return value.decode("utf-8", "replace")
    if type(value) is list and len(value) == 1 and type(value[0]) is str:
        return str(value[0])
    parts = value.get("date-parts") if type(value) is dict else None
    # The date of CSL, which reference managers write: {"date-parts": [[2004, 7, 15]]}.
    if type(parts) is list and parts and type(parts[0]) is list and parts[0] and all(str(part).isdecimal() for part in parts[0]):
        return "-".join(str(part).zfill(2) for part in parts[0][:3])
    return None


def _person(author: Any) -> dict[str, Any] | None:
    if type(author) is str:
        return person(author.strip()) if author.strip() else None
    if type(author) is not dict:
        return None
    found = {}
    for part, names in _NAME_PARTS.items():
        value = next((author[name] for name in names if type(author.get(name)) is str and author[name].strip()), None)
        if value:
            found[part] = value
    return found if "name" in found or "family" in found else None


@lru_cache(maxsize=1_000)
def _columns(names: tuple[str, ...], ignored: frozenset[str]) -> Columns:
    return columns_of(names, ignored)
