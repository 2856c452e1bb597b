"""`crossref`: works of Crossref, as lines of the public file since 2025, its older files of many works, and answers of the API.

The title is the first printed, the venue the first container title; subtitles and further titles stay in the rest, and so do the authors as
printed, editors and translators, references, licences, and all dates but the one of publication.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from transforms.content import Content
from transforms.json_text import as_json, head_paths
from transforms.parsed import Part, Passed, Told
from transforms.sources.given_fields import (
    Fields,
    filled,
    given_object,
    given_objects,
    given_text,
    link_list,
    rest_of,
    take_count,
    take_text,
)
from transforms.sources.json_records import NO_TITLE, Layout, Refusal, parse_records

_LAYOUT = Layout(arrays=("items", "message.items"), objects=("message",))
_MARKS = {"DOI", "prefix", "member", "container-title", "is-referenced-by-count", "reference-count", "references-count", "indexed", "deposited"}
_MARKS |= {"issued", "created", "publisher", "type", "title", "URL", "score"}
_MARKS_NEEDED = 4
_ANSWER = {"status", "message-type", "message"}
# What has a DOI and is no paper: the places that papers are in, parts of a paper, and grants.
_PLACES = {"journal", "journal-issue", "journal-volume", "book-series", "book-set", "proceedings-series", "report-series", "standard-series"}
_NOT_PAPERS = _PLACES | {"component", "grant"}
# The dates that may be the one of publication, the best first.
_DATES = ("issued", "published", "published-print", "published-online", "created")
_AUTHOR_PARTS = {"given": "given", "family": "family", "suffix": "suffix", "name": "name", "ORCID": "orcid"}


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of works of Crossref, or of an answer of its API."""
    found = _LAYOUT.paths(head)
    if "DOI" in found:
        return len(_MARKS & found) >= _MARKS_NEEDED
    return head_paths(head) >= _ANSWER


def parse(content: Content, told: Told) -> Iterator[Part]:
    """The works; journals, issues, series, components and grants are passed over."""
    return parse_records(content, told, _LAYOUT, _values)


def _values(fields: Fields, _raw: bytes) -> Fields | Refusal | Passed:
    kind = take_text(fields, "type")
    if kind in _NOT_PAPERS:
        return Passed(kind)
    title, doi = _take_first(fields, "title"), take_text(fields, "DOI")
    if not title:
        return replace(NO_TITLE, source_id=doi)
    return {
        "source_id": doi,
        "kind": kind,
        "title": title,
        "abstract": take_text(fields, "abstract"),
        "authors": as_json(_authors(fields)),
        "published_on": _published_on(fields),
        "venue": _take_first(fields, "container-title"),
        "volume": take_text(fields, "volume"),
        "issue": take_text(fields, "issue"),
        "pages": take_text(fields, "page"),
        "publisher": take_text(fields, "publisher"),
        "language": take_text(fields, "language"),
        "status": _status(fields),
        "citation_count": take_count(fields, "is-referenced-by-count"),
        "doi": doi,
        "links": as_json(_links(fields)),
        "rest": rest_of(fields),
    }


def _take_first(fields: Fields, name: str) -> str | None:
    """The first text of this array, which is taken out of it; what else it has stays."""
    values = fields.get(name)
    if type(values) is not list:
        return take_text(fields, name)
    for number, value in enumerate(values):
        if type(value) is str and value and not value.isspace():
            left = values[:number] + values[number + 1 :]
            if left:
                fields[name] = left
            else:
                del fields[name]
            return value
    return None


def _authors(fields: Fields) -> list[Fields]:
    """The authors, who stay: the source has more of each (sequence, who authenticated the ORCID). Editors are no authors."""
    found = []
    for one in given_objects(fields, "author"):
        author: Fields = {ours: value for theirs, ours in _AUTHOR_PARTS.items() if (value := given_text(one, theirs))}
        if "family" not in author and "name" not in author:
            # A person with one name has it as the given one now and then.
            if "given" not in author:
                continue
            author["name"] = author.pop("given")
        affiliations = [name for place in given_objects(one, "affiliation") if (name := given_text(place, "name"))]
        found.append({**author, **filled(affiliations=affiliations)})
    return found


def _published_on(fields: Fields) -> str | None:
    """The date of publication, as exact as it is printed; the field that it is from is taken out where it has no more than that."""
    for name in _DATES:
        date = fields.get(name)
        if type(date) is dict and (printed := _date(date.get("date-parts"))):
            if len(date) == 1 and len(date["date-parts"]) == 1:
                del fields[name]
            return printed
    return None


def _date(parts: Any) -> str | None:
    """2024, 2024-05 or 2024-05-17 from [[2024, 5, 17]]; None for [[null]] and for what is no date-parts."""
    if type(parts) is not list or not parts or type(parts[0]) is not list:
        return None
    numbers: list[str] = []
    for part in parts[0][:3]:
        # Some publishers deposit parts as text.
        text = part if type(part) is str else str(part) if type(part) is int else ""
        if not (text.isascii() and text.isdigit() and len(text) <= 4):
            break
        numbers.append(text.zfill(2 if numbers else 4))
    return "-".join(numbers) or None


def _status(fields: Fields) -> str | None:
    """What became of the work (retracted), or what the work does to another (correction, retraction); the updates stay."""
    if any(given_text(one, "type") == "retraction" for one in given_objects(fields, "updated-by")):
        return "retracted"
    return next((kind for one in given_objects(fields, "update-to") if (kind := given_text(one, "type"))), None)


def _links(fields: Fields) -> list[Fields]:
    landing = given_text(given_object(given_object(fields, "resource"), "primary"), "URL") or given_text(fields, "URL")
    others = [(given_text(one, "URL"), _rel(one)) for one in given_objects(fields, "link")]
    return link_list([(landing, "landing"), *others])


def _rel(link: Fields) -> str:
    return "pdf" if given_text(link, "content-type") == "application/pdf" else "other"
