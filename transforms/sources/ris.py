"""`ris`: exports of reference managers and publishers, a tag and a value in each line."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from transforms.content import Content
from transforms.field_names import plain_name
from transforms.json_text import as_json
from transforms.parsed import Page, Part, Passed, Record, Reject, Told
from transforms.sources.draft import Draft, is_address
from transforms.sources.person_names import Person, person
from transforms.sources.text_lines import TextLine, text_lines

_TAG = re.compile(r"([A-Z][A-Z0-9])(  -|[ \t]{0,3}-)(?:[ \t](.*))?", re.DOTALL)
_FIRST = re.compile(rb"TY[ \t]{0,3}-[ \t]*[A-Z]{2,}")
# What databases print of themselves before the first record.
_MAX_LINES_BEFORE = 10
_STANDARD = "  -"
# Tags that are known with any number of blanks before the hyphen; any other two letters need the standard's two.
_TAG_NAMES = (
    "TY ER A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP DS ED EP ET ID IP IS J1 J2 JA JF JO KW L1 L2 L3 "
    "L4 LA LB LK M1 M2 M3 N1 N2 NO NV OP PB PM PP PY RI RN RP SE SF SN SP SR ST SV T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO WP Y1 Y2"
)
_KNOWN_TAGS = frozenset(_TAG_NAMES.split())
KNOWN = frozenset((tag, "field") for tag in _KNOWN_TAGS)
# The first tag that a record has fills the column; a second one stays in the rest.
_COLUMNS = {
    "title": ("TI", "T1", "CT", "BT"),
    "abstract": ("AB", "N2"),
    "venue": ("JF", "JO", "T2", "JA", "BT", "J2", "J1"),
    "volume": ("VL", "VO"),
    "issue": ("IS", "IP"),
    "publisher": ("PB",),
    "language": ("LA",),
    "source_id": ("ID", "AN"),
}
_AUTHORS = ("AU", "A1")
_DATES = ("DA", "PY", "Y1")
_LINKS = {"UR": None, "L1": "pdf", "L2": None, "LK": None}
_DATE = re.compile(r"(\d{4})(?:/(\d{1,2})?)?(?:/(\d{1,2})?)?(/[^/]*)?")
_MAX_FIELDS = 20_000


@dataclass(slots=True)
class _Found:
    """A record while its lines are read."""

    line: int
    offset: int
    end: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    has_type: bool = True
    blank_lines: int = 0
    bad_byte: str | None = None
    is_too_large: bool = False

    def add(self, line: TextLine, max_bytes: int) -> None:
        """Take the line's bytes in."""
        if len(self.raw) < max_bytes:
            self.raw += line.raw + b"\n"
        self.is_too_large = self.is_too_large or line.is_too_long or line.end - self.offset > max_bytes or len(self.fields) > _MAX_FIELDS
        self.end = line.end


def matches(head: bytes) -> bool:
    """Whether a document begins with a record, perhaps after a few lines about itself."""
    if b"\0" in head:
        return False
    before = 0
    for line in head.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").split(b"\n"):
        text = line.strip()
        if _FIRST.match(text):
            return True
        before += bool(text)
        if before > _MAX_LINES_BEFORE or text[:1] in (b"{", b"[", b"<", b"@"):
            return False
    return False


def parse(content: Content, told: Told) -> Iterator[Part]:
    """One record per `TY`, placed at its line. A record that another follows without its `ER` is kept; the file's last one is cut off."""
    tags: Counter[str] = Counter()
    found: _Found | None = None
    is_empty = True
    limit = told.limits.max_record_bytes
    with content.stream() as stream:
        for line in text_lines(stream, told.limits.max_line_bytes):
            text, bad_byte = _decoded(line.raw)
            tag, value = _tag_of(text.strip("\r"))
            if tag == "TY" or (tag and tag != "ER" and found is None):
                if found:
                    is_empty = False
                    yield _judged(found, tags, told.ignored, is_whole=True)
                found = _Found(line.number, line.offset, line.end, has_type=tag == "TY")
            if found is None:
                if tag == "ER" or text.strip():
                    yield Passed("text between records")
                continue
            if not text.strip():
                found.blank_lines += 1
                continue
            found.bad_byte = found.bad_byte or bad_byte
            found.add(line, limit)
            if tag == "ER":
                is_empty = False
                yield _judged(found, tags, told.ignored, is_whole=True)
                found = None
            elif tag:
                if not found.is_too_large:
                    found.fields.append((tag, value))
                found.blank_lines = 0
            elif not found.is_too_large:
                name, begun = found.fields[-1]
                found.fields[-1] = (name, begun + "\n" * (found.blank_lines + 1) + text.strip("\r"))
                found.blank_lines = 0
    if found:
        is_empty = False
        yield _judged(found, tags, told.ignored, is_whole=False)
    for tag, count in tags.items():
        told.paths.note(tag, "field", count)
    if is_empty:
        yield Reject("no_paper", "the file has no record; export it again")
        yield Page(listing_state=None)
    else:
        yield Page()


def fields_of(raw: bytes) -> list[tuple[str, str]]:
    """The tags of one record, in order, with what stands behind them; a value may go on in further lines."""
    fields: list[tuple[str, str]] = []
    for line in text_lines(BytesIO(raw), len(raw) + 1):
        text = _decoded(line.raw)[0].strip("\r")
        tag, value = _tag_of(text)
        if tag:
            fields.append((tag, value))
        elif fields:
            name, begun = fields[-1]
            fields[-1] = (name, f"{begun}\n{text}")
    return fields


def _decoded(raw: bytes) -> tuple[str, str | None]:
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return raw.decode("utf-8", "replace"), f"byte 0x{raw[error.start]:02X}"


def _tag_of(text: str) -> tuple[str, str]:
    """Tag and value of a line; no tag where the line goes on with the value before it."""
    found = _TAG.fullmatch(text.lstrip("\ufeff"))
    if found and (found[2] == _STANDARD or found[1] in _KNOWN_TAGS):
        return found[1], found[3] or ""
    return "", text


def _judged(found: _Found, tags: Counter[str], ignored: frozenset[str], is_whole: bool) -> Record | Reject:
    tags.update([tag for tag, _ in found.fields])
    fault = _fault(found, is_whole)
    if fault is None:
        values = _values(found.fields, ignored)
        if str(values.get("title", "")).strip():
            return Record(found.line, found.offset, found.end - found.offset, values)
        fault = "no_title", "it has no title (TI or T1); add one"
    code, why = fault
    key = next((value.strip() for tag in _COLUMNS["source_id"] for name, value in found.fields if name == tag and value.strip()), None)
    return Reject(code, f"record at line {found.line}: {why}", found.line, found.offset, found.end - found.offset, bytes(found.raw), key)


def _fault(found: _Found, is_whole: bool) -> tuple[str, str] | None:
    if found.is_too_large:
        return "record_too_large", "it is larger than a record or a line may be; look for a missing ER, or raise max_record_bytes and max_line_bytes"
    if found.bad_byte:
        return "not_utf8", f"{found.bad_byte} is not UTF-8; convert the file to UTF-8 (iconv -f latin1 -t utf-8) and load it again"
    if not is_whole:
        return "cut_off", "the file ends before its ER; export or download it again"
    if not found.has_type:
        return "malformed", f"it begins with {found.fields[0][0]} and not with TY; add the line that is missing"
    return None


def _values(fields: list[tuple[str, str]], ignored: frozenset[str]) -> dict[str, object]:
    """The columns that the tags fill; all other tags are in the rest."""
    draft = Draft()
    by_tag: dict[str, list[str]] = {}
    for tag, value in fields:
        if ignored and plain_name(tag) in ignored:
            draft.keep(tag, value)
        elif value.strip():
            by_tag.setdefault(tag, []).append(value)
    for column, names in _COLUMNS.items():
        for tag in names:
            if tag in by_tag and column not in draft.values:
                draft.values[column] = by_tag[tag].pop(0)
    if kinds := by_tag.pop("TY", []):
        draft.values["kind"] = kinds[0].strip()
    people = [_author(value) for tag in _AUTHORS for value in by_tag.pop(tag, [])]
    if people:
        draft.values["authors"] = as_json(people)
    _pages(draft, by_tag)
    _date(draft, by_tag)
    for value in by_tag.pop("DO", []):
        draft.identify("doi", value.strip())
    for value in by_tag.pop("PM", []):
        draft.identify("pmid", value.strip())
    for tag, rel in _LINKS.items():
        for value in by_tag.pop(tag, []):
            # Several addresses may stand in one value.
            urls = [url for one in re.split(r"[;\n]", value) if (url := one.strip())]
            if all(map(is_address, urls)):
                for url in urls:
                    draft.link(url, rel)
            else:
                draft.keep(tag, value)
    for tag, values in by_tag.items():
        if values:
            draft.keep(tag, values if len(values) > 1 else values[0])
    return draft.done()


def _author(text: str) -> Person:
    """Last, First, Suffix: RIS has the suffix at the end."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 3 and parts[0] and parts[1]:
        return {"family": parts[0], "given": parts[1], **({"suffix": parts[2]} if parts[2] else {})}
    return person(text.strip())


def _pages(draft: Draft, by_tag: dict[str, list[str]]) -> None:
    """First and last page as one text; an SP that has both already is taken as it is."""
    first, last = by_tag.get("SP"), by_tag.get("EP")
    if not first:
        return
    start = first.pop(0).strip()
    end = last[0].strip() if last else ""
    is_range = any(mark in start for mark in "-–—")
    if end and not is_range and last:
        last.pop(0)
    draft.values["pages"] = f"{start}-{end}" if end and not is_range and end != start else start


def _date(draft: Draft, by_tag: dict[str, list[str]]) -> None:
    """The most exact of the dates that are of one year, with hyphens for RIS's own slashes; what a date says beyond that stays in the rest."""
    read = [(tag, _iso(by_tag[tag][0])) for tag in _DATES if by_tag.get(tag)]
    years = [iso[:4] for tag, iso in read if iso and tag != "DA"] or [iso[:4] for _, iso in read if iso]
    dates = [(iso, tag) for tag, iso in read if iso and iso[:4] == years[0]]
    if dates:
        best, chosen = max(dates, key=lambda one: len(one[0]))
        draft.values["published_on"] = best
        for tag, iso in read:
            # A date that the chosen one begins with says nothing more.
            if by_tag[tag][0].strip().rstrip("/").replace("/", "-") == (iso if tag == chosen else best[: len(iso or "")]):
                by_tag[tag].pop(0)
    elif read:
        draft.values["published_on"] = by_tag[read[0][0]].pop(0)


def _iso(text: str) -> str | None:
    """2004, 2004-07 or 2004-07-15 from 2004, 2004///, 2004/07/15/Spring; None for any other date."""
    text = text.strip()
    found = _DATE.fullmatch(text)
    if not found:
        return text[:10] if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) else None
    parts = [found[1]]
    for part in (found[2], found[3]):
        if not part:
            break
        parts.append(part.zfill(2))
    return "-".join(parts)
