"""The registry of what can be fetched: one line each. CONTRIBUTING.md walks through adding a source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.fetch import arxiv, crossref, hf, openalex, url
from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Source
from flows.settings import Settings
from warehouse.errors import InputError

# Options by the names of their fields, as they are typed.
SPELLED = {"urls": "URL", "first": "--from", "last": "--to", "set_name": "--set", "filter_text": "--filter", "by": "--by", "ids": "--id"}


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How to make a source from the settings, the keys and the command's options; and which of these options it heeds."""

    source: Callable[[Settings, Redactor, Options], Source]
    heeds: Sequence[str]


FETCHERS = {
    "hf": Fetcher(hf.source, ("first", "last", "ids")),
    "arxiv": Fetcher(arxiv.source, ("first", "last", "set_name")),
    "openalex": Fetcher(openalex.source, ("first", "last", "filter_text", "by")),
    "crossref": Fetcher(crossref.source, ("first", "last", "filter_text")),
    "url": Fetcher(url.source, ("urls",)),
}


def source_of(name: str, options: Options, settings: Settings, redactor: Redactor) -> Source:
    """The source of that name. Raises InputError where there is none, and for an option that it would pass over in silence."""
    if name not in FETCHERS:
        raise InputError(f"fetch {name}: there is no such source; there are {', '.join(FETCHERS)}")
    heeds = FETCHERS[name].heeds
    if strange := [typed for field, typed in SPELLED.items() if getattr(options, field) and field not in heeds]:
        raise InputError(f"fetch {name}: {strange[0]} has no meaning here; {name} heeds {', '.join(SPELLED[field] for field in heeds)}")
    if options.ids and (options.first or options.last):
        raise InputError("--id: it names papers and not days; leave --from and --to out")
    return FETCHERS[name].source(settings, redactor, options)
