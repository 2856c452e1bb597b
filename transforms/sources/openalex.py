"""`openalex`: works of OpenAlex, as JSON lines of the snapshot, a page of the API, or one work.

What is kept in columns is taken out of the work where a column has all of it; authorships and locations say more (positions, countries, licences,
versions) and stay in the rest as well.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

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
    texts,
)
from transforms.sources.inverted_index import abstract_of
from transforms.sources.json_records import NO_TITLE, Layout, Refusal, parse_records

_LAYOUT = Layout(arrays=("results",))
_WORK_MARKS = {"authorships", "abstract_inverted_index", "referenced_works", "primary_location", "publication_year", "publication_date"}
_WORK_MARKS |= {"is_retracted", "is_paratext", "open_access", "best_oa_location", "cited_by_count", "display_name"}
_MARKS_NEEDED = 3
# The letter that an id of OpenAlex begins with, where it is no work's.
_OTHER_KINDS = {"A": "author", "S": "source", "I": "institution", "T": "topic", "C": "concept", "P": "publisher", "F": "funder"}
_ARXIV_DOI = "10.48550/arxiv."
_ARXIV_URL = re.compile(r"arxiv\.org/(?:abs|pdf)/([^?#\s]{1,60})", re.IGNORECASE)
_VERSION = re.compile(r"v\d{1,3}$")
_ARXIV_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[a-z-]{2,20})?/\d{7})(?:v\d{1,3})?", re.IGNORECASE)


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of works of OpenAlex."""
    found = _LAYOUT.paths(head)
    if "id" in found:
        return "paperId" not in found and len(_WORK_MARKS & found) >= _MARKS_NEEDED
    return not found and _is_empty_page(head)


def parse(content: Content, told: Told) -> Iterator[Part]:
    """The works; authors, sources and other entities of OpenAlex are passed over."""
    return parse_records(content, told, _LAYOUT, _values)


def _is_empty_page(head: bytes) -> bool:
    return {"meta.db_response_time_ms", "results"} <= head_paths(head)


def _values(fields: Fields, _raw: bytes) -> Fields | Refusal | Passed:
    source_id = _last_part(take_text(fields, "id"))
    if source_id and source_id[1:].isdigit() and (kind := _OTHER_KINDS.get(source_id[0])):
        return Passed(kind)
    title = take_text(fields, "title", "display_name")
    if not title:
        return replace(NO_TITLE, source_id=source_id)
    if fields.get("display_name") == title:
        del fields["display_name"]
    identifiers, source_id = _identifiers(fields, source_id)
    doi = take_text(fields, "doi") or given_text(given_object(fields, "ids"), "doi")
    arxiv_ids = _arxiv_ids(fields, doi)
    identifiers |= filled(arxiv=arxiv_ids[1:])
    primary = given_object(fields, "primary_location")
    source, host = given_object(primary, "source"), given_object(fields, "host_venue")
    is_retracted = fields.get("is_retracted") is True
    return {
        "source_id": source_id,
        "kind": take_text(fields, "type"),
        "title": title,
        "abstract": _abstract(fields),
        "authors": as_json(_authors(fields)),
        "published_on": _published_on(fields),
        "updated_on": take_text(fields, "updated_date"),
        "venue": given_text(source, "display_name") or given_text(host, "display_name"),
        **_biblio(fields),
        "publisher": given_text(source, "host_organization_name") or given_text(host, "publisher"),
        "language": take_text(fields, "language"),
        "status": "retracted" if is_retracted else None,
        "citation_count": take_count(fields, "cited_by_count"),
        "arxiv_id": arxiv_ids[0] if arxiv_ids else None,
        "doi": doi,
        "identifiers": as_json(identifiers),
        "links": as_json(_links(fields, primary)),
        "rest": rest_of(fields),
    }


def _last_part(url: str | None) -> str | None:
    """`W123` of `https://openalex.org/W123`."""
    return url.rstrip("/").rpartition("/")[2] or None if url else None


def _identifiers(fields: Fields, source_id: str | None) -> tuple[Fields, str | None]:
    """Ids by scheme, each taken out of `ids`, where what has no scheme here (mag, pmcid) stays; and the work's own id."""
    ids = given_object(fields, "ids")
    own = _last_part(take_text(ids, "openalex"))
    pmid = _last_part(take_text(ids, "pmid"))
    if ids.get("doi") == fields.get("doi"):
        ids.pop("doi", None)
    if not ids:
        fields.pop("ids", None)
    return filled(openalex=list(dict.fromkeys(one for one in (source_id, own) if one)), pmid=[pmid] if pmid else []), source_id or own


def _abstract(fields: Fields) -> str | None:
    index = fields.get("abstract_inverted_index")
    if type(index) is not dict:
        return take_text(fields, "abstract")
    abstract, left = abstract_of(index)
    if left:
        fields["abstract_inverted_index"] = left
    else:
        del fields["abstract_inverted_index"]
    return abstract or take_text(fields, "abstract")


def _authors(fields: Fields) -> list[Fields]:
    """The authors, whose authorships stay: they have more of each."""
    found = []
    for one in given_objects(fields, "authorships"):
        author = given_object(one, "author")
        name = given_text(one, "raw_author_name") or given_text(author, "display_name")
        if not name:
            continue
        printed: Fields = {"name": name}
        if own_id := given_text(author, "id"):
            printed["id"] = own_id
        if orcid := given_text(author, "orcid"):
            printed["orcid"] = orcid
        if affiliations := _affiliations(one):
            printed["affiliations"] = affiliations
        found.append(printed)
    return found


def _affiliations(authorship: Fields) -> list[str]:
    institutions = given_objects(authorship, "institutions")
    if institutions and (names := [name for one in institutions if (name := given_text(one, "display_name"))]):
        return names
    # The field's name was in the singular, with one text in it, until April 2024.
    return texts(authorship.get("raw_affiliation_strings")) or texts([authorship.get("raw_affiliation_string")])


def _published_on(fields: Fields) -> str | None:
    printed = take_text(fields, "publication_date")
    year = fields.get("publication_year")
    if type(year) is not int:
        return printed
    if printed is None or printed.startswith(str(year)):
        del fields["publication_year"]
    return printed or str(year)


def _biblio(fields: Fields) -> Fields:
    """Volume, issue and pages. What of them is no text stays."""
    biblio = given_object(fields, "biblio")
    if not biblio:
        return {}
    first, last = take_text(biblio, "first_page"), take_text(biblio, "last_page")
    pages = first if first == last or not last else f"{first or ''}-{last}"
    values = {"volume": take_text(biblio, "volume"), "issue": take_text(biblio, "issue"), "pages": pages}
    if not biblio:
        del fields["biblio"]
    return values


def _locations(fields: Fields) -> Iterator[Fields]:
    for name in ("primary_location", "best_oa_location"):
        yield given_object(fields, name)
    yield from given_objects(fields, "locations")


def _arxiv_ids(fields: Fields, doi: str | None) -> list[str]:
    """arXiv ids as printed in the DOI that arXiv gives and in the addresses of the work's locations; of several versions the first."""
    found: dict[str, str] = {}
    if doi and (at := doi.lower().find(_ARXIV_DOI)) >= 0:
        printed = doi[at + len(_ARXIV_DOI) :]
        found[_without_version(printed)] = printed
    for location in _locations(fields):
        for name in ("landing_page_url", "pdf_url"):
            url = location.get(name)
            if type(url) is str and (inside := _ARXIV_URL.search(url)):
                printed = inside[1].removesuffix(".pdf")
                if _ARXIV_ID.fullmatch(printed):
                    found.setdefault(_without_version(printed), printed)
    return list(found.values())


def _without_version(arxiv_id: str) -> str:
    return _VERSION.sub("", arxiv_id.lower())


def _links(fields: Fields, primary: Fields) -> list[Fields]:
    best, access = given_object(fields, "best_oa_location"), given_object(fields, "open_access")
    free = given_text(access, "oa_url")
    return link_list(
        [
            (given_text(primary, "pdf_url"), "pdf"),
            (given_text(best, "pdf_url"), "pdf"),
            (given_text(primary, "landing_page_url"), "landing"),
            (given_text(best, "landing_page_url"), "landing"),
            (free, "pdf" if free and free.lower().endswith(".pdf") else "landing"),
        ]
    )
