"""What a record of any source says, in few words that every format of a library has."""

import re
from collections.abc import Mapping
from typing import Any

from transforms.json_text import BadJson, loads

# Anyone's word for what a paper is, without case and signs, to BibTeX's.
KINDS = {
    **dict.fromkeys(("article", "journalarticle", "jour", "magazinearticle", "journal", "review", "letter", "editorial", "mgzn"), "article"),
    **dict.fromkeys(("inproceedings", "proceedingsarticle", "conferencepaper", "conference", "conf", "cpaper", "paperconference"), "inproceedings"),
    **dict.fromkeys(("incollection", "bookchapter", "booksection", "chapter", "chap", "bookpart", "inbook"), "incollection"),
    **dict.fromkeys(("book", "monograph", "editedbook"), "book"),
    **dict.fromkeys(("phdthesis", "thesis", "dissertation", "thes"), "phdthesis"),
    **dict.fromkeys(("techreport", "report", "rprt"), "techreport"),
    **dict.fromkeys(("misc", "preprint", "postedcontent", "gen", "online", "unpublished"), "misc"),
}
_MEETING = re.compile(r"(?i)\b(?:proceedings|proc\.|conference|workshop|symposium)")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_PLAIN = ("title", "abstract", "venue", "volume", "issue", "pages", "publisher", "language", "doi", "arxiv_id")


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """title, authors (people with name, given, family), kind (BibTeX's word), year, month, day, venue, ... , urls, pmid and others, as far as the
    columns of a bronze record say it; under `more` whatever else it says in one text or number."""
    found: dict[str, Any] = {name: " ".join(str(values[name]).split()) for name in _PLAIN if values.get(name)}
    found["authors"] = [one for one in _json(values.get("authors")) or [] if isinstance(one, dict)]
    printed = str(values.get("published_on") or "")
    if day := _DAY.match(printed):
        found |= {name: part for name, part in zip(("year", "month", "day"), day.groups(), strict=True) if part}
    elif year := _YEAR.search(printed):
        found["year"] = year[1]
    elif printed:
        found["date"] = printed
    kind = re.sub(r"[^a-z]", "", str(values.get("kind") or "").lower())
    by_venue = "inproceedings" if _MEETING.search(found.get("venue", "")) else "article" if found.get("venue") else "misc"
    found["kind"] = KINDS.get(kind, by_venue)
    if found["kind"] in ("article", "misc") and "venue" in found:
        found["kind"] = by_venue
    links = _json(values.get("links")) or []
    found["urls"] = [one["url"] for one in links if isinstance(one, dict) and isinstance(one.get("url"), str)]
    identifiers = _json(values.get("identifiers")) or {}
    found["identifiers"] = {scheme: [str(one) for one in ids] for scheme, ids in identifiers.items() if isinstance(ids, list) and ids}
    rest = _json(values.get("rest")) or {}
    counts = {name: values[name] for name in ("citation_count", "status") if values.get(name) is not None}
    found["more"] = counts | {name: value for name, value in rest.items() if isinstance(value, (str, int, float)) and str(value).strip()}
    return found


def people(authors: list[dict[str, Any]]) -> list[str]:
    """The authors as `Family, Suffix, Given`, or by their whole name where its parts are not known."""
    return [name for one in authors if (name := _person(one))]


def _person(one: Mapping[str, Any]) -> str:
    family, given, suffix = (" ".join(str(one.get(part) or "").split()) for part in ("family", "given", "suffix"))
    if family:
        return ", ".join(part for part in (family, suffix, given) if part)
    return " ".join(str(one.get("name") or given).split())


def _json(text: Any) -> Any:
    try:
        return loads(text.encode()) if isinstance(text, str) else None
    except BadJson:
        return None
