"""What an answer of an OAI-PMH server says beside its records: where the next one begins, what went wrong, how far it came."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from transforms.xml_pieces import pieces
from transforms.xml_text import BadXml, Element, elements, read_root, text_of

_HEAD_BYTES = 1 << 16
_MAX_BYTES = 1 << 20
# arXiv's documentation and its code differ in the name.
_EXPIRES = ("expirationDate", "expires")


@dataclass(frozen=True, slots=True)
class Token:
    """Where a list goes on: the token as it must be sent back (empty where the list is complete), and what is printed with it."""

    text: str
    expires: str | None = None
    cursor: int | None = None
    list_size: int | None = None


def resumption_token(data: bytes) -> Token | None:
    """The answer's resumption token, the last where it has several; None where it has none. Its text is empty at the end of a list."""
    found = _last(data, b"resumptionToken")
    if found is None:
        return None
    expires = next((value for name in _EXPIRES if (value := found.get(name))), None)
    return Token((text_of(found) or "").strip(), expires, _count(found.get("cursor")), _count(found.get("completeListSize")))


def error_code(data: bytes) -> tuple[str, str] | None:
    """The code and the message of the answer's error; None where it has none."""
    found = _last(data, b"error")
    return None if found is None else error_of(found)


def error_of(element: Element) -> tuple[str, str]:
    """The code and the message that an <error> has."""
    return element.get("code") or "unknown", " ".join((text_of(element) or "").split())


def last_datestamp(data: bytes) -> str | None:
    """The datestamp of the last record, as printed: a list that broke off goes on with from= this. None where there is no record."""
    found = _last(data, b"datestamp")
    text = text_of(found)
    return text.strip() if text else None


def _last(data: bytes, name: bytes) -> Element | None:
    """The last element of that name that can be read, wherever it stands."""
    found = None
    for element in _all(data, name):
        found = element
    return found


def _all(data: bytes, name: bytes) -> Iterator[Element]:
    try:
        root = read_root(data[:_HEAD_BYTES])
    except BadXml:
        return
    prefix = root.tag.removesuffix(root.name).encode()
    for _, element in elements(pieces(BytesIO(data), frozenset((prefix + name,)), _MAX_BYTES), root):
        if not isinstance(element, BadXml):
            yield element


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
