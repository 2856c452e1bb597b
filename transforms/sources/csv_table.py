"""`csv`: tables of papers with a header (comma, tab or semicolon between the fields), as reference managers, indexes and data frames write them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from transforms.content import HEAD_BYTES, Content
from transforms.json_text import as_json
from transforms.parsed import Page, Part, Record, Reject, Told
from transforms.sources.csv_columns import Columns, columns_of, is_table_of_papers
from transforms.sources.csv_rows import Row, declared_delimiter, delimiter_of, rows, split_fields
from transforms.sources.draft import Draft, is_address
from transforms.sources.person_names import table_people

_MAX_HEADER_BYTES = 16_384
_MAX_NAME_LETTERS = 80
_TEXT_COLUMNS = (
    "title",
    "published_on",
    "updated_on",
    "venue",
    "volume",
    "issue",
    "pages",
    "publisher",
    "language",
    "abstract",
    "doi",
    "arxiv_id",
    "source_id",
    "kind",
)
_COUNT_COLUMNS = ("citation_count", "upvote_count", "star_count")
_LINKS = {"url": None, "pdf": "pdf", "code": "code"}
_SCHEMES = ("pmid", "openalex", "dblp", "acl", "openreview", "semanticscholar")
_COUNT = re.compile(r"(\d{1,15})(?:\.0)?")
# What data frames write where there is no value.
_NO_VALUE = {"", "nan", "none", "null", "n/a", "<na>"}


def matches(head: bytes) -> bool:
    """Whether the first row names a title and something else that papers have, and nothing follows it or a second row does."""
    if b"\0" in head:
        return False
    lines = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    delimiter = declared_delimiter(lines[0])
    if delimiter:
        lines = lines[1:]
    header = next((line for line in lines if line.strip()), b"")
    if not header or len(header) > _MAX_HEADER_BYTES or header[:1] in (b"{", b"[", b"<", b"@"):
        return False
    delimiter = delimiter or delimiter_of(header)
    names = split_fields(header.decode("utf-8", "replace"), delimiter)
    if len(names) < 2 or any(len(name) > _MAX_NAME_LETTERS for name in names) or not is_table_of_papers(columns_of(names)):
        return False
    following = [line for line in lines[lines.index(header) + 1 :] if line.strip()]
    # A second line of prose has no delimiter; a quoted field may be open at its end.
    return len(head) < HEAD_BYTES if not following else delimiter.encode("latin-1") in b"".join(following[:200])


def parse(content: Content, told: Told) -> Iterator[Part]:
    """One record per row, placed at the line where the row begins."""
    filled: Counter[int] = Counter()
    columns: Columns | None = None
    is_empty = True
    with content.stream() as stream:
        for row in rows(stream, told.limits.max_line_bytes, told.limits.max_line_bytes):
            if columns is None and row.fields:
                columns = columns_of(row.fields)
                continue
            is_empty = False
            if row.fault or columns is None:
                yield _reject(row, row.code, row.fault or "it stands before the header")
                continue
            filled.update([place for place, value in enumerate(row.fields) if value])
            values = _values(row.fields, columns)
            if "title" in values:
                yield Record(row.line, row.offset, row.length, values)
            else:
                yield _reject(row, "no_title", "it has no title; add one")
    if columns:
        for place, count in filled.items():
            told.paths.note(columns.paths[place], "field", count)
    if is_empty:
        yield Reject("no_paper", "the table has a header and no row; export it again")
        yield Page(listing_state=None)
    else:
        yield Page()


def _reject(row: Row, code: str, why: str) -> Reject:
    return Reject(code, f"row at line {row.line}: {why}", row.line, row.offset, row.length, row.raw or None)


def _values(fields: list[str], columns: Columns) -> dict[str, Any]:
    """The columns of bronze.records that the row fills; every other field that is not empty is in the rest, under its column's printed name."""
    draft = Draft()
    left = {place: value for place, value in enumerate(fields) if value.strip().lower() not in _NO_VALUE}

    def taken(thing: str) -> str | None:
        place = next((place for place in columns.places.get(thing, ()) if place in left), None)
        return left.pop(place) if place is not None else None

    for column in _TEXT_COLUMNS:
        if (value := taken(column)) is not None:
            draft.values[column] = value
    if (authors := taken("authors")) is not None:
        people, others = table_people(authors)
        draft.values["authors"] = as_json(people)
        if others or not people:
            draft.keep("author_others", others[0] if others else authors)
    for column in _COUNT_COLUMNS:
        for place in columns.places.get(column, ()):
            if column not in draft.values and (count := _COUNT.fullmatch(left.get(place, "").strip())):
                draft.values[column] = int(count[1])
                del left[place]
    for thing, rel in _LINKS.items():
        for place in columns.places.get(thing, ()):
            urls = re.split(r"[;|\s]+", left.get(place, "").strip())
            if all(map(is_address, urls)):
                del left[place]
                for url in urls:
                    draft.link(url, rel, identifies=rel != "code")
    for scheme in _SCHEMES:
        if (value := taken(scheme)) is not None:
            draft.identify(scheme, value.strip())
    key = draft.values.get("source_id", "")
    if key[:5].lower() == "dblp:":
        draft.identify("dblp", key[5:])
    if "pages" not in draft.values and (first := taken("first_page")) is not None:
        last = taken("last_page")
        draft.values["pages"] = f"{first.strip()}-{last.strip()}" if last and last.strip() != first.strip() else first
    for place, value in left.items():
        draft.keep(columns.printed[place], value)
    return draft.done()
