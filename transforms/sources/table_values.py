"""What a row of a table of papers says, whether the table is CSV, JSON or Parquet."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from transforms.json_text import as_json
from transforms.sources.csv_columns import Columns
from transforms.sources.draft import Draft, is_address
from transforms.sources.person_names import table_people

_TEXT_COLUMNS = (
    "title",
    "published_on",
    "updated_on",
    "venue",
    "volume",
    "issue",
    "pages",
    "publisher",
    "language",
    "abstract",
    "doi",
    "arxiv_id",
    "source_id",
    "kind",
)
_COUNT_COLUMNS = ("citation_count", "upvote_count", "star_count")
_LINKS = {"url": None, "pdf": "pdf", "code": "code"}
_SCHEMES = ("pmid", "openalex", "dblp", "acl", "openreview", "semanticscholar")
_COUNT = re.compile(r"(\d{1,15})(?:\.0)?")
# What data frames write where there is no value.
_NO_VALUE = {"", "nan", "none", "null", "n/a", "<na>"}
# What a column of numbers with gaps makes of a year and a volume: 1994.0.
_FLOAT = re.compile(r"(\d{1,9})\.0")
_WHOLE = ("published_on", "volume", "issue")
_NONE: Mapping[str, Any] = {}


def values_of_row(
    fields: Sequence[str], columns: Columns, people: Sequence[Mapping[str, Any]] = (), kept: Mapping[str, Any] = _NONE
) -> dict[str, Any]:
    """The columns of bronze.records that the row fills; every other field that is not empty is in the rest, under its column's printed name.

    `people` are authors whom the row has in parts already, `kept` what of it is no text and goes to the rest.
    """
    draft = Draft()
    draft.rest.update(kept)
    left = {place: value for place, value in enumerate(fields) if value.strip().lower() not in _NO_VALUE}

    def taken(thing: str) -> str | None:
        place = next((place for place in columns.places.get(thing, ()) if place in left), None)
        return left.pop(place) if place is not None else None

    for column in _TEXT_COLUMNS:
        if (value := taken(column)) is not None:
            whole = _FLOAT.fullmatch(value.strip()) if column in _WHOLE else None
            draft.values[column] = whole[1] if whole else value
    if people:
        draft.values["authors"] = as_json(people)
    elif (authors := taken("authors")) is not None:
        named, others = table_people(authors)
        draft.values["authors"] = as_json(named)
        if others or not named:
            draft.keep("author_others", others[0] if others else authors)
    for column in _COUNT_COLUMNS:
        for place in columns.places.get(column, ()):
            if column not in draft.values and (count := _COUNT.fullmatch(left.get(place, "").strip())):
                draft.values[column] = int(count[1])
                del left[place]
    for thing, rel in _LINKS.items():
        for place in columns.places.get(thing, ()):
            urls = re.split(r"[;|\s]+", left.get(place, "").strip())
            if all(map(is_address, urls)):
                del left[place]
                for url in urls:
                    draft.link(url, rel, identifies=rel != "code")
    for scheme in _SCHEMES:
        if (value := taken(scheme)) is not None:
            draft.identify(scheme, value.strip())
    key = draft.values.get("source_id", "")
    if key[:5].lower() == "dblp:":
        draft.identify("dblp", key[5:])
    if "pages" not in draft.values and (first := taken("first_page")) is not None:
        last = taken("last_page")
        draft.values["pages"] = f"{first.strip()}-{last.strip()}" if last and last.strip() != first.strip() else first
    for place, value in left.items():
        draft.keep(columns.printed[place], value)
    return draft.done()
