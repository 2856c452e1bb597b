"""The registry of formats: one line each. CONTRIBUTING.md walks through adding a source."""

from collections.abc import Callable
from dataclasses import dataclass

from transforms.parsed import Parser
from transforms.sources import arxiv_atom, arxiv_oai, hf_text


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, its source's short code, what it is for a reader, how its first bytes are known, its parser,
    and the paths and types that the parser knows (transforms.paths), so that others show up as drift."""

    name: str
    source: str
    about: str
    matches: Callable[[bytes], bool]
    parse: Parser
    known: frozenset[tuple[str, str]] = frozenset()
    # Paths of JSON objects whose keys are data (a word of an abstract), not names.
    opaque: frozenset[str] = frozenset()


# The first that matches counts: what is particular stands before what is general.
FORMATS = (
    Format("arxiv_oai", "arxiv", "answers of arXiv's OAI-PMH server", arxiv_oai.matches, arxiv_oai.parse, arxiv_oai.KNOWN),
    Format("arxiv_atom", "arxiv", "feeds of arXiv's API and RSS (Atom, RSS 2.0)", arxiv_atom.matches, arxiv_atom.parse, arxiv_atom.KNOWN),
    Format("hf_text", "hf", "text dumps of Hugging Face paper pages", hf_text.matches, hf_text.parse),
)
