"""An ACL Anthology paper's element, with what its volume says, as columns of bronze.records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from transforms.json_text import as_json
from transforms.sources.acl_ids import is_id, paper_id
from transforms.sources.month_year import date_of
from transforms.xml_text import Element
from transforms.xml_values import grouped, known_fields, value_of, words_of

_SITE = "https://aclanthology.org/"
# Elements whose text has markup in it; how that nests is no matter.
MIXED = frozenset({"abstract", "booktitle", "note", "shortbooktitle", "title"})
_MARKUP = ("b", "fixed-case", "i", "tex-math", "url")
_FILE = ("date", "hash", "href", "id", "type")
_PERSON = ("affiliation", "first", "last", "variant", "variant/first", "variant/last")
_PEOPLE = tuple(f"{role}/{part}" for role in ("author", "editor") for part in _PERSON)
_PAPER_FIELDS = (
    *("abstract", "attachment", "author", "award", "bibkey", "doi", "editor", "erratum", "issue", "journal", "language", "mrf", "note", "pages"),
    *("pwccode", "pwcdataset", "removed", "retracted", "revision", "title", "url", "video", "volume", "month", "year", *_PEOPLE),
)
_META_FIELDS = (
    *("address", "booktitle", "doi", "editor", "isbn", "ISBN", "journal-issue", "journal-title", "journal-volume", "month", "publisher"),
    *("shortbooktitle", "url", "venue", "volume", "year", *_PEOPLE),
)
_ATTRIBUTES = {
    **dict.fromkeys(("attachment", "erratum", "removed", "retracted", "revision"), _FILE),
    **dict.fromkeys(("author", "editor"), ("id", "orcid")),
    **dict.fromkeys(("author/variant", "editor/variant"), ("script",)),
    "mrf": ("src",),
    "pwccode": ("additional", "url"),
    "pwcdataset": ("url",),
    "url": ("hash",),
    "video": ("hash", "href", "permission", "tag"),
}
KNOWN = frozenset(
    {
        ("collection/@id", "attribute"),
        *((f"{record}/@{name}", "attribute") for record in ("volume", "paper", "frontmatter") for name in ("id", "ingest-date", "type")),
    }.union(
        *(known_fields(record, _PAPER_FIELDS, _ATTRIBUTES) for record in ("paper", "frontmatter")),
        known_fields("meta", _META_FIELDS, _ATTRIBUTES),
        *(known_fields(f"{record}/{name}", _MARKUP, {}) for record in ("paper", "frontmatter", "meta") for name in MIXED),
    )
)

# Fields that fill a column as they are printed; of several the first, the others go to rest.
_COLUMNS = {
    "title": "title",
    "abstract": "abstract",
    "pages": "pages",
    "language": "language",
    "journal": "venue",
    "volume": "volume",
    "issue": "issue",
    "doi": "doi",
    "year": "year",
    "month": "month",
}
# What of its volume's meta fills a paper's column, where the paper itself does not; of several the first that is there.
_FROM_VOLUME = {
    "venue": ("journal-title", "booktitle"),
    "volume": ("journal-volume", "volume"),
    "issue": ("journal-issue",),
    "publisher": ("publisher",),
    "year": ("year",),
    "month": ("month",),
}
_AUTHOR_PARTS = {"first": "given", "last": "family", "suffix": "suffix"}
# Attachments are data of some kind (software, supplements), but for what was shown or said beside the paper.
_SHOWN = frozenset({"note", "notes", "poster", "presentation", "slides"})


@dataclass(frozen=True, slots=True)
class Volume:
    """What a paper has of the volume it stands in: ids, the volume's attributes and its meta's fields as JSON values."""

    collection: str = ""
    number: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)


def meta_of(element: Element) -> dict[str, Any]:
    """The fields of a volume's meta as JSON values, editors in the form of authors."""
    people: list[dict[str, Any]] = []
    pairs: list[tuple[str, Any]] = list(element.attrib.items())
    for child in element:
        if child.tag == "editor":
            _add_person(people, pairs, child)
        else:
            pairs.append((child.tag, value_of(child)))
    return grouped((name, value) for name, value in pairs if value is not None) | ({"editors": people} if people else {})


def values_of(element: Element, volume: Volume) -> dict[str, Any]:
    """The paper's columns but `rest`, which is an object here; `title` is missing where it has none."""
    values: dict[str, Any] = {"kind": element.get("type") or element.tag}
    rest: list[tuple[str, Any]] = []
    links: list[tuple[str, str]] = []
    people: dict[str, list[dict[str, Any]]] = {"author": [], "editor": []}
    local_url = ""
    for child in element:
        name = child.tag
        column = _COLUMNS.get(name)
        if column and column not in values and not child.attrib and (text := words_of(child)):
            values[column] = text
        elif name in people:
            _add_person(people[name], rest, child)
        else:
            if name == "url" and "/" not in (address := words_of(child)):
                local_url = local_url or address
            links += _links_of(child)
            rest.append((name, value_of(child)))
    for status in ("removed", "retracted"):
        if element.find(status) is not None:
            values["status"] = status
    _check_doi(values, rest, links)
    _add_id(element, volume, local_url, values, rest)
    if source_id := values.get("source_id"):
        own = [(f"{_SITE}{source_id}", "landing")]
        links[:0] = [*own, (f"{_SITE}{local_url}.pdf", "pdf")] if local_url else own
    own_date = date_of(values.pop("year", None), values.pop("month", None))
    from_volume, left = _of_volume(values, volume)
    if own_date:
        values["published_on"] = own_date
    rest += [(name, value) for name, value in element.attrib.items() if name not in ("id", "ingest-date", "type")]
    if left:
        rest.append(("volume_meta", left))
    if people["editor"]:
        rest.append(("editors", people["editor"]))
    return {
        **from_volume,
        **values,
        "listed_at": element.get("ingest-date") or volume.attributes.get("ingest-date"),
        "authors": as_json(people["author"]),
        "links": as_json([{"url": url, "rel": rel} for url, rel in links]),
        "rest": grouped((name, value) for name, value in rest if value is not None),
    }


def _add_person(people: list[dict[str, Any]], rest: list[tuple[str, Any]], element: Element) -> None:
    """Add who is named there; what an author's object has no place for (names in another script) goes to rest, with the author's number."""
    person: dict[str, Any] = {}
    affiliations: list[str] = []
    left: list[tuple[str, Any]] = [(name, value) for name, value in element.attrib.items() if name not in ("id", "orcid")]
    for child in element:
        part = _AUTHOR_PARTS.get(child.tag)
        if part and part not in person and not child.attrib:
            if text := words_of(child):
                person[part] = text
        elif child.tag == "affiliation" and not child.attrib:
            affiliations.append(words_of(child))
        else:
            left.append((child.tag, value_of(child)))
    # Some are printed as plain words, and a person of one name stands as either part.
    if "family" not in person and (name := words_of(element) if not len(element) else person.get("given")):
        person["name"] = name
    person |= {name: value for name in ("id", "orcid") if (value := element.get(name))}
    if affiliations := [one for one in affiliations if one]:
        person["affiliations"] = affiliations
    if "family" in person or "name" in person:
        people.append(person)
        if left:
            rest.append((f"{element.tag}_details", {"number": len(people), **grouped(left)}))
    elif person or left:
        rest.append((element.tag, value_of(element)))


def _links_of(element: Element) -> list[tuple[str, str]]:
    """Addresses that a paper's element prints, in full; a paper's own file on the Anthology's site is not among them."""
    text = words_of(element)
    match element.tag:
        case "url" if "://" in text:
            return [(text, "pdf" if text.lower().endswith(".pdf") else "landing")]
        case "attachment" if text:
            rel = "other" if (element.get("type") or "").lower() in _SHOWN else "data"
            return [(text if "://" in text else f"{_SITE}attachments/{text}", rel)]
        case "video" if href := element.get("href"):
            return [(href if "://" in href else f"{_SITE}{href}", "video")]
        case "pwccode" if address := element.get("url"):
            return [(address, "code")]
    return []


def _check_doi(values: dict[str, Any], rest: list[tuple[str, Any]], links: list[tuple[str, str]]) -> None:
    """Some volumes print a handle's address in the place of the DOI: it is a link, and no DOI."""
    doi = values.get("doi", "")
    if doi and not (doi.startswith("10.") or "doi" in doi.lower()):
        rest.append(("doi", values.pop("doi")))
        if "://" in doi:
            links.append((doi, "landing"))


def _add_id(element: Element, volume: Volume, local_url: str, values: dict[str, Any], rest: list[tuple[str, Any]]) -> None:
    """The paper's id: its own address on the Anthology's site, else what follows from where it stands. Where the two differ, rest has the other."""
    number = element.get("id") or ("0" if element.tag == "frontmatter" else "")
    computed = paper_id(volume.collection, volume.number, number)
    printed = local_url if is_id(local_url) else None
    if source_id := printed or computed:
        values |= {"source_id": source_id, "identifiers": as_json({"acl": [source_id]})}
    if printed and computed and printed != computed:
        rest.append(("computed_id", computed))
    elif not source_id and number:
        rest.append(("id", number))


def _of_volume(values: Mapping[str, Any], volume: Volume) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns that a paper has of its volume, and what else the volume says."""
    found: dict[str, Any] = {}
    used = set()
    for column, names in _FROM_VOLUME.items():
        name = next((name for name in names if isinstance(volume.meta.get(name), str)), None)
        if name and column not in values:
            found[column] = volume.meta[name]
            used.add(name)
    found["published_on"] = date_of(found.pop("year", None), found.pop("month", None))
    left = {name: value for name, value in volume.meta.items() if name not in used}
    left |= {name: value for name, value in volume.attributes.items() if name not in ("id", "ingest-date")}
    return found, left
