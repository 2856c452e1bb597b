"""A record in the making: its columns, identifiers, links, and the rest, for sources that print them side by side."""

import re
from typing import Any

from transforms.json_text import as_json

_ADDRESS = re.compile(r"(?i)(https?://|ftp://|www\.)\S+|[a-z0-9][\w-]*(\.[\w-]+)*\.[a-z]{2,}(/\S*)?")
_NO_NAME = ("www.", "dx.", "export.")
_TEX_ESCAPE = re.compile(r"\{?\\([_%#&~$])\}?")
_ARXIV_ID = r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?"
# Which identifier the path of an address on this host is.
_ON_HOST = {
    "doi.org": ("doi", re.compile(r"/(10\.\d{4,9}/\S+)")),
    "arxiv.org": ("arxiv", re.compile(rf"/(?:abs|pdf|html|format)/({_ARXIV_ID})(?:\.pdf)?")),
    "dblp.org": ("dblp", re.compile(r"/rec/(?:bibtex\d?/|bib\d?/|html/|xml/)?([a-z]+/[^/?#]+/[^/?#]+?)(?:\.(?:bib|html|xml|rdf))?(?:[?#].*)?")),
    "aclanthology.org": ("acl", re.compile(r"/([A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+)(?:v\d+)?(?:\.pdf|/)?")),
    "aclweb.org": ("acl", re.compile(r"/anthology/(?:papers/[A-Z]/[A-Z]\d\d/)?([A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+)(?:\.pdf|/)?")),
    "openreview.net": ("openreview", re.compile(r"/(?:forum|pdf|attachment)\?id=([\w-]+)(?:&\S*)?")),
    "pubmed.ncbi.nlm.nih.gov": ("pmid", re.compile(r"/(\d+)/?")),
    "ncbi.nlm.nih.gov": ("pmid", re.compile(r"/pubmed/(\d+)/?")),
    "openalex.org": ("openalex", re.compile(r"/(?:works/)?(W\d+)")),
    "semanticscholar.org": ("semanticscholar", re.compile(r"/paper/(?:[^/?#]+/)?([0-9a-f]{40})\S*")),
}
_ON_HOST["dblp.uni-trier.de"] = _ON_HOST["dblp.org"]
_RELS = {"github.com": "code", "gitlab.com": "code", "bitbucket.org": "code", "youtube.com": "video", "youtu.be": "video", "vimeo.com": "video"}
_IN_COLUMN = {"doi": "doi", "arxiv": "arxiv_id"}


def is_address(text: str) -> bool:
    """Whether the text is one web address, with or without its scheme."""
    return _ADDRESS.fullmatch(text) is not None


def identifier_of(url: str) -> tuple[str, str] | None:
    """Scheme and value of the identifier that an address is made of (https://doi.org/10...), where it is one."""
    host, path = _host_and_path(url)
    form = _ON_HOST.get(host)
    if not form:
        return None
    value = form[1].fullmatch(_TEX_ESCAPE.sub(r"\1", path) if "\\" in path else path)
    return (form[0], value[1]) if value else None


def rel_of(url: str) -> str:
    """What an address leads to, as far as it says."""
    rel = _RELS.get(_host_and_path(url)[0], "landing")
    return "pdf" if rel == "landing" and url[-4:].lower() == ".pdf" else rel


def _host_and_path(url: str) -> tuple[str, str]:
    scheme, sign, behind = url.partition("://")
    host, slash, path = (behind if sign else scheme).partition("/")
    host = host.lower()
    for start in _NO_NAME:
        host = host.removeprefix(start)
    return host, slash + path


class Draft:
    """A record's values while they are gathered; what a column already holds is never replaced."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.identifiers: dict[str, list[str]] = {}
        self.links: list[dict[str, str]] = []
        self.rest: dict[str, Any] = {}

    def put(self, column: str, text: str) -> bool:
        """Fill a column; False where it holds something else already."""
        return bool(self.values.setdefault(column, text) == text)

    def identify(self, scheme: str, value: str) -> None:
        """Add an identifier: the first arXiv id and the first DOI to their columns, any other to the object of identifiers."""
        column = _IN_COLUMN.get(scheme)
        if column and _is_same(self.values.setdefault(column, value), value):
            return
        of_scheme = self.identifiers.setdefault(scheme, [])
        if value not in of_scheme:
            of_scheme.append(value)

    def link(self, url: str, rel: str | None = None, identifies: bool = True) -> None:
        """Add an address, and the identifier that it is made of where it is the paper's own address."""
        one = {"url": url, "rel": rel or rel_of(url)}
        if one not in self.links:
            self.links.append(one)
        if identifies and (found := identifier_of(url)):
            self.identify(*found)

    def keep(self, name: str, value: Any) -> None:
        """Put what no column has into the rest; a second value of the same name makes it a list."""
        if name not in self.rest:
            self.rest[name] = value
        elif isinstance(self.rest[name], list):
            self.rest[name].append(value)
        else:
            self.rest[name] = [self.rest[name], value]

    def done(self) -> dict[str, Any]:
        """The columns of bronze.records."""
        for column, value in (("identifiers", self.identifiers), ("links", self.links), ("rest", self.rest)):
            if value:
                self.values[column] = as_json(value)
        return self.values


def _is_same(one: str, other: str) -> bool:
    """Whether two printed DOIs or arXiv ids differ only in case and TeX's escapes."""
    return one == other or one.strip().replace("\\", "").lower() == other.replace("\\", "").lower()
