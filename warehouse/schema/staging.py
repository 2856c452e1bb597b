"""Staging: what stands between bronze and silver while a load runs. It is checked, but never published."""

from warehouse.schema.model import Column, Table, Type

RECORDS = Table(
    schema="staging",
    name="records",
    grain="One row per record, its values typed and normalised, before it is joined with others.",
    key=("record_id",),
    columns=(
        Column("record_id", Type.TEXT, "The record."),
        Column("document_id", Type.TEXT, "The document it stands in.", required=True),
        Column("source", Type.TEXT, "Short code of its source.", required=True),
        Column("observed_at", Type.TIMESTAMP, "When its document was seen at the source, UTC.", required=True),
        Column("landed_at", Type.TIMESTAMP, "When its document entered the raw store, UTC.", required=True),
        Column("source_id", Type.TEXT, "The source's own id for the record."),
        Column("kind", Type.TEXT, "What the source says it is."),
        Column("title", Type.TEXT, "The title, white space folded, Unicode NFC; null for an abstract that a source keeps apart."),
        Column("abstract", Type.TEXT, "The abstract, white space folded, Unicode NFC."),
        Column(
            "abstract_rank",
            Type.INTEGER,
            "How far the abstract is to be believed, the smaller the better: 0, or 1 where the page may show a summary, cut it or lose blanks around "
            "words that were searched; null without an abstract.",
            low=0,
            high=1,
        ),
        Column("published_on", Type.DATE, "The date, with the page's year where it prints none; of a range the first day. No day is made up."),
        Column("date_is_inferred", Type.BOOLEAN, "Whether the year of published_on was not printed."),
        Column(
            "year",
            Type.INTEGER,
            "The year of published_on, or that which is printed without a day. Only where no date of any kind is printed, the year that its ACL id "
            "begins with (W03-0405 is of 2003), or that of the venue's file it stands in (paperlists).",
        ),
        Column("authors", Type.JSON, "The authors, as the source names them."),
        Column("first_family", Type.TEXT, "Key of the first author's family name, for comparing."),
        Column("venue", Type.TEXT, "The venue; where none is printed, that of the venue's file it stands in (paperlists)."),
        Column("volume", Type.TEXT, "The volume."),
        Column("issue", Type.TEXT, "The issue."),
        Column("pages", Type.TEXT, "The pages."),
        Column("status", Type.TEXT, "What the source says became of it."),
        Column("organization_id", Type.TEXT, "The organisation's handle in lower case."),
        Column("organization_name", Type.TEXT, "The organisation's name."),
        Column("author_count", Type.INTEGER, "The number of authors."),
        Column("comment_count", Type.INTEGER, "The number of comments."),
        Column("upvote_count", Type.INTEGER, "The number of votes."),
        Column("star_count", Type.INTEGER, "The number of stars of its code repository."),
        Column("citation_count", Type.INTEGER, "The number of citations."),
        Column("arxiv_id", Type.TEXT, "The arXiv id without version and class, also where only its DOI (10.48550/arXiv...) names it."),
        Column(
            "damaged_arxiv_id", Type.TEXT, "What is printed for an arXiv id where it is a number that an id has become (2503.0213 of 2503.02130)."
        ),
        Column("doi", Type.TEXT, "The DOI in lower case, without address, markup and the signs of a sentence around it."),
        Column("identifiers", Type.JSON, "Other identifiers, by scheme."),
        Column("links", Type.JSON, "Addresses printed beside the text."),
    ),
)
