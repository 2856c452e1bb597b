"""`arxiv_oai`: answers of arXiv's OAI-PMH servers, old and new, one or several saved behind one another, or single records.

An answer is kept record by record. What it says beside them (the time of the answer, the request, the resumption token) is no record; an error
is a reject, but for `noRecordsMatch`, which is an answer without records.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

from transforms.content import Content
from transforms.parsed import Capture, Page, Part, Passed, Record, Reject, Told, refused
from transforms.sources.arxiv_oai_answer import error_of
from transforms.sources.arxiv_oai_record import is_deleted, name_of, record_values
from transforms.xml_pieces import Piece, pieces
from transforms.xml_text import BadXml, Element, Root, elements, note_paths, read_root, reading_root, rejected, text_of

_ANSWER = "OAI-PMH"
_LISTS = ("ListRecords", "GetRecord")
_RECORD = "record"
_BESIDE = ("responseDate", "request", "error")
# Other repositories speak OAI-PMH too.
_IS_ARXIV = re.compile(rb"oai:arXiv\.org:|arxiv\.org/OAI/|[/.]arxiv\.org[/:]", re.IGNORECASE)
_NOTHING_FOUND = "noRecordsMatch"
_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ADVICE = "fetch this answer again"


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of such an answer, a list or a record, whole or cut."""
    try:
        root = read_root(head)
    except BadXml:
        return False
    return root.name in (_ANSWER, *_LISTS, _RECORD) and _IS_ARXIV.search(head) is not None


@reading_root(_ADVICE)
def parse(content: Content, told: Told, root: Root) -> Iterator[Part]:
    """The records of all answers in the document, each numbered from 1; the time of the last answer, where no fetch says when it was."""
    answer = _Answer(told)
    with content.stream() as stream:
        for piece, element in elements(_cut(stream, root, told), root):
            yield from answer.parts(piece, element)
    yield from answer.end()


def _cut(stream: Any, root: Root, told: Told) -> Iterator[Piece]:
    prefix = root.tag.removesuffix(root.name)
    tags = frozenset(f"{prefix}{name}".encode() for name in (_RECORD, *_BESIDE))
    outer = None if root.name == _RECORD else root.tag.encode()
    return pieces(stream, tags, told.limits.max_record_bytes, outer)


class _Answer:
    """What was read of a document so far."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._number = 0
        self._judged = 0
        self._passed = 0
        self._errors: list[tuple[Piece, str, str]] = []
        self._verbs: list[str | None] = []
        self._seen_at: datetime | None = None

    def parts(self, piece: Piece, element: Element | BadXml) -> Iterator[Part]:
        name = piece.tag.decode("utf-8", "replace").rpartition(":")[2]
        if name in _BESIDE:
            if isinstance(element, BadXml):
                yield self._reject(piece, element)
            else:
                self._note(name, piece, element)
            return
        if isinstance(element, BadXml):
            yield self._reject(piece, element)
            return
        self._number += 1
        note_paths(self._told.paths, element, _RECORD)
        if is_deleted(element):
            self._passed += 1
            yield Passed("deleted")
            return
        self._judged += 1
        values = record_values(element)
        if values["title"]:
            yield Record(self._number, piece.offset, piece.length, values)
        else:
            what = f"record {self._number} ({name_of(element) or 'no identifier'}, byte {piece.offset}) has no title; look at it, and {_ADVICE}"
            yield Reject("no_title", what, self._number, piece.offset, piece.length, piece.raw)

    def end(self) -> Iterator[Part]:
        """The errors, and the page. An answer that is nothing but an error is rejected whole."""
        errors = [(piece, code, message) for piece, code, message in self._errors if code != _NOTHING_FOUND]
        is_alone = not self._number
        for piece, code, message in errors:
            why = f"the server answered with the error {code}: {message.rstrip('.') or 'no message'}; mend the request and fetch it again"
            if is_alone and len(errors) == 1:
                yield from refused(Reject("error_answer", why))
                return
            self._number += 1
            self._judged += 1
            yield Reject("error_answer", why, self._number, piece.offset, piece.length, piece.raw)
        if not self._number and not self._errors and not all(verb in _LISTS for verb in self._verbs or [None]):
            verb = next((verb for verb in self._verbs if verb), "an unknown verb")
            yield from refused(Reject("no_paper", f"the answer to {verb} has no records; fetch ListRecords or GetRecord"))
            return
        capture = Capture(self._seen_at, "page") if self._seen_at and self._told.capture.source != "fetch" else None
        yield Page(read_count=self._judged, capture=capture)

    def _note(self, name: str, piece: Piece, element: Element) -> None:
        if name == "error":
            self._errors.append((piece, *error_of(element)))
        elif name == "request":
            self._verbs.append(element.get("verb"))
        elif _SECONDS.fullmatch(text := (text_of(element) or "").strip()):
            try:
                self._seen_at = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
            except ValueError:
                return  # no such day: the answer is not dated

    def _reject(self, piece: Piece, bad: BadXml) -> Reject:
        self._number += 1
        self._judged += 1
        numbered = replace(piece, number=self._number)
        return rejected(numbered, None if piece.code else bad, _ADVICE)


_OWN = (
    *("id", "created", "updated", "authors", "title", "msc-class", "acm-class", "report-no", "journal-ref", "comments", "abstract"),
    *("categories", "doi", "proxy", "license", "submitter", "version"),
)
_DUBLIN_CORE = (
    *("title", "creator", "subject", "description", "date", "type", "identifier", "language", "publisher", "rights", "format", "relation"),
    *("contributor", "source", "coverage"),
)
_HEADER = ("header", "header/identifier", "header/datestamp", "header/setSpec", "metadata")
_PATHS = [
    *_HEADER,
    *("metadata/" + name for name in ("arXiv", "arXivRaw", "arXivOld", "dc")),
    *(f"metadata/{form}/{name}" for form, name in product(("arXiv", "arXivRaw", "arXivOld"), _OWN)),
    *(f"metadata/arXiv/authors/{name}" for name in ("author", *("author/" + part for part in ("keyname", "forenames", "suffix", "affiliation")))),
    *(f"metadata/arXivRaw/version/{name}" for name in ("date", "size", "source_type")),
    *(f"metadata/dc/{name}" for name in _DUBLIN_CORE),
]
_ATTRIBUTES = [
    "header/@status",
    "metadata/arXivRaw/version/@version",
    *(f"metadata/{form}/@schemaLocation" for form in ("arXiv", "arXivRaw", "arXivOld", "dc")),
]
KNOWN = frozenset([*((f"{_RECORD}/{path}", "element") for path in _PATHS), *((f"{_RECORD}/{path}", "attribute") for path in _ATTRIBUTES)])
