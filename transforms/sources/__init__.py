"""The registry of formats: one line each. CONTRIBUTING.md walks through adding a source."""

from collections.abc import Callable
from dataclasses import dataclass

from transforms.parsed import Parser
from transforms.sources import bibtex, csv_table, hf_text, paperlists, ris
from transforms.sources.csv_columns import KNOWN as CSV_KNOWN


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
    Format("paperlists", "paperlists", "venue files of paperlists (JSON)", paperlists.matches, paperlists.parse, paperlists.KNOWN),
    Format("hf_text", "hf", "text dumps of Hugging Face paper pages", hf_text.matches, hf_text.parse),
    Format("bibtex", "bibtex", "BibTeX", bibtex.matches, bibtex.parse, bibtex.KNOWN),
    Format("ris", "ris", "RIS", ris.matches, ris.parse, ris.KNOWN),
    Format("csv", "csv", "tables of papers (CSV, TSV)", csv_table.matches, csv_table.parse, CSV_KNOWN),
)
