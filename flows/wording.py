"""Text from outside, made fit to be printed and stored: file names, titles and bytes can hold anything."""

import os
from pathlib import Path


def printable(text: str) -> str:
    """The text without control characters, line breaks aside: no title and no file name may move a terminal's cursor or colour it."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def path_name(path: Path | str) -> str:
    """The path as text that can be stored: bytes of a name that are no UTF-8 are written as \\x.."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def counted(count: int, what: str) -> str:
    """So many of something: 1 request, 2,000 requests."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
