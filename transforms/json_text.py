"""JSON from outside: values with their place, and faults that say where they are."""

import json
import re
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

# Deep enough for any listing, far from Python's own bound.
MAX_DEPTH = 200
# No alternative gives back what it took, and a string that never ends goes to the end: linear time on any text.
_TOKEN = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|"(?:[^"\\]|\\.)*+\\?\Z|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
_HEAD_CHARACTERS = 32_768
_NO_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_TOO_DEEP = b"[" * (MAX_DEPTH + 1)
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * 19
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJson(Exception):
    """These bytes are no JSON; `offset` is where that shows, counted in bytes from their start."""

    def __init__(self, why: str, offset: int = 0) -> None:
        super().__init__(why)
        self.offset = offset


def loads(raw: bytes) -> Any:
    """The value. NaN and infinities are null, a lone surrogate is U+FFFD, a whole number has all its digits, and one beyond any float is its text.
    Raises BadJson, also where brackets are nested more than MAX_DEPTH deep."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as first:
        return _leniently(raw, first)
    check_depth(raw)
    # Of whole numbers beyond 64 bits orjson makes floats. Of so many digits in a row every sixth shows nearly as much, in a sixth of the time.
    if b"000" in raw[::6].translate(_DIGITS) and _LONG_NUMBER in raw.translate(_DIGITS):
        return json.loads(raw)
    return value


def loads_exactly(raw: bytes) -> Any:
    """The value with every number that has a point or an exponent as its text: an id that someone wrote as a number keeps its digits."""
    loads(raw)
    return _clean(json.loads(raw.decode("utf-8"), parse_float=str, parse_constant=lambda _: None))


def _leniently(raw: bytes, first: orjson.JSONDecodeError) -> Any:
    """The value of what orjson refuses: slower, and more lenient where real dumps need it (NaN, large numbers, lone surrogates)."""
    try:
        text = raw.decode("utf-8")
        check_depth(raw)
        return _clean(json.loads(text, parse_float=_float, parse_constant=lambda _: None))
    except UnicodeDecodeError as error:
        raise BadJson(f"byte 0x{raw[error.start]:02X} is not UTF-8", error.start) from None
    except (ValueError, RecursionError):
        raise BadJson(str(first), len(raw.decode("utf-8", "ignore")[: first.pos].encode())) from None


def check_depth(raw: bytes) -> None:
    """Raises BadJson where brackets are nested more than MAX_DEPTH deep; takes linear time on any bytes."""
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    # What is left of the text is its brackets, all of one kind, and its quotes; then the brackets outside of strings, and of those the innermost
    # are taken away again and again.
    marks = raw.translate(_ONE_KIND, _NO_BRACKETS)
    if marks.count(b"[") <= MAX_DEPTH:
        return
    marks = b"".join(marks.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        if _TOO_DEEP in marks:
            break
        fewer = marks.replace(b"[]", b"")
        # Nothing is left, or only brackets that nothing opens or closes: another fault, which others name.
        if len(fewer) == len(marks):
            return
        marks = fewer
    if marks:
        raise BadJson(f"nested more than {MAX_DEPTH} deep")


def as_json(value: Any) -> str | None:
    """The value as JSON text; None for what is empty."""
    return dumps(value) if value else None


def dumps(value: Any) -> str:
    """The value as JSON text, whatever it holds."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(_clean(value), ensure_ascii=False, default=str)


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


def _float(printed: str) -> float | str:
    """The number; its text where it is beyond what a float can be."""
    number = float(printed)
    return number if isfinite(number) else printed


def _clean(value: Any) -> Any:
    """The value without lone surrogates, which no table can hold, and without infinities, which no JSON can."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    return value
