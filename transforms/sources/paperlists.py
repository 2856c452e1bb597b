"""`paperlists`: one JSON file per venue and year, an array of papers gathered from OpenReview, CVF, the ACL Anthology and others.

No record names its venue: only the entry of a bibliography that most records carry does, and the file's own name, which is marked as such.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from transforms.field_names import without
from transforms.json_spans import Span, after_space, load, parts
from transforms.json_text import BadJson, as_json, head_paths
from transforms.lines import Buffer
from transforms.parsed import RAW_BYTES_KEPT, Page, Part, Record, Reject, Told, reading_whole, refused
from transforms.paths import known_paths
from transforms.sources.bibtex import draft_of
from transforms.sources.bibtex_reader import entries
from transforms.sources.draft import Draft, is_address

# Two of these beside title and author: other sources' arrays of papers have none.
_SIGNS = frozenset(
    f"[].{name}" for name in ("track", "status", "aff", "aff_domain", "author_site", "authorids", "gs_citation", "bibtex", "author_num", "psid")
)
_SIGNS_NEEDED = 2
_FILE_NAME = re.compile(r"([a-z_-]+?)[_-]?(\d{4})\.json", re.IGNORECASE)
_SLOTS = re.compile(r"[;\s]*")
_ACL_ID = re.compile(r"[A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+")
_LINKS = {
    "site": "landing",
    "oa": "landing",
    "openreview": "landing",
    "pdf": "pdf",
    "github": "code",
    "project": "project",
    "video": "video",
    "slides": "other",
    "supp": "other",
    "poster": "other",
}
_COLUMNS = {"title": "title", "abstract": "abstract", "status": "status", "id": "source_id", "arxiv": "arxiv_id", "doi": "doi"}
# Only these are addresses of the paper itself: a project may link to any other paper.
_OWN_ADDRESSES = ("site", "oa", "openreview", "pdf")
# What the entry of a bibliography may say where the record does not.
_FROM_BIBTEX = ("venue", "volume", "pages", "publisher", "published_on", "doi")
_STRINGS = (
    "abstract aff aff_campus_unique aff_campus_unique_index aff_country_unique aff_country_unique_index aff_domain aff_unique_abbr "
    "aff_unique_dep aff_unique_index aff_unique_norm aff_unique_url arxiv author author_site authorids bibtex confidence dblp doi email gender "
    "github google_scholar gs_cited_by_link homepage id keywords linkedin metadata metareview oa openreview or_profile orcid pdf pid position "
    "poster primary_area project psid rating review reviewers sess session site slides ssid status supp supplementary_material title tldr track "
    "video"
)
_NUMBERS = "confidence_avg corr_rating_confidence rating_avg replies_avg authors#_avg"
KNOWN = known_paths(
    dict.fromkeys(_STRINGS.split(), "string")
    | dict.fromkeys(("author_num", "gs_citation", "gs_version_total", "pdf_size"), "integer")
    | dict.fromkeys(_NUMBERS.split(), "integer number array")
    | {f"{name}[]": "integer number" for name in _NUMBERS.split()}
    | {"award": "boolean"}
)


def matches(head: bytes) -> bool:
    """Whether a document begins like such an array."""
    paths = head_paths(head)
    return {"[].title", "[].author"} <= paths and len(_SIGNS & paths) >= _SIGNS_NEEDED and not any(path.startswith("[].author[") for path in paths)


@reading_whole
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """One record per element, in the order of the file."""
    raw = bytes(data)
    named = _FILE_NAME.fullmatch(told.name)
    of_file = {"_file_venue": named[1].lower(), "_file_year": int(named[2])} if named else {}
    start = raw.find(b"[")
    if raw[:start].strip(b"\xef\xbb\xbf \t\r\n") or start < 0:
        yield from refused(Reject("malformed", "no array begins the file; get it again"))
        return
    spans, end = parts(raw, start)
    # What stands behind the array's end is no part of it, and not dropped either.
    behind = after_space(raw, len(raw) if end is None else end)
    if behind < len(raw):
        spans.append(Span(behind, len(raw.rstrip())))
    if not spans:
        yield from refused(Reject("no_paper", "the array has no paper; get the file again"))
        return
    for number, span in enumerate(spans, 1):
        yield _part(raw, span, number, told, of_file)
    yield Page(read_count=len(spans))


def _part(raw: bytes, span: Span, number: int, told: Told, of_file: dict[str, Any]) -> Record | Reject:
    """What one element of the array becomes."""
    length = span.end - span.start
    where = f"element {number}, byte {span.start}"
    most = told.limits.max_record_bytes
    code, why = "", ""
    paper: Any = None
    if length > most:
        code, why = "record_too_large", f"it has {length:,} bytes, more than the {most:,} that a record may have (setting max_record_bytes); raise it"
    else:
        try:
            paper = load(raw, span)
        except BadJson as error:
            is_cut = not span.is_closed
            code = "not_utf8" if "is not UTF-8" in str(error) else "cut_off" if is_cut else "malformed"
            why = "the file ends within it; get it again" if is_cut else f"{error}; mend it, or get the file again"
        else:
            if not isinstance(paper, dict):
                code, why = "malformed", f"a paper was expected and {type(paper).__name__} was found; remove it"
    if not code:
        told.paths.walk(paper)
        values = _values(without(paper, told.ignored) if told.ignored else paper, of_file, told.ignored)
        if "title" in values:
            return Record(number, span.start, length, values)
        code, why = "no_title", "it has no title; add one"
    key = paper.get("id") if isinstance(paper, dict) else None
    source_id = key if isinstance(key, str) and key.strip() else None
    return Reject(code, f"{where}: {why}", number, span.start, length, raw[span.start : span.end][:RAW_BYTES_KEPT], source_id)


def _values(paper: dict[str, Any], of_file: dict[str, Any], ignored: frozenset[str]) -> dict[str, Any]:
    draft = Draft()
    # A field of empty slots (";;;") or of blanks says nothing; one of an unexpected type is kept in the rest.
    texts = {name: value for name, value in paper.items() if isinstance(value, str) and not _SLOTS.fullmatch(value)}
    left: dict[str, Any] = {name: value for name, value in paper.items() if name in texts or not (value is None or isinstance(value, str))}

    for name, column in _COLUMNS.items():
        if name in texts:
            draft.values[column] = left.pop(name)
    citations = paper.get("gs_citation")
    # -1 stands for unknown.
    if type(citations) is int and 0 <= citations < 1 << 63:
        draft.values["citation_count"] = left.pop("gs_citation")
    if "author" in texts:
        _people(draft, texts, left)
    for name, rel in _LINKS.items():
        if name in texts:
            _link(draft, name, rel, texts[name], left)
    key = texts.get("id", "")
    if _ACL_ID.fullmatch(key):
        draft.identify("acl", key)
    if "bibtex" in texts:
        _bibtex(draft, texts["bibtex"], ignored)
    draft.rest.update(left)
    draft.rest.update(of_file)
    return draft.done()


def _people(draft: Draft, texts: dict[str, str], left: dict[str, Any]) -> None:
    """The authors, with what stands at their places in other lists, where those have as many places. Empty places are left out."""
    # SIGGRAPH's lists, and some of others, have commas instead; no list has the family name first.
    names = [name.strip() for name in texts["author"].split(";" if ";" in texts["author"] else ",")]
    people: list[dict[str, Any]] = [{"name": name} for name in names]
    for field, key in (("authorids", "id"), ("orcid", "orcid")):
        slots = [slot.strip() for slot in texts.get(field, "").split(";")]
        if len(slots) == len(names) and field in texts:
            del left[field]
            for one, slot in zip(people, slots, strict=True):
                if slot:
                    one[key] = slot
    slots = texts.get("aff", "").split(";")
    if len(slots) == len(names) and "aff" in texts:
        del left["aff"]
        counts = [index.count("+") for index in texts.get("aff_unique_index", "").split(";")]
        for place, (one, slot) in enumerate(zip(people, slots, strict=True)):
            # A plus parts two affiliations where their index has one too; in "C++ Group" it does not.
            is_parted = place < len(counts) and counts[place] == slot.count("+")
            if found := [part for printed in (slot.split("+") if is_parted else [slot]) if (part := printed.strip())]:
                one["affiliations"] = found
    named = [one for one in people if one["name"]]
    if len(named) < len(people) and any(len(one) > 1 for one in people if not one["name"]):
        # What stands at a place without a name belongs to nobody here, so the lists stay as they were printed.
        left.update({field: texts[field] for field in ("authorids", "orcid", "aff") if field in texts})
    del left["author"]
    draft.values["authors"] = as_json(named)
    if texts.get("author_site") == texts["author"]:
        del left["author_site"]


def _link(draft: Draft, name: str, rel: str, printed: str, left: dict[str, Any]) -> None:
    urls = [url for one in printed.split(";") if (url := one.strip())]
    addresses = [url for url in urls if is_address(url)]
    if len(addresses) == len(urls):
        del left[name]
    for url in addresses:
        draft.link(url, rel, identifies=name in _OWN_ADDRESSES)


def _bibtex(draft: Draft, text: str, ignored: frozenset[str]) -> None:
    """What the bibliography's entry says of when and where the paper appeared. The entry itself stays in the rest."""
    found = next(entries(BytesIO(text.encode()), len(text.encode())), None)
    if found is None or found.fault or not found.kind:
        return
    printed = draft_of(found, ignored).values
    for column in _FROM_BIBTEX:
        if value := printed.get(column):
            draft.put(column, value)
