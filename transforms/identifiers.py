"""Identifiers as they are compared: one spelling for each, whatever address, prefix, case or markup it is printed with.

What is printed as an identifier and has not its scheme's form gives none. A normal identifier is its own normal form.
"""

import re
from dataclasses import dataclass

import polars as pl

from transforms.keys import unescaped, where

_MONTH = r"(?:0[1-9]|1[0-2])"
# Archives that gave ids before April 2007 (arXiv, "Understanding the arXiv identifier"); since then an id names none.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|"
    "hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
# Four digits from April 2007, five from 2015; years to 1989 backwards, because 91 to 99 are of the last century.
_ARXIV_NEW = rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})[.][0-9]{{4}}|(?:1[5-9]|[2-8][0-9]){_MONTH}[.][0-9]{{5}}"
_ARXIV_OLD = rf"(?:{_ARCHIVES})(?:[.][a-z]{{2}})?/(?:9[1-9]|0[0-7]){_MONTH}[0-9]{{3}}"
_DOI_PREFIX = r"(?:https?://)?(?:[a-z0-9-]+[.-])*doi[.-]org[^/\s]*/+|(?:info|urn):doi[:/]|doi[:.]?\s*"
_ARXIV_PREFIX = (
    r"(?:https?://)?(?:[a-z0-9-]+[.])*arxiv[.]org/+(?:abs|pdf|html|format|ps|e-print|src)/+|abs/|pdf/|(?:oai:)?arxiv(?:[.]org)?\s*:\s*|"
    rf"arxiv (?:e-?prints?|preprint),? |(?:{_DOI_PREFIX})?10[.]48550/arxiv[.]"
)
_ACL_PREFIX = (
    r"(?i:(?:https?://)?(?:www[.])?(?:aclanthology[.](?:org|info)|aclweb[.]org/anthology)/+(?:papers/|pdf/)?(?:[a-z]/[a-z][0-9]{2}/)?|acl:\s*)"
)
_DBLP_PREFIX = r"(?i:(?:https?://)?(?:www[.])?dblp[.](?:org|uni-trier[.]de|dagstuhl[.]de)/+rec/(?:(?:bibtex|bib|html|xml|rdf)[0-9]?/)?|dblp:\s*)"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of identifier: `printed` is the whole text, its first group the identifier; `case` how its letters are written where that makes no
    difference; what stands in `replaced` is then replaced."""

    printed: str
    case: str = "as printed"
    replaced: tuple[tuple[str, str], ...] = ()


SCHEMES = {
    # The version and the class (math.GT/0309136 is math/0309136 to arXiv) are no part of what the id names.
    "arxiv": Scheme(
        rf"(?i)(?:{_ARXIV_PREFIX})*({_ARXIV_NEW}|{_ARXIV_OLD})(?:v[0-9]+)?(?:[.]pdf|[.]ps(?:[.]gz)?|/)?(?:[?#].*)?(?:\s*\[[a-z.-]+\].*)?[.,;]?",
        case="lower",
        replaced=((r"[.][a-z]{2}/", "/"),),
    ),
    "doi": Scheme(rf"""(?i)[(\[<"']*(?:{_DOI_PREFIX})*(10[.][0-9]{{4,9}}(?:[.][0-9]+)*/\S+)""", case="lower"),
    "openalex": Scheme(r"(?i)(?:(?:https?://)?(?:[a-z]+[.])?openalex[.]org/+(?:works/)?)?(w[0-9]+)/?", case="upper"),
    # Master's theses have keys of two parts (ms/Brown92), some books of four.
    "dblp": Scheme(rf"(?:{_DBLP_PREFIX})?([a-z]+(?:/[^\s/?#]+?)+?)(?:[.](?:html|xml|bib|rdf|nt|ttl))?(?:[?#].*)?"),
    "acl": Scheme(
        rf"(?:{_ACL_PREFIX})?([A-Z][0-9]{{2}}-[0-9]{{4,6}}|[0-9]{{4}}[.][^\s./:-]+-[^\s./:]+[.][0-9]+)(?:v[0-9]+)?(?:[.](?:pdf|bib|xml))?/?"
    ),
    "openreview": Scheme(r"(?:(?i:https?://(?:www[.])?openreview[.]net/(?:forum|pdf|attachment)[?]id=))?([^\s/?&#]+)(?:[&#].*)?"),
    "semanticscholar": Scheme(
        r"(?i)(?:(?:https?://)?(?:[a-z]+[.])?semanticscholar[.]org/paper/(?:[^/?#]+/)?)?(?:corpusid:\s*)?([0-9a-f]{40}|[0-9]+)(?:[?#].*)?",
        case="lower",
    ),
    # A column of numbers with gaps comes out of a data frame as 11256386.0, which loses nothing.
    "pmid": Scheme(
        r"(?i)(?:(?:https?://)?(?:(?:www[.])?ncbi[.]nlm[.]nih[.]gov/(?:m/)?pubmed|pubmed[.]ncbi[.]nlm[.]nih[.]gov)/|pmid:?\s*)?0*([1-9][0-9]{0,8})(?:[.]0)?/?"
    ),
}

# No identifier is as long as that, and what is longer is not tidied.
_MAX_LENGTH = 1_000
_ODD = r"[^!-~]|[\\&%{}$]"
_REWRITTEN = (
    # `\_`, `{\_}`, `\textless`, `$<$` of BibTeX.
    (re.compile(r"\\textless(?:\{\})?\s?"), "<"),
    (re.compile(r"\\textgreater(?:\{\})?\s?"), ">"),
    (re.compile(r"\\([^A-Za-z\s])"), r"\1"),
    (re.compile(r"[{}$]"), ""),
)
# Signs that an address writes as %2F and the like; a percent sign is not among them, so that nothing is undone twice.
_ENCODED = re.compile(r"%(2[0-4689A-Fa-f]|3[A-Fa-f]|5[BDbdFf]|40|7[Ee])")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SENTENCE = ".,;:'\"’”"
_BRACKETS = {")": "(", "]": "[", ">": "<"}


def tidied(text: pl.Expr) -> pl.Expr:
    """The text without TeX's escapes, HTML's entities, an address's percent signs and typographic dashes; white space folded."""
    return where(
        text.str.strip_chars(),
        lambda printed: printed.str.contains(_ODD) & (printed.str.len_chars() <= _MAX_LENGTH),
        lambda odd: odd.map_elements(_tidied, return_dtype=pl.String, skip_nulls=True),
    )


def normal(scheme: str, text: pl.Expr) -> pl.Expr:
    """The identifier of this scheme that the text is; null where it is none. An arXiv id is found in its own DOI too (10.48550/arXiv.2104.01111)."""
    rule = SCHEMES[scheme]
    clean = tidied(text)
    found = pl.when(clean.str.len_chars() <= _MAX_LENGTH).then(clean).str.extract(f"^(?:{rule.printed})$", 1)
    if rule.case != "as printed":
        found = found.str.to_lowercase() if rule.case == "lower" else found.str.to_uppercase()
    for pattern, replacement in rule.replaced:
        found = found.str.replace(pattern, replacement)
    return _without_sentence(found) if scheme == "doi" else found


def printed_doi(text: pl.Expr) -> pl.Expr:
    """The normal DOI; what is printed as one and has not its form in lower case, so that a check can name it."""
    return pl.coalesce(normal("doi", text), tidied(text).str.to_lowercase().replace("", None))


def _tidied(text: str) -> str:
    # What is undone may show more to undo (&amp;lt;). Each round makes the text shorter, but for the first.
    before, text = "", " ".join(text.translate(_DASHES | _INVISIBLE).split())
    while before != text:
        before = text
        text = _ENCODED.sub(lambda found: chr(int(found[1], 16)), unescaped(text))
        for pattern, replacement in _REWRITTEN:
            text = pattern.sub(replacement, text)
        text = " ".join(text.translate(_DASHES | _INVISIBLE).split())
    return text


def _without_sentence(doi: pl.Expr) -> pl.Expr:
    """The DOI without the full stop, the quotation mark and the brackets of the sentence around it; null where its name is gone with them."""
    signs = _SENTENCE + "".join(_BRACKETS)
    cut = where(
        doi,
        lambda found: found.str.slice(-1).is_in(list(signs)),
        lambda odd: odd.map_elements(_cut, return_dtype=pl.String, skip_nulls=True),
    )
    return cut.str.extract(r"^(10[.][0-9.]+/\S+)$", 1)


def _cut(text: str) -> str:
    """Closing brackets that nothing in the text opens are the sentence's."""
    while text and (text[-1] in _SENTENCE or (text[-1] in _BRACKETS and text.count(text[-1]) > text.count(_BRACKETS[text[-1]]))):
        text = text[:-1]
    return text
