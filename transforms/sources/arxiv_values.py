"""What arXiv's formats have in common: fields of an element, lists of DOIs, withdrawals, and which date is the first version's."""

import re
from collections import defaultdict
from typing import Any

from transforms.json_text import as_json
from transforms.xml_text import Element, local, text_of

_WITHDRAWN = re.compile(
    r"^\s*\W?withdrawn\b"
    r"|\b(?:this|the) (?:paper|article|manuscript|submission|work|preprint|draft|note|version)\s+(?:has\s+been|is|was)\s+withdrawn\b",
    re.IGNORECASE,
)
_BETWEEN_DOIS = re.compile(r"[\s;]+|,(?=\s)")
_ID_MONTH = re.compile(r"(?:^|/)(\d\d)(0[1-9]|1[0-2])(?:\.\d|\d{3}$)")
_DAY = re.compile(r"(\d{4})-(\d\d)-\d\d")
# The first archive opened in 1991: a two-digit year below that is of this century.
_FIRST_YEAR = 91


class Fields:
    """The children of an element by local name. What is not taken is left for `rest`, and so are attributes of what is taken as text."""

    def __init__(self, element: Element | None) -> None:
        self._children: defaultdict[str, list[Element]] = defaultdict(list)
        self._attributes: dict[str, Any] = {}
        for child in element if element is not None else ():
            self._children[local(child.tag)].append(child)

    def elements(self, name: str) -> list[Element]:
        """All children of that name; they are taken, with all they have."""
        return self._children.pop(name, [])

    def first(self, name: str) -> Element | None:
        """The first child of that name, which is taken, and no others."""
        children = self._children.get(name)
        if not children:
            return None
        if len(children) == 1:
            del self._children[name]
        return children.pop(0)

    def texts(self, name: str) -> list[str]:
        """The text of all children of that name that have any; they are taken."""
        return [text for child in self.elements(name) if (text := self._text(name, child))]

    def text(self, name: str) -> str | None:
        """The text of the first child of that name, which is taken, and no others."""
        child = self.first(name)
        return None if child is None else self._text(name, child)

    def _text(self, name: str, child: Element) -> str | None:
        for attribute, value in child.attrib.items():
            self._attributes[f"{name}/@{local(attribute)}"] = value
        return text_of(child)

    def left(self) -> dict[str, Any]:
        """What was not taken, by name: text, or an object where there is more in it."""
        found = dict(self._attributes)
        for name, children in self._children.items():
            values = [value for child in children if (value := loose(child)) is not None]
            if values:
                found[name] = values if len(values) > 1 else values[0]
        return found


def loose(element: Element) -> Any:
    """Whatever an element says: its text, or an object of its attributes, children and text; None where it is empty."""
    if len(element) == 0 and not element.attrib:
        return text_of(element)
    found: dict[str, Any] = {f"@{local(name)}": value for name, value in element.attrib.items()}
    if any(child.tail and not child.tail.isspace() for child in element):
        found["text"] = text_of(element)
    elif text := (element.text or "").strip():
        found["text"] = text
    return found | Fields(element).left() or None


def with_dois(text: str | None) -> dict[str, Any]:
    """Columns for a field that may hold several DOIs, parted by white space, a comma or a semicolon."""
    dois = [doi for doi in _BETWEEN_DOIS.split(text or "") if doi]
    return {"doi": dois[0] if dois else None, "identifiers": as_json({"doi": dois[1:]} if dois[1:] else {})}


def says_withdrawn(comments: str | None) -> bool:
    """Whether a comment says that the paper (not one of its theorems) is withdrawn."""
    return bool(comments and _WITHDRAWN.search(comments))


def is_first_version(day: str | None, arxiv_id: str | None) -> bool:
    """Whether a date can be that of a paper's first version: an id carries the month in which it was given, which is that of the submission
    or the one after it. Where either cannot be read, the date is believed."""
    given, printed = _ID_MONTH.search(arxiv_id or ""), _DAY.match(day or "")
    if not given or not printed:
        return day is not None
    century = 1900 if int(given[1]) >= _FIRST_YEAR else 2000
    months_later = (century + int(given[1]) - int(printed[1])) * 12 + int(given[2]) - int(printed[2])
    return months_later in (0, 1)
