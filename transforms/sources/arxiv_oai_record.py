"""One record of an OAI-PMH answer of arXiv in each of its metadata formats: arXiv, arXivRaw, arXivOld and oai_dc."""

import re
from collections.abc import Callable
from typing import Any

from transforms.json_text import as_json
from transforms.sources.arxiv_names import split_names
from transforms.sources.arxiv_values import Fields, is_first_version, loose, says_withdrawn, with_dois
from transforms.xml_text import Element, local, text_of

_OAI_PREFIX = "oai:arXiv.org:"
_ABSTRACT_PAGE = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/abs/(\S+)", re.IGNORECASE)
_COMMENT = "Comment: "
_SUFFIX = re.compile(r"(.*\S) ((?:Jr|Sr)\.?|II|III|IV)", re.DOTALL)
# The server prints the MSC class in its place, or this word where there is none.
_NO_ACM_CLASS = "None"

Values = dict[str, Any]


def record_values(record: Element) -> Values:
    """The columns of bronze.records for a <record>; `title` is None where it has none."""
    parts = Fields(record)
    printed_header, metadata = parts.first("header"), parts.first("metadata")
    header = Fields(printed_header)
    identifier = header.text("identifier")
    given_id = (identifier or "").strip().removeprefix(_OAI_PREFIX) or None
    values: Values = {}
    rest: Values = {}
    for container in metadata if metadata is not None else ():
        read = _FORMATS.get(local(container.tag))
        if read and not values:
            fields = Fields(container)
            values = read(fields, given_id)
            rest |= values.pop("rest", {}) | fields.left()
        else:
            rest[local(container.tag)] = loose(container)
    values.setdefault("arxiv_id", given_id)
    values.setdefault("title", None)
    kept_header: Values = {"identifier": identifier, "datestamp": header.text("datestamp"), "setSpec": header.texts("setSpec")} | header.left()
    if printed_header is not None:
        kept_header |= {f"@{local(name)}": value for name, value in printed_header.attrib.items()}
    rest["header"] = {name: value for name, value in kept_header.items() if value}
    rest |= parts.left()
    values["source_id"] = values["arxiv_id"]
    values["rest"] = as_json({name: value for name, value in rest.items() if value not in (None, [], {})})
    return values


def _own(fields: Fields, given_id: str | None) -> Values:
    """What arXiv's own three formats share."""
    acm_class = fields.text("acm-class")
    comments = fields.text("comments")
    rest = {name: fields.text(name) for name in ("categories", "msc-class", "report-no", "license", "proxy", "submitter")}
    return {
        "arxiv_id": fields.text("id") or given_id,
        "title": fields.text("title"),
        "abstract": fields.text("abstract"),
        "venue": fields.text("journal-ref"),
        "status": "withdrawn" if says_withdrawn(comments) else None,
        "rest": rest | {"acm-class": None if acm_class == _NO_ACM_CLASS else acm_class, "comments": comments},
        **with_dois(fields.text("doi")),
    }


def _arxiv(fields: Fields, given_id: str | None) -> Values:
    values = _own(fields, given_id)
    created, updated = fields.text("created"), fields.text("updated")
    # The old server prints the first version's date, the new one that of the current version; the id tells which it is.
    is_first = is_first_version(created, values["arxiv_id"])
    if not is_first and updated:
        values["rest"]["created"] = created
    values |= {"published_on": created if is_first else None, "updated_on": updated or (None if is_first else created)}
    authors, nameless = [], []
    for group in fields.elements("authors"):
        for child in group:
            author = _author(Fields(child)) if local(child.tag) == "author" else {}
            if author.get("family") or author.get("name"):
                authors.append(author)
            else:
                nameless.append(loose(child))
    values["authors"] = as_json(authors)
    values["rest"]["authors"] = [one for one in nameless if one is not None]
    return values


def _author(fields: Fields) -> Values:
    """One author; a key name alone is a collaboration's, or that of one who has only one name."""
    family, given = fields.text("keyname"), fields.text("forenames")
    author: Values = {"family": family, "given": given} if given else {"name": family}
    if not any(letter.isalnum() for letter in family or ""):
        return {}  # a colon behind a collaboration, taken for an author
    author |= {"suffix": fields.text("suffix"), "affiliations": fields.texts("affiliation"), **fields.left()}
    return {name: value for name, value in author.items() if value}


def _raw(fields: Fields, given_id: str | None) -> Values:
    values = _old(fields, given_id)
    versions = []
    for version in fields.elements("version"):
        parts = Fields(version)
        named = {name: parts.text(name) for name in ("date", "size", "source_type")}
        versions.append({"version": version.get("version"), **named, **parts.left()})
    first = versions[0] if versions and versions[0]["version"] in ("v1", None) else {}
    last = versions[-1] if versions else {}
    values |= {"published_on": first.get("date"), "updated_on": last.get("date") if last is not first else None}
    if "I" in (last.get("source_type") or ""):
        values["status"] = "withdrawn"
    values["rest"]["versions"] = [{name: value for name, value in version.items() if value} for version in versions]
    return values


def _old(fields: Fields, given_id: str | None) -> Values:
    values = _own(fields, given_id)
    authors = fields.text("authors")
    values["authors"] = as_json(split_names(authors or ""))
    values["rest"]["authors"] = authors
    return values


def _dublin_core(fields: Fields, given_id: str | None) -> Values:
    dates = sorted(fields.texts("date"))
    texts = fields.texts("description")
    comments = [text for text in texts if text.startswith(_COMMENT)]
    others = [text for text in texts if text not in comments]
    # The new server prints comments without the word, behind the abstract.
    comments += others[1:]
    pages, dois, others_ids = [], [], []
    for value in fields.texts("identifier"):
        if value.lower().startswith("doi:"):
            dois.append(value[4:])
        elif _ABSTRACT_PAGE.fullmatch(value.strip()):
            pages.append(value.strip())
        else:
            others_ids.append(value)
    page = _ABSTRACT_PAGE.fullmatch(pages[0]) if pages else None
    is_withdrawn = any(says_withdrawn(text.removeprefix(_COMMENT)) for text in comments)
    return {
        "arxiv_id": given_id or (page[1] if page else None),
        "title": fields.text("title"),
        "abstract": others[0] if others else None,
        "authors": as_json([_creator(name) for name in fields.texts("creator")]),
        "published_on": dates[0] if dates else None,
        "updated_on": dates[-1] if len(dates) > 1 else None,
        "venue": others_ids[0] if others_ids else None,
        "kind": fields.text("type"),
        "language": fields.text("language"),
        "publisher": fields.text("publisher"),
        "status": "withdrawn" if is_withdrawn else None,
        "links": as_json([{"url": url, "rel": "landing"} for url in pages]),
        "rest": {"subject": fields.texts("subject"), "comments": comments, "identifier": others_ids[1:], "date": dates[1:-1]},
        **with_dois(" ".join(dois)),
    }


def _creator(name: str) -> Values:
    """A name printed as "key name, forenames", its suffix behind the key name."""
    family, comma, given = name.partition(", ")
    if not comma:
        return {"name": name}
    found = _SUFFIX.fullmatch(family)
    return {"family": found[1], "given": given, "suffix": found[2]} if found else {"family": family, "given": given}


_FORMATS: dict[str, Callable[[Fields, str | None], Values]] = {"arXiv": _arxiv, "arXivRaw": _raw, "arXivOld": _old, "dc": _dublin_core}


def is_deleted(record: Element) -> bool:
    """Whether the record says only that there once was one."""
    return any(local(child.tag) == "header" and child.get("status") == "deleted" for child in record)


def name_of(record: Element) -> str | None:
    """How the record names itself, for a person."""
    return next((text_of(child) for child in record.iter() if local(child.tag) in ("identifier", "id")), None)
