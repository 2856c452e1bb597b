"""Silver: normalised and deduplicated, with the reason of every merge and every value."""

from warehouse.schema.model import Column, Table, Type

LINK_KINDS = ("github", "huggingface", "arxiv", "other")
SCHEMES = ("arxiv", "doi", "openalex", "dblp", "acl", "openreview", "semanticscholar", "pmid")
MATCH_RULES = (
    "only_record",
    "pinned",
    "same_identifier",
    "same_source_id",
    "same_title_same_abstract",
    "same_title_similar_abstract",
    "same_title_same_facts",
    "similar_title_same_facts",
    "similar_title_same_abstract",
)
WORK_RULES = ("only_paper", "version_by_identifier", "version_by_title_and_authors", "version_by_abstract", "notice_of")
FIELDS = (
    "title",
    "abstract",
    "published_on",
    "year",
    "authors",
    "venue",
    "volume",
    "issue",
    "pages",
    "kind",
    "status",
    "organization_id",
    "author_count",
    "arxiv_id",
    "doi",
)

# What a paper is among the versions of its work, the preferred first. A notice corrects or withdraws another paper.
MANIFESTATIONS = ("published", "unknown", "preprint", "notice")
AUTHOR_RULES = ("orcid", "source_author_id", "one_paper")
# Why a paper stands for its work: what sets it apart from the next one.
PREFERENCES = ("only_paper", "not_a_notice", "published", "not_a_preprint", "most_complete", "earliest", "first_id")

_PAPER_ID = Column("paper_id", Type.TEXT, "The paper.", references="silver.papers.paper_id")

PAPERS = Table(
    schema="silver",
    name="papers",
    grain="One row per paper, that is one manifestation: a preprint, a proceedings paper, a journal article, a corrigendum.",
    key=("paper_id",),
    columns=(
        Column("paper_id", Type.TEXT, "The paper's id: given once, kept for ever; after a merge the old one is in silver.id_redirects."),
        Column("work_id", Type.TEXT, "The work that this paper is a version of.", required=True, references="silver.works.work_id"),
        Column(
            "manifestation",
            Type.TEXT,
            "What it is among the versions of its work: published in a journal, book or proceedings; a preprint, or a manuscript that was refused; a "
            "notice that corrects or withdraws another paper; unknown where its kind, venue and identifiers do not say.",
            required=True,
            values=MANIFESTATIONS,
        ),
        Column("title", Type.TEXT, "The best title among its records, as printed there, white space folded, Unicode NFC.", required=True),
        Column(
            "abstract", Type.TEXT, "The abstract with most letters and digits among its records, as printed there, white space folded, Unicode NFC."
        ),
        Column("published_on", Type.DATE, "The most precise date of publication among its records."),
        Column("date_is_inferred", Type.BOOLEAN, "Whether the year of published_on was inferred and not printed; null where there is no date."),
        Column(
            "year",
            Type.INTEGER,
            "The year of published_on, else that which its records print without a day, else that of their ACL ids or of a venue's file.",
            unit="year",
            low=1600,
            high=2100,
        ),
        Column("authors", Type.JSON, "Its authors as the winning record prints them; silver.authorships has the union of all records' authors."),
        Column("venue", Type.TEXT, "Where it was published."),
        Column("volume", Type.TEXT, "The volume."),
        Column("issue", Type.TEXT, "The issue or number."),
        Column("pages", Type.TEXT, "The pages."),
        Column("kind", Type.TEXT, "What its source says it is (article, inproceedings, preprint), in the source's word."),
        Column("status", Type.TEXT, "What its source says became of it (Poster, withdrawn, retracted)."),
        Column(
            "organization_id",
            Type.TEXT,
            "The organisation that the listing names.",
            references="silver.organizations.organization_id",
        ),
        Column(
            "author_count",
            Type.INTEGER,
            "The number of authors, as a listing printed it, else of rows in silver.authorships.",
            unit="authors",
            low=1,
            high=10_000,
        ),
        Column("arxiv_id", Type.TEXT, "Its arXiv id without version, always text."),
        Column("doi", Type.TEXT, "Its DOI in lower case, without the resolver's address."),
        Column("field_count", Type.INTEGER, "How many of these fields have a value: how complete it is.", required=True, unit="fields", low=1),
        Column("record_count", Type.INTEGER, "How many records it was merged from.", required=True, unit="records", low=1),
    ),
)

WORKS = Table(
    schema="silver",
    name="works",
    grain="One row per work: the papers that are versions of one another, a preprint, the article, its corrigendum.",
    key=("work_id",),
    columns=(
        Column("work_id", Type.TEXT, "The work's id."),
        Column("preferred_paper_id", Type.TEXT, "The paper that stands for the work.", required=True, references="silver.papers.paper_id"),
        Column(
            "preferred_because",
            Type.TEXT,
            "What sets that paper apart from the next best: it is no notice about another, it is published, it is no preprint, it has more fields, "
            "it is the earlier, or at last its id is the smaller.",
            required=True,
            values=PREFERENCES,
        ),
        Column("paper_count", Type.INTEGER, "How many papers it groups.", required=True, unit="papers", low=1),
    ),
)

RECORD_PAPERS = Table(
    schema="silver",
    name="record_papers",
    grain="One row per record: which paper it belongs to, and why.",
    key=("record_id",),
    columns=(
        Column("record_id", Type.TEXT, "The record.", references="bronze.records.record_id"),
        Column("paper_id", Type.TEXT, "The paper that it is a record of.", required=True, references="silver.papers.paper_id"),
        Column("rule", Type.TEXT, "The strongest rule that joins it to another record of the paper.", required=True, values=MATCH_RULES),
        Column("score", Type.REAL, "How strong the evidence for that is.", required=True, unit="0 to 1", low=0, high=1),
        Column(
            "matched_record_id",
            Type.TEXT,
            "The record it was joined to by that rule; null for an only record.",
            references="bronze.records.record_id",
        ),
    ),
)

WORK_PAPERS = Table(
    schema="silver",
    name="work_papers",
    grain="One row per paper: which work it is a version of, and why.",
    key=("paper_id",),
    columns=(
        _PAPER_ID,
        Column("work_id", Type.TEXT, "The work that it is a version of.", required=True, references="silver.works.work_id"),
        Column("rule", Type.TEXT, "The strongest rule that joins it to another paper of the work.", required=True, values=WORK_RULES),
        Column("score", Type.REAL, "How strong the evidence for that is.", required=True, unit="0 to 1", low=0, high=1),
        Column(
            "matched_paper_id",
            Type.TEXT,
            "The paper it was joined to by that rule; null for an only paper.",
            references="silver.papers.paper_id",
        ),
    ),
)

ID_REDIRECTS = Table(
    schema="silver",
    name="id_redirects",
    grain="One row per paper id that is no longer in use because its paper was merged into another.",
    key=("old_paper_id",),
    columns=(
        Column("old_paper_id", Type.TEXT, "The id that was given first and is no longer shown."),
        Column("paper_id", Type.TEXT, "The paper it now means.", required=True, references="silver.papers.paper_id"),
    ),
)

IDENTIFIERS = Table(
    schema="silver",
    name="identifiers",
    grain="One row per paper and identifier that a record of it carries.",
    key=("paper_id", "scheme", "value"),
    columns=(
        _PAPER_ID,
        Column("scheme", Type.TEXT, "The kind of identifier.", values=SCHEMES),
        Column("value", Type.TEXT, "The identifier, normalised, always text."),
    ),
)

ORGANIZATIONS = Table(
    schema="silver",
    name="organizations",
    grain="One row per organisation that a listing names.",
    key=("organization_id",),
    columns=(
        Column("organization_id", Type.TEXT, "The organisation's handle in lower case (nvidia)."),
        Column("name", Type.TEXT, "Its name, as most records print it.", required=True),
    ),
)

LINKS = Table(
    schema="silver",
    name="links",
    grain="One row per paper and address that a record of it gives, in its abstract or beside it.",
    key=("paper_id", "url"),
    columns=(
        _PAPER_ID,
        Column("url", Type.TEXT, "The address, without the full stops, brackets and braces that stood around it."),
        Column("kind", Type.TEXT, "What it leads to.", required=True, values=LINK_KINDS),
        Column("record_id", Type.TEXT, "The record that gives it.", required=True, references="bronze.records.record_id"),
    ),
)

OBSERVATIONS = Table(
    schema="silver",
    name="observations",
    grain="One row per paper, source and time at which a source showed its counts.",
    key=("paper_id", "source", "observed_at"),
    columns=(
        _PAPER_ID,
        Column("source", Type.TEXT, "Short code of the source that showed the counts."),
        Column("observed_at", Type.TIMESTAMP, "When they were seen, UTC."),
        Column("upvotes", Type.INTEGER, "Votes shown.", unit="votes", low=0),
        Column("comments", Type.INTEGER, "Comments shown.", unit="comments", low=0),
        Column("stars", Type.INTEGER, "Stars of its code repository.", unit="stars", low=0),
        Column("citations", Type.INTEGER, "Citations counted.", unit="citations", low=0),
    ),
)

FIELD_SOURCES = Table(
    schema="silver",
    name="field_sources",
    grain="One row per paper, field and distinct value that its records give: the value that won, and those that lost.",
    key=("paper_id", "field", "rank"),
    columns=(
        _PAPER_ID,
        Column("field", Type.TEXT, "The column of silver.papers; date_is_inferred goes with published_on.", values=FIELDS),
        Column("rank", Type.INTEGER, "Place of the value by the field's criteria (transforms/dedupe/survivorship.toml); 1 won.", low=1),
        Column("is_winner", Type.BOOLEAN, "Whether this is the value in silver.papers.", required=True),
        Column(
            "record_id",
            Type.TEXT,
            "The record that gives it; the first of them by id where several do.",
            required=True,
            references="bronze.records.record_id",
        ),
        Column("record_count", Type.INTEGER, "How many records of the paper give it.", required=True, unit="records", low=1),
        Column("value", Type.TEXT, "The losing value, as text; null for the winner, which stands in silver.papers."),
    ),
)

AUTHORSHIPS = Table(
    schema="silver",
    name="authorships",
    grain="One row per paper and author of it: within a paper the union of what its records say, each author in the best spelling.",
    key=("paper_id", "position"),
    columns=(
        _PAPER_ID,
        Column("position", Type.INTEGER, "Place among the authors of the best list, from 1; whom only other lists name stands behind.", low=1),
        Column("author_id", Type.TEXT, "The author.", required=True, references="silver.authors.author_id"),
        Column("name", Type.TEXT, "The name, given name first where the source tells the parts apart.", required=True),
        Column("given", Type.TEXT, "The given names, where the source tells them apart."),
        Column("family", Type.TEXT, "The family name, where the source tells it apart."),
        Column("orcid", Type.TEXT, "The ORCID, as its 16 digits in groups of four."),
        Column("source_author_id", Type.TEXT, "The id that a source gives the person, after the source's code (openalex:A12); the first of several."),
        Column("source_author_ids", Type.JSON, "All of those ids, as an array of text."),
        Column("affiliations", Type.JSON, "The affiliations that the best record with any prints, as an array of text."),
        Column("record_id", Type.TEXT, "The record that gives the name.", required=True, references="bronze.records.record_id"),
    ),
)

AUTHORS = Table(
    schema="silver",
    name="authors",
    grain="One row per author: a person whom an ORCID or a source's own id joins across papers, else one author of one paper.",
    key=("author_id",),
    columns=(
        Column(
            "author_id",
            Type.TEXT,
            "What joins the author: orcid:0000-..., else the first of the sources' ids (openalex:A12), else the paper and the place there (p12/3).",
        ),
        Column("name", Type.TEXT, "The best spelling of the name.", required=True),
        Column("given", Type.TEXT, "The given names, where that record's source tells them apart."),
        Column("family", Type.TEXT, "The family name, where that record's source tells it apart."),
        Column("orcid", Type.TEXT, "The ORCID; null where nobody gives one."),
        Column("rule", Type.TEXT, "What joins the author's papers; a name alone never does.", required=True, values=AUTHOR_RULES),
        Column("paper_count", Type.INTEGER, "How many papers the author has.", required=True, unit="papers", low=1),
    ),
)

ID_REPAIRS = Table(
    schema="silver",
    name="id_repairs",
    grain="One row per record and identifier that a spreadsheet or a data frame had damaged and another record proves.",
    key=("record_id", "scheme"),
    columns=(
        Column("record_id", Type.TEXT, "The record that prints the damaged value.", references="bronze.records.record_id"),
        Column("scheme", Type.TEXT, "The kind of identifier.", values=SCHEMES),
        Column("printed_value", Type.TEXT, "What it prints (2503.0213).", required=True),
        Column("repaired_value", Type.TEXT, "The identifier that this was (2503.02130).", required=True),
        Column(
            "proof_record_id",
            Type.TEXT,
            "A record with the same title whose intact identifier is one that the damaged value can have come from, and the only such identifier.",
            required=True,
            references="bronze.records.record_id",
        ),
    ),
)

# Their rows are made of the records of one paper, and are the same as long as those are.
OF_PAPERS = (PAPERS, IDENTIFIERS, AUTHORSHIPS, LINKS, OBSERVATIONS, FIELD_SOURCES)
TABLES = (
    PAPERS,
    WORKS,
    RECORD_PAPERS,
    WORK_PAPERS,
    ID_REDIRECTS,
    IDENTIFIERS,
    ID_REPAIRS,
    AUTHORSHIPS,
    AUTHORS,
    ORGANIZATIONS,
    LINKS,
    OBSERVATIONS,
    FIELD_SOURCES,
)
