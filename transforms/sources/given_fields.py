"""The fields of one JSON record, taken out one by one by type: what is taken fills a column, what is left is the record's rest.

A field whose value is not of the type that is asked for stays where it is, and so is kept in the rest. Null and blank text say nothing:
they are taken out and give None.
"""

from collections.abc import Iterable
from typing import Any

from transforms.json_text import dumps, loads_exactly

Fields = dict[str, Any]
_LARGEST = 2**63


def take_text(fields: Fields, *names: str) -> str | None:
    """The text of the first of these fields that has any."""
    for name in names:
        value = fields.get(name)
        if type(value) is str:
            del fields[name]
            if value and not value.isspace():
                return value
        elif value is None:
            fields.pop(name, None)
    return None


def take_count(fields: Fields, *names: str) -> int | None:
    """The first of these fields that is a whole number within 64 bits."""
    for name in names:
        value = fields.get(name)
        if type(value) is int and -_LARGEST <= value < _LARGEST:
            del fields[name]
            return value
    return None


def take_id(fields: Fields, raw: bytes, *names: str) -> str | None:
    """An id as text with the digits that were printed, though they were printed as a number; `raw` is the record as printed."""
    for name in names:
        value = fields.get(name)
        if type(value) is float:
            # A float has lost digits (2503.02130), and so has a whole number beyond 64 bits: they are read again.
            value = loads_exactly(raw).get(name)
        if type(value) is int or (type(value) is str and value and not value.isspace()):
            del fields[name]
            return str(value)
    return None


def given_object(fields: Fields, name: str) -> Fields:
    """The object in this field, which stays; an empty one where it holds none."""
    value = fields.get(name)
    return value if type(value) is dict else {}


def given_objects(fields: Fields, name: str) -> list[Fields]:
    """The objects of the array in this field, which stays."""
    value = fields.get(name)
    return [one for one in value if type(one) is dict] if type(value) is list else []


def given_text(fields: Fields, *names: str) -> str | None:
    """The text of the first of these fields that has any; it stays."""
    for name in names:
        value = fields.get(name)
        if type(value) is str and value and not value.isspace():
            return value
    return None


def texts(values: Any) -> list[str]:
    """What is text and not blank in an array; nothing where it is none."""
    return [one for one in values if type(one) is str and one and not one.isspace()] if type(values) is list else []


def filled(**values: Any) -> Fields:
    """These values without those that are empty."""
    return {name: value for name, value in values.items() if value}


def link_list(pairs: Iterable[tuple[str | None, str]]) -> list[Fields]:
    """Links as bronze keeps them, from (url, rel): each url once, with the rel it had first."""
    rels: dict[str, str] = {}
    for url, rel in pairs:
        if url:
            rels.setdefault(url, rel)
    return [{"url": url, "rel": rel} for url, rel in rels.items()]


def rest_of(fields: Fields) -> str | None:
    """What was not taken, as JSON; a field that is null says nothing and is left out."""
    left = {name: value for name, value in fields.items() if value is not None}
    return dumps(left) if left else None
