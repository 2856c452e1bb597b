"""`arxiv_snapshot`: the arXiv metadata snapshot, one paper a line.

Its journal-ref is the only word about a place of publication, so it is the venue as printed, though it has volume, year and pages in the same text
("Phys.Rev.D76:013009,2007"). Comments, licence, categories, report number, submitter, versions and the line of authors with its TeX are the rest.
"""

import re
from collections.abc import Iterator
from itertools import chain

from transforms.content import Content
from transforms.json_text import as_json
from transforms.parsed import Part, Told
from transforms.paths import known_paths
from transforms.sources.given_fields import Fields, given_objects, given_text, rest_of, take_id, take_text, texts
from transforms.sources.json_records import NO_TITLE, Layout, Refusal, parse_records

_LAYOUT = Layout()
_MARKS = {"submitter", "journal-ref", "report-no", "categories", "versions", "update_date", "authors_parsed"}
_MARKS_NEEDED = 3
_WITHDRAWN = re.compile(r"this (paper|article|submission|manuscript|preprint|work) (has been|is|was) withdrawn|^\W{0,3}withdrawn\b")
KNOWN = known_paths(
    {
        "id": "string",
        "submitter": "string",
        "authors": "string",
        "title": "string",
        "comments": "string",
        "journal-ref": "string",
        "doi": "string",
        "report-no": "string",
        "categories": "string",
        "license": "string",
        "abstract": "string",
        "versions": "array",
        "versions[]": "object",
        "versions[].version": "string",
        "versions[].created": "string",
        "update_date": "string",
        "authors_parsed": "array",
        "authors_parsed[]": "array",
        "authors_parsed[][]": "string",
    }
)


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of the snapshot."""
    found = _LAYOUT.paths(head)
    return "id" in found and len(_MARKS & found) >= _MARKS_NEEDED


def parse(content: Content, told: Told) -> Iterator[Part]:
    """The snapshot's papers."""
    return parse_records(content, told, _LAYOUT, _values)


def _values(fields: Fields, raw: bytes) -> Fields | Refusal:
    title = take_text(fields, "title")
    if not title:
        return NO_TITLE
    arxiv_id = take_id(fields, raw, "id")
    dois = split_dois(take_text(fields, "doi"))
    return {
        "source_id": arxiv_id,
        "arxiv_id": arxiv_id,
        "title": title,
        "abstract": take_text(fields, "abstract"),
        "authors": as_json(_authors(fields)),
        "published_on": _first_created(fields),
        "updated_on": take_text(fields, "update_date"),
        "venue": take_text(fields, "journal-ref"),
        "doi": dois[0] if dois else None,
        "identifiers": as_json({"doi": dois[1:]}) if dois[1:] else None,
        "status": "withdrawn" if _is_withdrawn(fields) else None,
        "rest": rest_of(fields),
    }


def _authors(fields: Fields) -> list[Fields]:
    """The authors in parts; where they are not given so, the printed line cut at its commas and at "and"."""
    rows = fields.get("authors_parsed")
    if type(rows) is list and rows and set(map(type, rows)) == {list} and set(map(type, chain.from_iterable(rows))) == {str}:
        # Nearly every row is a family name, a given name and an empty suffix.
        authors = [{"family": row[0], "given": row[1]} if len(row) == 3 and row[0] and row[1] and not row[2] else _author(row) for row in rows]
        if all(authors):
            del fields["authors_parsed"]
        return [author for author in authors if author]
    line = given_text(fields, "authors") or ""
    names = " ".join(line.split()).replace(", and ", ", ").replace(" and ", ", ").split(",")
    return [{"name": name.strip()} for name in names if name.strip()]


def _author(row: list[str]) -> Fields:
    """An author from a row of family name, given name, suffix and affiliations; empty where the row names nobody."""
    family, given, suffix, *affiliations = row if len(row) > 2 else (*row, "", "", "")
    if not (family or given):
        return {}
    author: Fields = {"family": family, "given": given} if family and given else {"family": family} if family else {"name": given}
    if suffix:
        author["suffix"] = suffix
    if affiliations and (places := texts(affiliations)):
        author["affiliations"] = places
    return author


def _first_created(fields: Fields) -> str | None:
    """When the first version came, which stays among the versions."""
    versions = given_objects(fields, "versions")
    first = next((one for one in versions if one.get("version") == "v1"), versions[0] if versions else {})
    return given_text(first, "created")


def split_dois(text: str | None) -> list[str]:
    """The DOIs in a field that may have several, apart by blanks, commas or semicolons. A DOI may itself hold a semicolon: only one
    before "10." parts two."""
    if not text:
        return []
    if "10." not in text[1:]:
        return [text.strip()]
    found: list[list[str]] = []
    for word in text.replace(";10.", " 10.").replace(",10.", " 10.").split():
        if not found or "10." in word:
            found.append([word])
        else:
            found[-1].append(word)
    return [doi for words in found if (doi := " ".join(words).strip(";, "))]


def _is_withdrawn(fields: Fields) -> bool:
    comments = given_text(fields, "comments") or ""
    return "ithdrawn" in comments and _WITHDRAWN.search(" ".join(comments.split()).lower()) is not None
