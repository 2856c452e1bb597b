"""The registry of formats: one line each. CONTRIBUTING.md walks through adding a source."""

from collections.abc import Callable
from dataclasses import dataclass

from transforms.lines import Buffer
from transforms.parsed import Capture, Limits, Parsed
from transforms.sources import hf_text


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, its source's short code, what it is for a reader, how its first bytes are known, its parser."""

    name: str
    source: str
    about: str
    matches: Callable[[bytes], bool]
    parse: Callable[[Buffer, Capture, Limits], Parsed]


FORMATS = (Format("hf_text", "hf", "text dumps of Hugging Face paper pages", hf_text.matches, hf_text.parse),)
