"""What an XML element says, as text and as JSON values: one way for all XML sources."""

from collections.abc import Iterable, Mapping
from typing import Any

from transforms.xml_text import Element

# What stands between tags only to lay the file out; a no-break space is the author's.
SPACE = " \t\r\n"
# Elements that mark a stretch of a text up: their words belong to the sentence they stand in.
MARKUP = frozenset({"b", "fixed-case", "i", "ref", "sub", "sup", "tex-math", "tt", "url"})


def words_of(element: Element) -> str:
    """All words in an element as one text, without the white space around them; TeX formulas stand between dollar signs."""
    return _joined(element).strip(SPACE)


def _joined(element: Element) -> str:
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        inner = _joined(child)
        parts += [f"${inner}$" if child.tag == "tex-math" and inner else inner, child.tail or ""]
    return "".join(parts)


def value_of(element: Element) -> Any:
    """The element as a JSON value: its text where that is all it has, else an object of its attributes, elements and `text`; None if it is empty."""
    attributes = element.attrib
    is_text = all(child.tag in MARKUP and not child.attrib for child in element)
    if is_text and not attributes:
        return words_of(element) or None
    pairs: list[tuple[str, Any]] = list(attributes.items())
    if is_text:
        pairs.append(("text", words_of(element)))
    else:
        pairs += [(child.tag, value_of(child)) for child in element]
        pairs.append(("text", "".join([element.text or "", *(child.tail or "" for child in element)]).strip(SPACE)))
    return grouped((name, value) for name, value in pairs if name != "text" or value)


def grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object of names and values; a name that comes several times has a list of its values, in their order."""
    lists: dict[str, list[Any]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in lists.items()}


def known_fields(record: str, fields: Iterable[str], attributes: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
    """Paths of a record's elements (`author/first`), and of the attributes that each may have."""
    found = {(f"{record}/{name}", "element") for name in fields}
    return found | {(f"{record}/{name}/@{attribute}", "attribute") for name, names in attributes.items() for attribute in names}
