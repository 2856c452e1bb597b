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
        Column("title", Type.TEXT, "The title, white space folded, Unicode NFC.", required=True),
        Column("abstract", Type.TEXT, "The abstract, white space folded, Unicode NFC."),
        Column("published_on", Type.DATE, "The date, with the page's year where it prints none."),
        Column("date_is_inferred", Type.BOOLEAN, "Whether the year of published_on was not printed."),
        Column("venue", Type.TEXT, "The venue."),
        Column("organization_id", Type.TEXT, "The organisation's handle in lower case."),
        Column("organization_name", Type.TEXT, "The organisation's name."),
        Column("author_count", Type.INTEGER, "The number of authors."),
        Column("comment_count", Type.INTEGER, "The number of comments."),
        Column("arxiv_id", Type.TEXT, "The arXiv id without version."),
        Column("doi", Type.TEXT, "The DOI in lower case."),
    ),
)
