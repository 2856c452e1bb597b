"""JSON from outside: values with their place, and faults that say where they are."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

# Deep enough for any listing, far from Python's own bound.
MAX_DEPTH = 200
# No alternative gives back what it took, and a string that never ends goes to the end: linear time on any text.
_TOKEN = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|"(?:[^"\\]|\\.)*+\\?\Z|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
_HEAD_CHARACTERS = 32_768
_SPACE = re.compile(r"[\s\ufeff]*")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJson(Exception):
    """These bytes are no JSON; `offset` is where that shows, counted in bytes from their start."""

    def __init__(self, why: str, offset: int = 0) -> None:
        super().__init__(why)
        self.offset = offset


def loads(raw: bytes) -> Any:
    """The value. NaN and infinities are null, a lone surrogate is U+FFFD, a number too large for 64 bits is an int. Raises BadJson."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as first:
        try:
            # Slower, and more lenient where real dumps need it: NaN, large numbers, lone surrogates.
            text = raw.decode("utf-8")
            if _depth(text) > MAX_DEPTH:
                raise BadJson(f"nested more than {MAX_DEPTH} deep")
            return _clean(json.loads(text, parse_constant=lambda _: None))
        except UnicodeDecodeError as error:
            raise BadJson(f"byte 0x{raw[error.start]:02X} is not UTF-8", error.start) from None
        except (ValueError, RecursionError):
            raise BadJson(str(first), len(raw.decode("utf-8", "ignore")[: first.pos].encode())) from None


def loads_exactly(raw: bytes) -> Any:
    """The value with every number that has a point or an exponent as its text: an id that someone wrote as a number keeps its digits."""
    loads(raw)
    return _clean(json.loads(raw, parse_float=str, parse_constant=lambda _: None))


def as_json(value: Any) -> str | None:
    """The value as JSON text; None for what is empty."""
    return dumps(value) if value else None


def dumps(value: Any) -> str:
    """The value as JSON text, whatever it holds."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an array: its number from 1, its place in bytes, its value, or why it has none."""

    number: int
    offset: int
    length: int
    value: Any
    fault: str | None = None


def elements(text: str, start: int = 0) -> Iterator[Element]:
    """The elements of the array whose `[` is the character at `start`. After a fault nothing more can be told apart: the rest is one element.

    Places are in bytes of UTF-8 from the text's beginning.
    """
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    at, number = _after_space(text, start + 1), 0
    place = len(text[:at].encode("utf-8", "surrogatepass"))
    while at < len(text) and text[at] != "]":
        number += 1
        try:
            value, end = decoder.raw_decode(text, at)
            value = _clean(value)
        except (ValueError, RecursionError) as error:
            why = str(error) if isinstance(error, ValueError) else "nested too deep"
            yield Element(number, place, len(text[at:].encode("utf-8", "surrogatepass")), None, why)
            return
        length = len(text[at:end].encode("utf-8", "surrogatepass"))
        yield Element(number, place, length, value)
        following = _after_space(text, end)
        if following < len(text) and text[following] == ",":
            following = _after_space(text, following + 1)
        elif following >= len(text) or text[following] != "]":
            left = text[following:]
            # An array that is cut off right behind an element lacks nothing that could be named but its end.
            if left:
                gap = len(text[end:following].encode("utf-8", "surrogatepass"))
                yield Element(number + 1, place + length + gap, len(left.encode("utf-8", "surrogatepass")), None, "no comma between two elements")
            return
        place += length + len(text[end:following].encode("utf-8", "surrogatepass"))
        at = following


@lru_cache(maxsize=4)
def head_paths(head: bytes) -> frozenset[str]:
    """The paths of keys in the first value of a JSON text or of JSON lines, as far as its first bytes show them: `[].paper.id`, `items[].DOI`, `id`.

    Empty where it does not begin like JSON. Never raises.
    """
    text = head.decode("utf-8", "replace")[:_HEAD_CHARACTERS].lstrip("\ufeff \t\r\n")
    if text[:1] not in ("{", "["):
        return frozenset()
    found: set[str] = set()
    stack: list[tuple[str, str]] = []  # bracket and path of each container that is open
    key, is_key, is_value = "", False, False
    for token in _TOKEN.finditer(text):
        mark = token[0]
        here = stack[-1][1] if stack else ""
        if mark in "{[":
            if len(stack) >= MAX_DEPTH:
                break
            inner = (f"{here}.{key}" if here else key) if is_value else here
            stack.append((mark, inner if mark == "{" else f"{inner}[]"))
            is_key, is_value = mark == "{", False
        elif mark in "}]":
            stack.pop()
            if not stack:
                break
            is_key = is_value = False
        elif mark == ",":
            is_key, is_value = stack[-1][0] == "{", False
        elif mark == ":":
            is_value = True
        elif token[1] is not None and is_key:
            key, is_key = token[1], False
            found.add(f"{here}.{key}" if here else key)
    return frozenset(found)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _depth(text: str) -> int:
    depth = most = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "{[":
            depth += 1
            most = max(most, depth)
        elif token[0] in "}]":
            depth -= 1
    return most


def _clean(value: Any) -> Any:
    """The value without lone surrogates, which no table can hold."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    return value
