"""XML from outside, one record at a time: encodings, character entities, safe parsing, and what parsers ask of an element."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps
from html import escape
from html.entities import html5
from typing import Any

from lxml import etree

from transforms.content import Content
from transforms.parsed import Parser, Part, Reject, Told, refused
from transforms.paths import Paths
from transforms.xml_pieces import DOCTYPE, Piece

# An element of lxml, which has no types.
Element = Any

_UTF8 = dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii"), "utf-8")
_LATIN1 = dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1"), "iso-8859-1")
_ENCODINGS = _UTF8 | _LATIN1
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BEFORE_ROOT = re.compile(rb"\s+|<\?|<!--|<!DOCTYPE")
_NAME = re.compile(rb"<([A-Za-z_][\w.:-]*)(?=[\s/>])")
_ATTRIBUTE = re.compile(rb"""\s+([A-Za-z_][\w.:-]*)\s*=\s*("[^"<]*"|'[^'<]*')""")
_ODD_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?=[A-Za-z])")
_REFERENCE_OR_SECTION = re.compile(r"&([A-Za-z][A-Za-z0-9._-]*);|<!\[CDATA\[|<!--")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_WRAPPER = "paperhouse-wrapper"
# Enough for one call to be worth it, little enough that one bad record costs little.
_BATCH = 64
_BATCH_BYTES = 1 << 18
# Saved single records use this prefix without the root that declares it.
_USUAL = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}


class BadXml(Exception):
    """These bytes are no XML that can be read; `offset` is where that shows, from their start, where it is known; `code` a reject code."""

    def __init__(self, why: str, offset: int = 0, code: str = "malformed") -> None:
        super().__init__(why)
        self.offset = offset
        self.code = code


@dataclass(frozen=True, slots=True)
class Root:
    """What a document's beginning says: its encoding, its root element's name as printed, its attributes, where its tag stands."""

    encoding: str
    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    offset: int = 0

    @property
    def name(self) -> str:
        """The root's name without prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def namespaces(self) -> dict[str, str]:
        """Prefix to namespace, as the root declares them; the default one has the prefix ''."""
        return {name.partition(":")[2]: value for name, value in self.attributes if name == "xmlns" or name.startswith("xmlns:")}

    @property
    def namespace(self) -> str | None:
        """The root's own namespace."""
        return self.namespaces.get(self.tag.rpartition(":")[0])


@lru_cache(maxsize=4)
def read_root(head: bytes) -> Root:
    """What the document's first bytes say of its root. Raises BadXml where they do not begin like XML in an encoding that can be read."""
    if head.startswith(_WIDE):
        raise BadXml("this is UTF-16 text; convert it to UTF-8 (iconv) and load it again", 0, "not_utf8")
    at = len(_BYTE_ORDER_MARK) if head.startswith(_BYTE_ORDER_MARK) else 0
    declared = _DECLARED.match(head, at)
    name = declared[1].decode().lower() if declared and not at else "utf-8"
    if name not in _ENCODINGS:
        raise BadXml(f"the encoding {name} cannot be read; convert it to UTF-8 (iconv) and load it again", at, "not_utf8")
    while found := _BEFORE_ROOT.match(head, at):
        at = _behind(head, at, found[0])
    tag = _NAME.match(head, at)
    if tag is None:
        raise BadXml("no root element at its beginning", at)
    encoding, attributes, end = _ENCODINGS[name], [], tag.end()
    while attribute := _ATTRIBUTE.match(head, end):
        attributes.append((attribute[1].decode(encoding, "replace"), attribute[2][1:-1].decode(encoding, "replace")))
        end = attribute.end()
    return Root(encoding, tag[1].decode(encoding, "replace"), tuple(attributes), at)


def reading_root(advice: str) -> Callable[[Callable[[Content, Told, Root], Iterator[Part]]], Parser]:
    """Makes a parser of a function that is told the root too: a document whose root cannot be read is rejected whole, with this advice."""

    def decorate(parse: Callable[[Content, Told, Root], Iterator[Part]]) -> Parser:
        @wraps(parse)
        def parser(content: Content, told: Told) -> Iterator[Part]:
            try:
                root = read_root(content.head())
            except BadXml as error:
                yield from refused(Reject(error.code, f"byte {error.offset}: {error}; {advice}", offset=error.offset))
                return
            yield from parse(content, told, root)

        return parser

    return decorate


def _behind(head: bytes, at: int, opener: bytes) -> int:
    if opener.isspace():
        return at + len(opener)
    if opener == b"<!DOCTYPE":
        found = DOCTYPE.match(head, at)
        end = found.end() if found else -1
    else:
        closer = b"?>" if opener == b"<?" else b"-->"
        end = head.find(closer, at)
        end = end + len(closer) if end >= 0 else -1
    if end < 0:
        raise BadXml("no root element at its beginning", at)
    return end


def element(raw: bytes, root: Root) -> Element:
    """The element that these bytes are, its tag in its namespace. No entity is expanded but those of single characters. Raises BadXml."""
    return _parsed([_text(raw, root)], root)[0]


def elements(pieces: Iterable[Piece], root: Root) -> Iterator[tuple[Piece, Element | BadXml]]:
    """Each piece with its element, or with what is wrong with it. Many are parsed in one call, which is faster by a third."""
    batch: list[tuple[Piece, str | BadXml]] = []
    size = 0
    for piece in pieces:
        batch.append((piece, _text_or_fault(piece, root)))
        size += piece.length if piece.code is None else 0
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield from _read(batch, root)
            batch, size = [], 0
    yield from _read(batch, root)


def text_of(element: Element | None) -> str | None:
    """The text of an element, that of all markup inside it joined, as printed; None where the element is absent or has none but white space."""
    if element is None:
        return None
    text = element.text if len(element) == 0 else "".join(element.itertext())
    return text if text and not text.isspace() else None


@lru_cache(maxsize=4096)
def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def note_paths(paths: Paths, element: Element, root_name: str, mixed: frozenset[str] = frozenset()) -> None:
    """Count every element and attribute below and at this one: `paper/title` as element, `paper/@id` as attribute.

    Inside an element whose name is in `mixed` all markup counts as directly below it, however deep it nests.
    """
    for name in element.attrib:
        paths.note(f"{root_name}/@{local(name)}", "attribute")
    for child in element:
        below = f"{root_name}/{local(child.tag)}"
        paths.note(below, "element")
        if local(child.tag) in mixed:
            _note_flat(paths, child, below)
        elif len(child) or child.attrib:
            note_paths(paths, child, below, mixed)


def rejected(piece: Piece, bad: BadXml | None = None, advice: str = "save or fetch the document again") -> Reject:
    """The reject of a piece that has a fault, or of which `bad` says what is wrong."""
    if bad is None:
        why, code = piece.fault or "it cannot be read", piece.code or "malformed"
    else:
        why, code = f"{bad} (byte {piece.offset + bad.offset})", bad.code
    return Reject(code, f"element {piece.number} at byte {piece.offset}: {why}; {advice}", piece.number, piece.offset, piece.length, piece.raw)


def _note_flat(paths: Paths, element: Element, path: str) -> None:
    for inner in element.iter():
        if inner is not element:
            paths.note(f"{path}/{local(inner.tag)}", "element")
        for name in inner.attrib:
            owner = path if inner is element else f"{path}/{local(inner.tag)}"
            paths.note(f"{owner}/@{local(name)}", "attribute")


def _text_or_fault(piece: Piece, root: Root) -> str | BadXml:
    if piece.code:
        return BadXml(piece.fault or "", 0, piece.code)
    try:
        return _text(piece.raw, root)
    except BadXml as error:
        return error


def _read(batch: list[tuple[Piece, str | BadXml]], root: Root) -> Iterator[tuple[Piece, Element | BadXml]]:
    texts = [text for _, text in batch if isinstance(text, str)]
    try:
        found = iter(_parsed(texts, root)) if texts else iter(())
    except BadXml:
        found = None  # one of them is bad: each is read alone
    for piece, text in batch:
        if isinstance(text, BadXml):
            yield piece, text
        elif found is not None:
            yield piece, next(found)
        else:
            try:
                yield piece, _parsed([text], root)[0]
            except BadXml as error:
                yield piece, error


def _text(raw: bytes, root: Root) -> str:
    """The bytes as text in which every entity is either one of XML's own or written out. Raises BadXml."""
    try:
        text = raw.decode(root.encoding)
    except UnicodeDecodeError as error:
        raise BadXml(f"byte 0x{raw[error.start]:02X} is not UTF-8", error.start, "not_utf8") from None
    return _with_characters(text) if _ODD_REFERENCE.search(text) else text


def _with_characters(text: str) -> str:
    """The text with each character entity as its character, and any other reference as the words it is made of; CDATA and comments as they are."""
    parts: list[str] = []
    at = 0
    while found := _REFERENCE_OR_SECTION.search(text, at):
        name = found[1]
        if name is None:
            end = text.find("]]>" if found[0] == "<![CDATA[" else "-->", found.end())
            if end < 0:
                break  # no XML: the parser says where
            parts.append(text[at:end])
            at = end
        else:
            parts += [text[at : found.start()], found[0] if name in _XML_NAMES else _character(name)]
            at = found.end()
    return "".join([*parts, text[at:]])


def _character(name: str) -> str:
    value = html5.get(f"{name};")
    return f"&amp;{name};" if value is None else escape(value)


def _parsed(texts: list[str], root: Root) -> list[Element]:
    """The elements of these texts, parsed in one call. Raises BadXml where any is bad."""
    opening = _opening(root)
    data = f"{opening}{''.join(texts)}</{_WRAPPER}>".encode()
    try:
        found = list(etree.fromstring(data, _parser()))
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (1, 0))
        raise BadXml(_why(str(error)), _offset(texts[0], line, column - len(opening) if line == 1 else column, root)) from None
    if len(found) != len(texts):
        raise BadXml(f"{len(found)} elements where {len(texts)} was expected" if len(texts) == 1 else "its elements do not nest")
    return found


def _why(message: str) -> str:
    return " ".join(message.replace(_WRAPPER, "the record").partition(", line ")[0].split())


def _offset(text: str, line: int, column: int, root: Root) -> int:
    """About where in the bytes a fault is, from the line and column that the parser gives (which count bytes of UTF-8)."""
    start = 0
    for _ in range(min(line, 1 << 16) - 1):
        found = text.find("\n", start)
        if found < 0:
            break
        start = found + 1
    before = len(text[:start].encode(root.encoding, "replace"))
    return max(0, min(before + max(0, column - 1), len(text.encode(root.encoding, "replace"))))


@lru_cache(maxsize=8)
def _opening(root: Root) -> str:
    spaces = _USUAL | root.namespaces
    # Predefined prefixes must not be declared anew, and one without a namespace cannot be.
    declared = {prefix: uri for prefix, uri in spaces.items() if prefix not in ("xml", "xmlns") and (uri or not prefix)}
    attributes = [f' {"xmlns:" if prefix else "xmlns"}{prefix}="{_quoted(uri)}"' for prefix, uri in declared.items()]
    return f"<{_WRAPPER}{''.join(attributes)}>"


def _quoted(uri: str) -> str:
    return escape(uri.replace("&amp;", "&"))


@lru_cache(maxsize=1)
def _parser() -> Any:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
