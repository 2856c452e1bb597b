"""`json_table`: papers as JSON objects with a table's column names for keys, one a line or in an array, as data frames write them."""

from collections.abc import Iterator

from transforms.content import Content
from transforms.json_text import loads_exactly
from transforms.parsed import Part, Passed, Told
from transforms.paths import known_paths
from transforms.sources import arxiv_snapshot, crossref, hf_json, openalex, paperlists, semanticscholar
from transforms.sources.csv_columns import KNOWN as NAMES
from transforms.sources.csv_columns import columns_of
from transforms.sources.given_fields import Fields
from transforms.sources.json_records import NO_TITLE, Layout, Refusal, parse_records
from transforms.sources.object_values import values_of_object

_LAYOUT = Layout()
_OF_SOURCES = (
    hf_json.matches,
    arxiv_snapshot.matches,
    openalex.matches,
    semanticscholar.matches_papers,
    semanticscholar.matches_abstracts,
    crossref.matches,
    paperlists.matches,
)
# An object with a title may be anything (a web page, a slide); with one of these beside it, it is a paper.
_BESIDE_TITLE = {"authors", "published_on", "venue", "doi", "arxiv_id", "abstract"}
# Anything may have a name.
_NO_TITLES = {"name"}
KNOWN = known_paths({name: "string integer number boolean array" for name, _ in NAMES})


def matches(head: bytes) -> bool:
    """Whether the first objects have a title and something else that papers have, and are not of a source whose format is its own."""
    names = sorted(path for path in _LAYOUT.paths(head) if "." not in path and path.lower() not in _NO_TITLES)
    places = columns_of(names).places
    return "title" in places and bool(_BESIDE_TITLE & set(places)) and not any(is_of_source(head) for is_of_source in _OF_SOURCES)


def parse(content: Content, told: Told) -> Iterator[Part]:
    """One record per object."""
    return parse_records(content, told, _LAYOUT, _values)


def _values(fields: Fields, raw: bytes) -> Fields | Refusal | Passed:
    values = values_of_object(fields, frozenset(), lambda name: loads_exactly(raw)[name])
    return values if "title" in values else Refusal(NO_TITLE.code, NO_TITLE.why, values.get("source_id"))
