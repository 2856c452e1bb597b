"""`acl_xml`: files of the ACL Anthology, a collection of volumes of papers each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from transforms.content import Content
from transforms.json_text import as_json
from transforms.parsed import Page, Part, Passed, Record, Reject, Told, refused
from transforms.sources.acl_fields import MIXED, Volume, meta_of, values_of
from transforms.xml_pieces import Piece, pieces
from transforms.xml_text import BadXml, Element, Root, elements, note_paths, reading_root, rejected

_ROOT = b"collection"
_OPENINGS = frozenset((b"collection", b"volume"))
_TAGS = frozenset((b"meta", b"frontmatter", b"paper"))
_COLLECTION = re.compile(rb"<collection\s(?=[^<>]{0,500}?\bid\s*=)")
_VOLUME = re.compile(rb"<volume\s(?=[^<>]{0,500}?\bid\s*=)")
_ADVICE = "take the file from the Anthology's repository again, or mend it"


def matches(head: bytes) -> bool:
    """Whether it is XML with the Anthology's root and a volume in it."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = _COLLECTION.search(start) if start.startswith(b"<") else None
    return found is not None and _VOLUME.search(start, found.end()) is not None


@reading_root(_ADVICE)
def parse(content: Content, told: Told, root: Root) -> Iterator[Part]:
    """The papers with what their volume says of them; a volume's own front matter is passed over where it has no title."""
    reading = _Reading(told)
    with content.stream() as stream:
        found = (_closed(piece) for piece in pieces(stream, _TAGS, told.limits.max_record_bytes, _ROOT, _OPENINGS))
        for piece, element in elements(found, root):
            part = reading.part(piece, element)
            if part:
                yield part
    if not reading.has_parts:
        yield from refused(Reject("no_paper", f"it looks like a collection of the Anthology, but no paper is there; {_ADVICE}"))
        return
    yield Page(read_count=reading.read_count)


def _closed(piece: Piece) -> Piece:
    """A start tag alone as an empty element, so that it can be read as one."""
    is_open = piece.code is None and piece.tag in _OPENINGS and piece.raw.endswith(b">") and not piece.raw.endswith(b"/>")
    return replace(piece, raw=piece.raw[:-1] + b"/>") if is_open else piece


def _as_printed(piece: Piece) -> Piece:
    """The piece with its own bytes again, which are one fewer where it was closed."""
    return replace(piece, raw=piece.raw[:-2] + b">") if len(piece.raw) > piece.length else piece


@dataclass(slots=True)
class _Reading:
    """The volume that is being read, and how many papers were found."""

    told: Told
    volume: Volume = field(default_factory=Volume)
    read_count: int = 0
    has_parts: bool = False

    def part(self, piece: Piece, element: Element | BadXml) -> Part | None:
        """What this piece is in the parser's terms; None where it tells of the volume, which what follows it needs."""
        name = piece.tag.decode()
        if isinstance(element, BadXml):
            self.read_count += 1
            self.has_parts = True
            if piece.code is None or name != _ROOT.decode():
                self._enter(name, None)
            return rejected(_as_printed(piece), None if piece.code else element, _ADVICE)
        note_paths(self.told.paths, element, name, MIXED)
        if name in ("collection", "volume", "meta"):
            self._enter(name, element)
            return None
        self.has_parts = True
        values = values_of(element, self.volume)
        if "title" not in values and name == "frontmatter":
            return Passed(name)
        self.read_count += 1
        if "title" not in values:
            reason = f"element {piece.number} at byte {piece.offset}: <{name}> {values.get('source_id', 'without id')} has no title; {_ADVICE}"
            return Reject("no_title", reason, piece.number, piece.offset, piece.length, piece.raw, values.get("source_id"))
        return Record(piece.number, piece.offset, piece.length, values | {"rest": as_json(values["rest"])})

    def _enter(self, name: str, element: Element | None) -> None:
        """Begin what opens here; what cannot be read is not known, and nothing of what stood before it holds any more."""
        attributes = {} if element is None else dict(element.attrib)
        match name:
            case "collection":
                self.volume = Volume(attributes.get("id", ""))
            case "volume":
                self.volume = Volume(self.volume.collection, attributes.get("id", ""), attributes)
            case "meta":
                self.volume = replace(self.volume, meta={} if element is None else meta_of(element))
