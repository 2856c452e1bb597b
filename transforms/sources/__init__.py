"""The registry of formats: one line each. CONTRIBUTING.md walks through adding a source."""

from collections.abc import Callable
from dataclasses import dataclass

from transforms.parsed import Parser
from transforms.sources import (
    acl,
    acl_fields,
    arxiv_atom,
    arxiv_oai,
    arxiv_snapshot,
    bibtex,
    crossref,
    crossref_paths,
    csv_table,
    dblp,
    dblp_fields,
    hf_detail,
    hf_html,
    hf_json,
    hf_markdown,
    hf_notebook,
    hf_text,
    json_table,
    openalex,
    openalex_paths,
    paperlists,
    parquet_table,
    ris,
)
from transforms.sources import semanticscholar as s2
from transforms.sources import semanticscholar_paths as s2_paths
from transforms.sources.csv_columns import KNOWN as CSV_KNOWN
from transforms.sources.hf_paths import KNOWN as HF_KNOWN
from transforms.sources.hf_paths import OPAQUE as HF_OPAQUE
from transforms.sources.hf_preamble import KNOWN_NOTES


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
    Format("hf_json", "hf", "answers of Hugging Face's papers API", hf_json.matches, hf_json.parse, HF_KNOWN, HF_OPAQUE),
    Format("hf_html", "hf", "saved pages of Hugging Face papers", hf_html.matches, hf_html.parse, HF_KNOWN, HF_OPAQUE),
    Format("arxiv_oai", "arxiv", "answers of arXiv's OAI-PMH server", arxiv_oai.matches, arxiv_oai.parse, arxiv_oai.KNOWN),
    Format("arxiv_atom", "arxiv", "feeds of arXiv's API and RSS (Atom, RSS 2.0)", arxiv_atom.matches, arxiv_atom.parse, arxiv_atom.KNOWN),
    Format("dblp_xml", "dblp", "DBLP's XML", dblp.matches, dblp.parse, dblp_fields.KNOWN),
    Format("acl_xml", "acl", "XML of the ACL Anthology", acl.matches, acl.parse, acl_fields.KNOWN),
    Format("arxiv_snapshot", "arxiv", "the arXiv metadata snapshot", arxiv_snapshot.matches, arxiv_snapshot.parse, arxiv_snapshot.KNOWN),
    Format("openalex", "openalex", "OpenAlex works", openalex.matches, openalex.parse, openalex_paths.KNOWN, openalex_paths.OPAQUE),
    Format("s2_papers", "semanticscholar", "Semantic Scholar papers", s2.matches_papers, s2.parse_papers, s2_paths.PAPERS),
    Format("s2_abstracts", "semanticscholar", "Semantic Scholar abstracts", s2.matches_abstracts, s2.parse_abstracts, s2_paths.ABSTRACTS),
    Format("crossref", "crossref", "Crossref works", crossref.matches, crossref.parse, crossref_paths.KNOWN),
    Format("paperlists", "paperlists", "venue files of paperlists (JSON)", paperlists.matches, paperlists.parse, paperlists.KNOWN),
    Format("hf_detail", "hf", "text dumps of one paper's Hugging Face page", hf_detail.matches, hf_detail.parse, HF_KNOWN | KNOWN_NOTES, HF_OPAQUE),
    Format("hf_notebook", "hf", "NotebookLM exports of Hugging Face paper pages", hf_notebook.matches, hf_notebook.parse, KNOWN_NOTES),
    Format("hf_markdown", "hf", "Hugging Face paper pages saved as Markdown", hf_markdown.matches, hf_markdown.parse, KNOWN_NOTES),
    Format("hf_text", "hf", "text dumps of Hugging Face paper pages", hf_text.matches, hf_text.parse),
    Format("bibtex", "bibtex", "BibTeX", bibtex.matches, bibtex.parse, bibtex.KNOWN),
    Format("ris", "ris", "RIS", ris.matches, ris.parse, ris.KNOWN),
    Format("json_table", "json", "tables of papers as JSON (lines or an array)", json_table.matches, json_table.parse, json_table.KNOWN),
    Format("parquet", "parquet", "tables of papers in Parquet", parquet_table.matches, parquet_table.parse, CSV_KNOWN),
    Format("csv", "csv", "tables of papers (CSV, TSV)", csv_table.matches, csv_table.parse, CSV_KNOWN),
)
