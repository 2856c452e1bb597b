"""Python's printed form of JSON data (`{'id': '2407.13168', 'hidden': False}`) written as JSON again.

Somebody's `str(record)` instead of `json.dumps(record)`. No Python is run or compiled for it: strings are written anew, the three words are replaced,
and a JSON decoder judges what comes out. So the time is linear, the memory is bounded, and what is more than plain data is refused.
"""

import json
import re

# Strings in either quotes, to the end of the text where one never ends; words and brackets that JSON has not; commas before a closing bracket.
_TOKEN = re.compile(
    r"""'(?P<single>[^'\\]*+(?:\\.[^'\\]*+)*+)(?:'|\\?\Z)
      | "(?P<double>[^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)
      | (?P<word>-?\b(?:True|False|None|nan|inf)\b)
      | (?P<tuple>[()])
      | (?P<comma>,(?=\s*+[)\]}]))""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})|([0-7]{1,3})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "'": "'", '"': '"', "\n": ""}
_WORDS = {"True": "true", "False": "false", "None": "null"}
_BRACKETS = {"(": "[", ")": "]"}


def as_json_text(text: str) -> bytes:
    """The text as JSON; what is no printed data comes out as something that is no JSON either."""
    return _TOKEN.sub(_written, text).encode("utf-8", "replace")


def _written(token: re.Match[str]) -> str:
    if token["comma"]:
        return ""
    if bracket := token["tuple"]:
        return _BRACKETS[bracket]
    if word := token["word"]:
        return _WORDS.get(word, "null")
    body = token["single"] if token["single"] is not None else token["double"]
    if "\\" in body:
        body = _ESCAPE.sub(_unescaped, body)
    # With every other character escaped, a lone surrogate too: the decoder knows what to do with it.
    return json.dumps(body)


def _unescaped(escape: re.Match[str]) -> str:
    for digits in escape.group(1, 2, 3):
        if digits:
            return chr(int(digits, 16))
    if octal := escape[4]:
        return chr(int(octal, 8))
    # As in Python, a backslash before any other letter stands for itself.
    return _LETTERS.get(escape[5], escape[0])
