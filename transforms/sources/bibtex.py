"""`bibtex`: a person's own library, or an export of one. TeX stays as printed."""

import re
from collections import Counter
from collections.abc import Iterator

from transforms.content import Content
from transforms.dates import MONTHS
from transforms.field_names import plain_name
from transforms.json_text import as_json
from transforms.parsed import Page, Part, Passed, Record, Reject, Told
from transforms.sources import csv_table
from transforms.sources.bibtex_reader import Entry, entries
from transforms.sources.draft import Draft, is_address
from transforms.sources.person_names import bibtex_people

_PAPERS = (
    "article|book|booklet|collection|conference|dataset|electronic|inbook|incollection|inproceedings|manual|mastersthesis|misc|mvbook|online|"
    "patent|periodical|phdthesis|proceedings|report|software|suppbook|techreport|thesis|unpublished"
)
_START = re.compile(
    rf"(?:^|[\r\n])[ \t]{{0,64}}@[ \t]{{0,8}}(?:(?:{_PAPERS})\s{{0,8}}[{{(][^@]{{0,300}}?[,=]|string\s{{0,8}}[{{(]\s*+[^\s={{}}]++\s*+=|"
    r"(?:comment|preamble)\s{0,8}\{|[a-z]++\s{0,8}\{\s*+[^\s,{}=]++\s*+,\s*+[a-z][\w-]*+\s*+=\s*+[{\"])",
    re.IGNORECASE,
)
# Lines that may stand before the first entry: what the program that wrote the file says of itself.
_MAX_LINES_BEFORE = 10
_NO_PAPER = ("comment", "preamble", "string")
_COLUMNS = {
    "title": "title",
    "abstract": "abstract",
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "pages": "pages",
    "publisher": "publisher",
    "language": "language",
    "doi": "doi",
}
# The first that an entry has is where the paper appeared.
_VENUES = ("journal", "journaltitle", "booktitle")
_LINKS = {
    "url": None,
    "ee": None,
    "link": None,
    "biburl": "other",
    "bdsk-url-1": None,
    "bdsk-url-2": None,
    "pdf": "pdf",
    "code": "code",
    "github": "code",
    "video": "video",
    "slides": "other",
    "project": "project",
}
_ARXIV_IN_VENUE = re.compile(r"ar[xX]iv[:\s]\s?((?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?)")
_ARXIV_ID = re.compile(r"(?i)(?:arxiv:)?((?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?)")
_YEAR = re.compile(r"\d{4}")
_MONTH_WORD = re.compile(r"[A-Za-z]{3}")
_ISO_RANGE = re.compile(r"(\d{4}(?:-\d\d){0,2})/.*")
_REST_FIELDS = (
    "editor year month date bibsource timestamp isbn issn series note keywords crossref address organization institution school howpublished "
    "edition chapter type annote annotation file eprint archiveprefix eprinttype eprintclass primaryclass pmid pmcid key location urldate "
    "eventtitle subtitle shorttitle numpages articleno copyright affiliation mendeley-tags owner groups comment mrnumber zblnumber author "
    "author+an issue_date day adsurl adsnote readstatus date-added date-modified langid month_numeric lccn"
)
KNOWN = frozenset((name, "field") for name in (*_COLUMNS, *_VENUES, *_LINKS, *_REST_FIELDS.split()))


def matches(head: bytes) -> bool:
    """Whether a document begins with an entry, or with a few lines about itself and then an entry."""
    if b"\0" in head or b"@" not in head:
        return False
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    found = _START.search(text)
    if not found:
        return False
    before = [line for one in text[: found.start()].splitlines() if (line := one.strip()) and not line.startswith("%")]
    # Text with a citation in it (a README) is not a bibliography.
    if len(before) > _MAX_LINES_BEFORE or any(line.startswith(("```", "<", "{", "[")) for line in before):
        return False
    # Nor is a table with an entry in one of its fields.
    return not before or not csv_table.matches(head)


def parse(content: Content, told: Told) -> Iterator[Part]:
    """One record per entry. Entries are counted from 1, those of comments and macros left out."""
    names: Counter[str] = Counter()
    number = 0
    with content.stream() as stream:
        for entry in entries(stream, told.limits.max_record_bytes):
            if not entry.kind or (entry.kind in _NO_PAPER and not (entry.fault and entry.kind == "string")):
                yield Passed(entry.kind or "text between entries")
                continue
            number += 1
            names.update([name for name, _ in entry.fields])
            if entry.fault:
                yield _reject(entry, number, entry.code, entry.fault)
                continue
            values = draft_of(entry, told.ignored).done()
            if not values.get("title", "").strip():
                yield _reject(entry, number, "no_title", "it has no title; add one")
            else:
                yield Record(number, entry.offset, entry.length, values)
    for name, count in names.items():
        told.paths.note(name, "field", count)
    if number:
        yield Page()
    else:
        yield Reject("no_paper", "the bibliography has no entry of a paper; export it again")
        yield Page(listing_state=None)


_ADVICE = {
    "cut_off": "; the file ends here: export or download it again",
    "malformed": "; mend its braces and commas, or export it again",
}


def _reject(entry: Entry, number: int, code: str, why: str) -> Reject:
    what = f"@{entry.kind}{{{entry.key}}}" if entry.key else f"@{entry.kind}"
    reason = f"entry {number}, line {entry.line}, {what}: {why}{_ADVICE.get(code, '')}"
    return Reject(code, reason, number, entry.offset, entry.length, entry.raw or None, entry.key or None)


def draft_of(entry: Entry, ignored: frozenset[str] = frozenset()) -> Draft:
    """The columns that an entry fills; the fields of these names (Told.ignored) go to the rest as they are."""
    draft = Draft()
    draft.values["kind"] = entry.kind
    if entry.key:
        draft.values["source_id"] = entry.key
        if entry.key[:5].lower() == "dblp:":
            draft.identify("dblp", entry.key[5:])
    fields: dict[str, str] = {}
    for name, value in entry.fields:
        # BibTeX itself reads the first of two fields of one name.
        if name in fields or (ignored and plain_name(name) in ignored):
            draft.keep(name, value)
        elif value.strip():
            fields[name] = value
    for name, value in fields.items():
        column = _COLUMNS.get(name)
        if column and draft.put(column, value):
            continue
        if name == "author":
            _people(draft, value)
        elif name not in _TAKEN:
            draft.keep(name, value)
    _appearance(draft, fields)
    _eprint(draft, fields)
    # Behind the fields that are made for identifiers: what an address says comes second.
    for name in (name for name in fields if name in _LINKS):
        if is_address(fields[name]):
            draft.link(fields[name], _LINKS[name])
        else:
            draft.keep(name, fields[name])
    _arxiv_in_venue(draft, fields)
    return draft


_TAKEN = frozenset((*_VENUES, *_LINKS, "year", "date", "eprint", "archiveprefix", "eprinttype", "pmid"))


def _people(draft: Draft, text: str) -> None:
    people, others = bibtex_people(text)
    draft.values["authors"] = as_json(people)
    if others or not people:
        draft.keep("author_others", others[0] if others else text)


def _appearance(draft: Draft, fields: dict[str, str]) -> None:
    """Where and when it appeared; a month, a day and what the columns do not hold stay in the rest too."""
    for name in _VENUES:
        if (value := fields.get(name)) and not draft.put("venue", value):
            draft.keep(name, value)
    date, year = fields.get("date"), fields.get("year")
    if date:
        whole = _ISO_RANGE.fullmatch(date.strip())
        draft.values["published_on"] = whole[1] if whole else date
        if whole:
            draft.keep("date", date)
        if year and year.strip() != date.strip()[:4]:
            draft.keep("year", year)
    elif year:
        month = _month(fields.get("month", "")) if _YEAR.fullmatch(year.strip()) else None
        draft.values["published_on"] = f"{year.strip()}-{month:02}" if month else year


def _month(text: str) -> int | None:
    """The month's number, from a number or from its first three letters, wherever in the text they stand ("15~" # jul)."""
    if text.strip().isdecimal():
        number = int(text.strip()[:4])
        return number if 1 <= number <= 12 else None
    words = (word[0].lower() for word in _MONTH_WORD.finditer(text))
    return next((MONTHS.index(word) + 1 for word in words if word in MONTHS), None)


def _eprint(draft: Draft, fields: dict[str, str]) -> None:
    """Identifiers that have fields of their own."""
    if "pmid" in fields:
        pmid = fields["pmid"].strip()
        if pmid.isdecimal():
            draft.identify("pmid", pmid)
        else:
            draft.keep("pmid", pmid)
    eprint = fields.get("eprint")
    archive = fields.get("archiveprefix") or fields.get("eprinttype")
    is_arxiv = archive is not None and archive.strip().lower() == "arxiv"
    if eprint and (is_arxiv or (archive is None and _ARXIV_ID.fullmatch(eprint.strip()))):
        draft.identify("arxiv", eprint.strip())
    elif eprint:
        draft.keep("eprint", eprint)
    for name in ("archiveprefix", "eprinttype"):
        if name in fields and not (eprint and is_arxiv):
            draft.keep(name, fields[name])


def _arxiv_in_venue(draft: Draft, fields: dict[str, str]) -> None:
    """An arXiv id in the place of a journal: CoRR abs/1706.03762, arXiv preprint arXiv:1706.03762."""
    if "arxiv_id" not in draft.values:
        volume = fields.get("volume", "")
        found = _ARXIV_ID.fullmatch(volume[4:].strip()) if volume[:4] == "abs/" else None
        found = found or _ARXIV_IN_VENUE.search(draft.values.get("venue", ""))
        if found:
            draft.values["arxiv_id"] = found[1]
