"""`dblp_xml`: DBLP's dump, or any XML that has DBLP's record elements in it (a person's page, a saved part without the root)."""

import re
from collections.abc import Iterator

from transforms.content import Content
from transforms.json_text import as_json
from transforms.parsed import Page, Part, Passed, Record, Reject, Told, refused
from transforms.sources.dblp_fields import KINDS, MIXED, values_of
from transforms.xml_pieces import Piece, pieces
from transforms.xml_text import BadXml, Element, Root, elements, note_paths, reading_root, rejected

_ROOT = b"dblp"
# What DBLP keeps of people, in the same form as papers.
_PEOPLE = ("www", "person")
_TAGS = frozenset(name.encode() for name in (*KINDS, *_PEOPLE))
_DUMP = re.compile(rb"<dblp[\s>]|<!DOCTYPE\s+dblp\s")
# The attributes that every record has, in either order.
_RECORD = re.compile(rb"<(?:" + b"|".join(sorted(_TAGS)) + rb")\s(?=[^<>]{0,500}?\bkey\s*=)(?=[^<>]{0,500}?\bmdate\s*=)")
_LONGEST_END = 100
_ADVICE = "load a whole dump from dblp.org/xml, or mend the file"


def matches(head: bytes) -> bool:
    """Whether it is XML with DBLP's root or DBLP's records."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and bool(_DUMP.search(start) or _RECORD.search(start))


@reading_root(_ADVICE)
def parse(content: Content, told: Told, root: Root) -> Iterator[Part]:
    """The records of papers, books, theses and data sets; people's pages are passed over."""
    found = passed = 0
    roots: list[Piece] = []
    with content.stream() as stream:
        for piece, element in elements(pieces(stream, _TAGS, told.limits.max_record_bytes, _ROOT), root):
            found = piece.number
            if piece.tag == _ROOT:
                roots.append(piece)
            elif isinstance(element, BadXml):
                yield rejected(piece, None if piece.code else element, _ADVICE)
            elif piece.tag.decode() in _PEOPLE:
                passed += 1
                yield Passed(piece.tag.decode())
            else:
                yield _judged(piece, element, told)
    if _is_misprinted_end(roots, content):
        passed += len(roots)
    else:
        yield from (rejected(piece, None, _ADVICE) for piece in roots)
    if not found:
        yield from refused(Reject("no_paper", f"it looks like DBLP, but no record of it is there; {_ADVICE}"))
        return
    yield Page(read_count=found - passed)


def _judged(piece: Piece, element: Element, told: Told) -> Record | Reject:
    note_paths(told.paths, element, piece.tag.decode(), MIXED)
    values = values_of(element, told.ignored)
    if not values.get("title"):
        reason = f"element {piece.number} at byte {piece.offset}: <{piece.tag.decode()}> {values.get('source_id', 'without key')} has no title"
        return Reject(
            "no_title",
            f"{reason}; nothing to do unless the source mends it",
            piece.number,
            piece.offset,
            piece.length,
            piece.raw,
            values.get("source_id"),
        )
    return Record(piece.number, piece.offset, piece.length, values | {"rest": as_json(values["rest"])})


def _is_misprinted_end(roots: list[Piece], content: Content) -> bool:
    """Whether the root only seems to lack its end: parts of the dump are passed around that end in <dblp> where </dblp> should be."""
    if len(roots) != 2:
        return False
    start, length = roots[0].offset, roots[1].offset - roots[0].offset
    return length <= _LONGEST_END and content.slice(start, length).strip() == b"<dblp>"
