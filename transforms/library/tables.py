"""Entries as rows of a table: the person's own columns, and the usual names for what comes from elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from transforms.library.entry import Entry, Vocabulary
from transforms.library.said import people, said
from transforms.sources.csv_columns import columns_of

# What a column is called where no table of the person has one for it.
NAMES = {
    "source_id": "record_id",
    "title": "title",
    "authors": "authors",
    "published_on": "year",
    "venue": "venue",
    "volume": "volume",
    "issue": "number",
    "pages": "pages",
    "publisher": "publisher",
    "language": "language",
    "doi": "doi",
    "arxiv_id": "arxiv_id",
    "url": "url",
    "kind": "type",
    "pmid": "pmid",
    "abstract": "abstract",
}
OTHER_KEYS = "ids"


def things_of(names: Iterable[str]) -> dict[str, str]:
    """What each column of a table with these columns tells of."""
    listed = list(names)
    return {listed[place]: thing for thing, places in columns_of(listed).places.items() for place in places}


def vocabulary(things: Mapping[str, str]) -> Vocabulary:
    """The words of a person's table, whose columns tell of these things."""
    return Vocabulary({name: "date" if thing == "published_on" else thing for name, thing in things.items()}, {"keywords": "; ", "tags": "; "})


def from_values(values: Mapping[str, Any], key: str, name: str, things: Mapping[str, str]) -> Entry:
    """A row of what a record of another format says, under the names that the person's tables have for it."""
    what = said(values)
    called = {thing: column for column, thing in reversed(list(things.items()))}
    day = "-".join(what[part] for part in ("year", "month", "day") if part in what)
    told: dict[str, Any] = {
        "title": what.get("title"),
        "authors": "; ".join(people(what["authors"])),
        "published_on": what.get("year") if called.get("published_on", "year").lower().endswith("year") else day or what.get("date"),
        **{thing: what.get(thing) for thing in ("venue", "volume", "issue", "pages", "publisher", "language", "doi", "arxiv_id", "abstract")},
        "url": next(iter(what["urls"]), None),
        "kind": what["kind"],
        "pmid": next(iter(what["identifiers"].get("pmid", [])), None),
    }
    fields = {called.get(thing, NAMES[thing]): [value] for thing, value in told.items() if value}
    for printed, value in what["more"].items():
        fields.setdefault(printed, [value])
    return Entry(what["kind"], key, name, fields)


def row_of(entry: Entry, key_column: str, names: Iterable[str]) -> dict[str, Any]:
    """The row, called as the table of records calls it, and in `ids` so the other records that it is made of (`names`)."""
    key = entry.name
    row = {key_column: key} | {name: values[0] if len(values) == 1 else values for name, values in entry.fields.items() if name != key_column}
    before = str(row.get(OTHER_KEYS) or "").split(";")
    ids = dict.fromkeys(one for other in (*before, *names) if (one := other.strip()) and one != key)
    return row | ({OTHER_KEYS: "; ".join(ids)} if ids else {})
