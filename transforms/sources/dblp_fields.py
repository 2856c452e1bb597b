"""A DBLP record's element as columns of bronze.records."""

import re
from typing import Any

from transforms.json_text import as_json
from transforms.sources.month_year import date_of
from transforms.xml_text import Element
from transforms.xml_values import grouped, known_fields, value_of, words_of

KINDS = ("article", "inproceedings", "proceedings", "book", "incollection", "phdthesis", "mastersthesis", "data")
# Elements whose text has markup in it; how that nests is no matter.
MIXED = frozenset({"booktitle", "note", "title"})
# The DTD's fields, and those that newer files have beside them.
_FIELDS = (
    *("address", "author", "booktitle", "cdrom", "chapter", "cite", "crossref", "editor", "ee", "isbn", "journal", "month", "note", "number"),
    *("pages", "publisher", "publnr", "rel", "school", "series", "stream", "title", "url", "volume", "year"),
)
_MARKUP = ("i", "ref", "sub", "sup", "tt")
_ATTRIBUTES = ("cdate", "key", "mdate", "publtype", "rating", "reviewid")
# The DTD gives each of these to a few fields; which of them is no matter here.
_FIELD_ATTRIBUTES = ("aux", "bibtex", "href", "label", "orcid", "sort", "type", "uri")
KNOWN = frozenset(
    {(f"{kind}/@{name}", "attribute") for kind in KINDS for name in _ATTRIBUTES}.union(
        *(known_fields(kind, _FIELDS, dict.fromkeys(_FIELDS, _FIELD_ATTRIBUTES)) for kind in KINDS),
        *(known_fields(f"{kind}/{name}", _MARKUP, {"ref": ("href",)}) for kind in KINDS for name in MIXED),
    )
)

# Fields that fill a column as they are printed; of several the first, the others go to rest.
_COLUMNS = {"title": "title", "volume": "volume", "number": "issue", "pages": "pages", "publisher": "publisher"}
# Where it was published: the first of these that the record has.
_VENUES = ("journal", "booktitle", "school")
# Where DBLP tells people of one name apart it prints a number of four digits behind it.
_HOMONYM = re.compile(r".* \d{4}", re.DOTALL)
_DOI = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/(.+)", re.IGNORECASE | re.DOTALL)
_ARXIV = re.compile(
    r"https?://(?:www\.|export\.)?arxiv\.org/abs/(.+)|https?://(?:dx\.|www\.)?doi\.org/10\.48550/arxiv\.(.+)", re.IGNORECASE | re.DOTALL
)


def values_of(element: Element, ignored: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The record's columns but `rest`, which is an object here; `title` is missing or empty where it has none."""
    values: dict[str, Any] = {"kind": element.tag}
    rest: list[tuple[str, Any]] = []
    authors: list[dict[str, Any]] = []
    editors: list[dict[str, Any]] = []
    found: dict[str, list[Element]] = {}
    for child in element:
        if child.tag not in ignored:
            found.setdefault(child.tag, []).append(child)
    for name in ("author", "editor"):
        for person in found.pop(name, ()):
            _add_person(authors if name == "author" else editors, rest, person)
    for name, column in _COLUMNS.items():
        _take_first(found, name, values, column)
    venue = next((name for name in _VENUES if any(map(words_of, found.get(name, ())))), None)
    if venue:
        _take_first(found, venue, values, "venue")
    for name in ("year", "month"):
        _take_first(found, name, values, name)
    values["published_on"] = date_of(values.pop("year", None), values.pop("month", None))
    links = [words_of(link) for link in found.get("ee", ())]
    # An address with an attribute (type="oa") is told once more in rest, with it.
    found["ee"] = [link for link in found.get("ee", ()) if link.attrib or len(link)]
    rest += [(name, value_of(one)) for name, ones in found.items() for one in ones]
    _add_key(element, values, rest)
    _add_ids(values, [link for link in links if link])
    return values | {
        "authors": as_json(authors),
        "links": as_json([{"url": link, "rel": "landing"} for link in links if link]),
        "rest": grouped((name, value) for name, value in rest if value is not None) | ({"editors": editors} if editors else {}),
    }


def _take_first(found: dict[str, list[Element]], name: str, values: dict[str, Any], column: str) -> None:
    """Move the first of these fields that has words to its column; one with attributes stays for rest as well."""
    for number, one in enumerate(found.get(name, ())):
        if text := words_of(one):
            values[column] = text
            if not one.attrib:
                del found[name][number]
            return


def _add_person(people: list[dict[str, Any]], rest: list[tuple[str, Any]], element: Element) -> None:
    name = words_of(element)
    person = {"name": name}
    if _HOMONYM.fullmatch(name):
        person["id"] = name
    if orcid := element.get("orcid", "").strip():
        person["orcid"] = orcid
    if name:
        people.append(person)
    if not name or set(element.attrib) - {"orcid"} or len(element):
        rest.append((element.tag, value_of(element)))


def _add_key(element: Element, values: dict[str, Any], rest: list[tuple[str, Any]]) -> None:
    for name, value in element.attrib.items():
        if name == "key" and value:
            values |= {"source_id": value, "identifiers": {"dblp": [value]}}
        elif name == "mdate" and value:
            values["updated_on"] = value
        else:
            rest.append((name, value))


def _add_ids(values: dict[str, Any], links: list[str]) -> None:
    """The identifiers that are in addresses: the first of each in its column, others beside the key."""
    identifiers = values.pop("identifiers", {})
    dois = [match[1] for link in links if (match := _DOI.fullmatch(link))]
    arxiv_ids = [match[1] or match[2] for link in links if (match := _ARXIV.fullmatch(link))]
    for scheme, column, ids in (("doi", "doi", dois), ("arxiv", "arxiv_id", arxiv_ids)):
        for number, one in enumerate(dict.fromkeys(ids)):
            if number == 0:
                values[column] = one
            else:
                identifiers.setdefault(scheme, []).append(one)
    values["identifiers"] = as_json(identifiers)
