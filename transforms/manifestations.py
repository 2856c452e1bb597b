"""What a paper is among the versions of its work: published, a preprint, or a notice about another paper."""

import polars as pl

from transforms.dedupe.titles import title_facts

# The first rule that finds its pattern decides. Patterns are looked for in small letters; the words are those of the sources' own lists of kinds
# (Crossref, OpenAlex, Semantic Scholar, DBLP, the ACL Anthology, BibTeX, RIS, PubMed) and of repositories' names.
_ARCHIVES = (
    r"\b(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|socarxiv|edarxiv|techrxiv|engrxiv|eartharxiv|ssrn|preprints?|research square|authorea|"
    r"openreview archive|zenodo|figshare|hal|osf|repec|eprint)\b"
)
_ARCHIVE_DOIS = r"^10\.(?:48550/arxiv|1101/|64898/|2139/ssrn|26434/chemrxiv|21203/rs|20944/preprints|31234/|31219/|36227/|22541/|31223/|5281/zenodo)"
_RULES = (
    (
        "notice",
        "kind",
        r"\b(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|retractions?|retraction of publication|expression[ -]of[ -]concern|withdrawal)\b",
    ),
    ("notice", "notice", r"^(?:correction|retraction)$"),
    ("preprint", "kind", r"preprint|posted-content|unpublished|\bunpb\b|working.?paper|submission"),
    ("preprint", "venue", _ARCHIVES),
    # What was refused or withdrawn is a manuscript, wherever it was sent.
    ("preprint", "status", r"\b(?:desk[ _-]?)?reject|\bwithdr[ae]w"),
    ("published", "venue", r"\w"),
    ("preprint", "doi", _ARCHIVE_DOIS),
    ("published", "doi", r"^10\."),
    (
        "published",
        "kind",
        r"journal|article|proceeding|conference|chapter|\bbook\b|incollection|\bjour\b|\bconf\b|\bcpaper\b|\bchap\b|^paper$|report|thesis|dissertation",
    ),
    # Nobody says where it stands, but for the archive that gave it an id.
    ("preprint", "arxiv_id", r"\d"),
)
# Only titles with one of these can be a notice's; finding a title's words costs more than looking for them.
_SIGNS_OF_A_NOTICE = r"(?i)errat|corrig|correct|retract|withdraw|concern|\(.*\b(?:19|20)\d\d\b.*\)\s*\.?$"


def manifestations(papers: pl.DataFrame) -> pl.Series:
    """For each paper, one of silver.MANIFESTATIONS, from its title, kind, venue, status, doi and arxiv_id."""
    known = papers.select("kind", "venue", "status", "doi", "arxiv_id", notice=_notices(papers["title"]))
    decided = [
        pl.when(pl.col(column).str.to_lowercase().str.contains(pattern)).then(pl.lit(manifestation)) for manifestation, column, pattern in _RULES
    ]
    return known.select(manifestation=pl.coalesce(*decided, pl.lit("unknown"))).to_series()


def _notices(titles: pl.Series) -> pl.Series:
    """What kind of notice each title names; null where it names none."""
    numbered = titles.to_frame("title").with_row_index()
    odd = numbered.filter(pl.col("title").str.contains(_SIGNS_OF_A_NOTICE))
    found = odd.select("index", notice=title_facts(odd["title"])["notice"])
    return numbered.join(found, on="index", how="left", maintain_order="left")["notice"]
