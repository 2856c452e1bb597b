"""`s2_papers` and `s2_abstracts`: Semantic Scholar's datasets as JSON lines, and answers of its Graph API, which writes the same names in camelCase.

Abstracts are a dataset of their own, whose lines have no title: they are kept without one and belong to the paper with the same corpus id.
"""

from collections.abc import Iterator
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
    take_id,
    take_text,
    texts,
)
from transforms.sources.json_records import NO_TITLE, Layout, Refusal, parse_records

_LAYOUT = Layout(arrays=("data",))
_OWN_IDS = ("corpusid", "corpusId", "paperId")
_NOT_PAPERS = {"citedcorpusid", "hindex", "hIndex", "paperCount", "primary"}
# What each of the source's schemes is called in bronze.records; others stay in the rest.
_SCHEMES = {"ACL": "acl", "DBLP": "dblp", "PubMed": "pmid"}


def matches_papers(head: bytes) -> bool:
    """Whether the first bytes of a document are those of papers."""
    found = _LAYOUT.paths(head)
    if not found:
        return {"total", "offset", "data"} <= head_paths(head)
    return bool(found & set(_OWN_IDS)) and "title" in found and not found & _NOT_PAPERS


def matches_abstracts(head: bytes) -> bool:
    """Whether the first bytes of a document are those of the dataset of abstracts."""
    found = _LAYOUT.paths(head)
    return {"corpusid", "abstract"} <= found and "title" not in found


def parse_papers(content: Content, told: Told) -> Iterator[Part]:
    """The papers. The null that the API answers for a paper it does not have is passed over."""
    return parse_records(content, told, _LAYOUT, _paper)


def parse_abstracts(content: Content, told: Told) -> Iterator[Part]:
    """The abstracts, each a record without title."""
    return parse_records(content, told, _LAYOUT, _abstract)


def _paper(fields: Fields, raw: bytes) -> Fields | Refusal | Passed:
    title = take_text(fields, "title")
    if not title:
        return NO_TITLE
    venue = take_text(fields, "venue")
    return {
        **_ids(fields, raw, _external(fields)),
        "kind": _kind(fields),
        "title": title,
        "abstract": take_text(fields, "abstract"),
        "authors": as_json(_authors(fields)),
        "published_on": _published_on(fields),
        "updated_on": take_text(fields, "updated"),
        **_journal(fields, venue),
        "citation_count": take_count(fields, "citationcount", "citationCount"),
        "links": as_json(_links(fields)),
        "rest": rest_of(fields),
    }


def _abstract(fields: Fields, raw: bytes) -> Fields | Refusal | Passed:
    abstract = take_text(fields, "abstract")
    if not abstract:
        return Refusal("no_title", "it has neither an abstract nor a title")
    access = given_object(fields, "openaccessinfo")
    ids = _ids(fields, raw, given_object(access, "externalids"))
    if not ids["source_id"]:
        return Refusal("malformed", "an abstract without corpus id, so nothing says whose it is")
    links = link_list([(take_text(access, "url"), "other")])
    return {**ids, "abstract": abstract, "updated_on": take_text(fields, "updated"), "links": as_json(links), "rest": rest_of(fields)}


def _external(fields: Fields) -> Fields:
    return given_object(fields, "externalids") or given_object(fields, "externalIds")


def _ids(fields: Fields, raw: bytes, external: Fields) -> Fields:
    """The ids, each taken out where it stood; `CorpusId` is a number in the API and text in the datasets."""
    corpus_id = take_id(fields, raw, "corpusid", "corpusId") or _printed(external, "CorpusId")
    if corpus_id and _is_printed(external.get("CorpusId"), corpus_id):
        del external["CorpusId"]
    paper_id = None if corpus_id else take_text(fields, "paperId")
    own = corpus_id or paper_id
    identifiers = {"semanticscholar": [own]} if own else {}
    for name, scheme in _SCHEMES.items():
        if value := _taken(external, name):
            identifiers[scheme] = [value]
    return {
        "source_id": own,
        "arxiv_id": _taken(external, "ArXiv"),
        "doi": _taken(external, "DOI"),
        "identifiers": as_json(identifiers),
    }


def _printed(external: Fields, name: str) -> str | None:
    value = external.get(name)
    return str(value) if type(value) is int else given_text(external, name)


def _is_printed(value: Any, text: str) -> bool:
    return type(value) in (int, str) and str(value) == text


def _taken(external: Fields, name: str) -> str | None:
    value = _printed(external, name)
    if value or external.get(name, "") is None:
        del external[name]
    return value


def _kind(fields: Fields) -> str | None:
    """The first of the publication types; where there are several, all stay."""
    for name in ("publicationtypes", "publicationTypes"):
        if kinds := texts(fields.get(name)):
            if len(kinds) == len(fields[name]) == 1:
                del fields[name]
            return kinds[0]
    return None


def _authors(fields: Fields) -> list[Fields]:
    """The authors. They stay where the source says more of one than fits."""
    found, is_all = [], True
    given = fields.get("authors")
    for one in given_objects(fields, "authors"):
        author = dict(one)
        name, own_id = take_text(author, "name"), take_text(author, "authorId")
        affiliations = texts(author.get("affiliations"))
        if affiliations == author.get("affiliations"):
            del author["affiliations"]
        orcid = given_text(given_object(author, "externalIds"), "ORCID")
        is_all = is_all and not author and name is not None
        if name:
            found.append(filled(name=name, id=own_id, orcid=orcid, affiliations=affiliations))
    if is_all and type(given) is list and len(found) == len(given):
        del fields["authors"]
    return found


def _published_on(fields: Fields) -> str | None:
    printed = take_text(fields, "publicationdate", "publicationDate")
    year = fields.get("year")
    if type(year) is not int:
        return printed
    if printed is None or printed.startswith(str(year)):
        del fields["year"]
    return printed or str(year)


def _journal(fields: Fields, venue: str | None) -> Fields:
    """Venue, volume and pages. The journal's name is the venue where no other is printed, else it stays."""
    journal = given_object(fields, "journal")
    if venue is None:
        venue = take_text(journal, "name") or given_text(given_object(fields, "publicationVenue"), "name")
    elif given_text(journal, "name") in (venue, None):
        take_text(journal, "name")
    values = {"venue": venue, "volume": take_text(journal, "volume"), "pages": take_text(journal, "pages")}
    if fields.get("journal") == {}:
        del fields["journal"]
    return values


def _links(fields: Fields) -> list[Fields]:
    pdf = given_object(fields, "openAccessPdf")
    return link_list([(take_text(fields, "url"), "landing"), (given_text(pdf, "url"), "pdf")])
