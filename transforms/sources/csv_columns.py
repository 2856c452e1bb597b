"""What the columns of a table of papers are called, and what they hold."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.field_names import plain_name

# Column of bronze.records to the names of table columns, the better first; case, blanks and signs do not count.
_NAMES = {
    "title": "title articletitle papertitle documenttitle primarytitle fulltitle name papername",
    "authors": "authors author authornames authorfullnames authorsfullnames creators creator authorlist authorname",
    "published_on": "publicationdate publisheddate published publishedon publishedat datepublished date submittedon submitteddate year "
    "publicationyear pubyear yearpublished publishyear releasedate issued",
    "updated_on": "updated updatedate updatedat updatedon lastupdated",
    "venue": "journal journalname journaltitle booktitle venue publicationtitle sourcetitle publication conference conferencename containertitle "
    "secondarytitle journalbook publicationname publicationvenue",
    "volume": "volume vol",
    "issue": "issue number issuenumber no",
    "pages": "pages page pagerange pagenumbers",
    "publisher": "publisher",
    "language": "language languageoforiginaldocument",
    "abstract": "abstract abstractnote summary abstracttext",
    "doi": "doi doinumber digitalobjectidentifier",
    "arxiv_id": "arxivid arxiv arxivnumber",
    "pmid": "pmid pubmedid",
    "source_id": "recordid id paperid key citationkey citekey citekeys bibtexkey bibkey eid utuniquewosid accessionnumber itemkey uid corduid",
    "kind": "itemtype documenttype publicationtype entrytype type reftype referencetype",
    "citation_count": "citations citationcount citedby cites timescited timescitedwoscore timescitedallatabases numcitations ncitations gscitation",
    "upvote_count": "upvotes upvotecount",
    "star_count": "stars starcount",
    "url": "url link urls articleurl paperurl landingpage abstracturl abslink bibtexurl",
    "pdf": "pdf pdfurl pdflink fulltexturl",
    "code": "code codeurl github githuburl repo repository repourl githubrepo",
    "openalex": "openalexid openalex",
    "dblp": "dblp dblpkey dblpid",
    "acl": "aclid anthologyid",
    "openreview": "openreviewid",
    "semanticscholar": "s2id semanticscholarid corpusid s2paperid",
    "first_page": "startpage pagestart firstpage",
    "last_page": "endpage pageend lastpage",
}
# Web of Science's tab-delimited export has its field tags for names; ID is a list of keywords there, and SP a sponsor.
_WOS_NAMES = {
    "title": "TI",
    "authors": "AF AU",
    "published_on": "PY",
    "venue": "SO",
    "volume": "VL",
    "issue": "IS",
    "first_page": "BP",
    "last_page": "EP",
    "publisher": "PU",
    "language": "LA",
    "abstract": "AB",
    "doi": "DI",
    "pmid": "PM",
    "source_id": "UT",
    "kind": "DT",
    "citation_count": "TC",
}
# Publish or Perish writes the journal into a column that in other tables is the database.
_SOURCE_IS_VENUE = {"cites", "gsrank"}
# Fields of their own in such tables that have no column of bronze.records.
_OTHERS = (
    "source editor editors keywords authorkeywords indexkeywords issn isbn eissn note notes extra shorttitle series place affiliations "
    "authorswithaffiliations authorsid dateadded datemodified accessdate numpages pagecount artno articlenumber openaccess publicationstage "
    "abbreviatedsourcetitle journalabbreviation issn coden categories tags manualtags automatictags fileattachments linkattachments month day "
    "gsrank querydate citesurl citationurl ecc citesperyear citesperauthor authorcount age relatedurl rank cluster split label"
)
_WOS_OTHERS = (
    "PT BA BE GP BF CA SE BS CT CY CL SP HO DE ID C1 C3 RP EM RI OI FU FP FX CR NR Z9 U1 U2 PI PA SN EI BN J9 JI PD PN SU SI MA AR D2 EA PG WC "
    "WE SC GA OA HC HP DA"
)
KNOWN = frozenset((name, "field") for words in (*_NAMES.values(), _OTHERS, *_WOS_NAMES.values(), _WOS_OTHERS) for name in words.split())


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table: what each is called in print, and for each thing that is known, where it may stand.

    `paths` are their names for drift: a known one without case and signs, any other as printed.
    """

    printed: tuple[str, ...]
    paths: tuple[str, ...]
    places: dict[str, tuple[int, ...]]


def columns_of(header: Sequence[str], ignored: frozenset[str] = frozenset()) -> Columns:
    """The columns of a table with this header. Those of the ignored names (Told.ignored) hold nothing that is known, but for the record's key."""
    is_wos = {"TI", "PT"} <= {name.strip() for name in header}
    plain = [name.strip() if is_wos else plain_name(name) for name in header]
    names = dict(_WOS_NAMES if is_wos else _NAMES)
    if _SOURCE_IS_VENUE & set(plain):
        names["venue"] += " source"
    called: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(plain):
        called[name].append(place)
    places = {}
    for thing, words in names.items():
        spared = frozenset() if thing == "source_id" else ignored
        if found := tuple(place for word in words.split() for place in called.get(word, ()) if plain_name(word) not in spared):
            places[thing] = found
    # A dictionary keeps their order and finds a name that two columns have at once.
    printed: dict[str, None] = {}
    for number, name in enumerate(header, 1):
        wanted = name.strip() or f"column {number}"
        while wanted in printed:
            wanted = f"{wanted} ({number})"
        printed[wanted] = None
    paths = tuple(name if (name, "field") in KNOWN else wanted for name, wanted in zip(plain, printed, strict=True))
    return Columns(tuple(printed), paths, places)


def is_table_of_papers(columns: Columns) -> bool:
    """Whether the header has a title and something else that papers have."""
    return "title" in columns.places and len(columns.places) > 1
