"""Bronze: the sources' own words, and where each stood."""

from warehouse.schema.model import Column, Table, Type

LISTING_STATES = ("normal", "repeat", "truncated")
OBSERVED_AT_SOURCES = ("fetch", "page", "option", "file_name", "modified")
REJECT_CODES = (
    "empty",
    "binary",
    "not_utf8",
    "unknown_format",
    "unreadable",
    "too_large",
    "no_paper",
    "line_too_long",
    "title_without_abstract",
    "abstract_without_title",
    "facts_without_title",
    "cut_off",
)

DOCUMENTS = Table(
    schema="bronze",
    name="documents",
    grain="One row per document ever landed: one sequence of bytes, however often it came.",
    key=("document_id",),
    columns=(
        Column("document_id", Type.TEXT, "The sha256 of the document's bytes, in hexadecimal; its name in the raw store."),
        Column("source", Type.TEXT, "Short code of the source that the bytes come from (hf, ...); null where the format is not known."),
        Column("format", Type.TEXT, "The format recognised from the content (hf_text, ...), or unknown.", required=True),
        Column("path", Type.TEXT, "The path that the document was first loaded from.", required=True),
        Column("url", Type.TEXT, "The address it was fetched from, credentials removed; null for a file."),
        Column("bytes", Type.INTEGER, "Size of the document.", required=True, unit="bytes", low=0),
        Column("observed_at", Type.TIMESTAMP, "When these bytes were seen at their source, UTC.", required=True),
        Column(
            "observed_at_source",
            Type.TEXT,
            "What says when they were seen: the fetch, the page itself, the option --observed-at, the file's name or its modification time.",
            required=True,
            values=OBSERVED_AT_SOURCES,
        ),
        Column("landed_at", Type.TIMESTAMP, "When the bytes entered the raw store, UTC.", required=True),
        Column("listed_on", Type.DATE, "The date that the page says it is of; null where it has none or its year cannot be known."),
        Column("listed_on_is_inferred", Type.BOOLEAN, "Whether the page printed listed_on without its year."),
        Column(
            "listing_state",
            Type.TEXT,
            "Whether the listing is a normal one, repeats the one before it, or is cut off; null where nothing could be read.",
            values=LISTING_STATES,
        ),
        Column("read_count", Type.INTEGER, "Records that the parser saw, kept or not; an unreadable document counts as one.", required=True, low=0),
        Column("kept_count", Type.INTEGER, "Records kept in bronze.records.", required=True, low=0),
        Column("rejected_count", Type.INTEGER, "Records that went to bronze.rejects.", required=True, low=0),
    ),
)

RECORDS = Table(
    schema="bronze",
    name="records",
    grain="One row per paper record as its source printed it.",
    key=("record_id",),
    columns=(
        Column("record_id", Type.TEXT, "The document's first 16 digits, a hyphen and the record's position: the same bytes always give the same id."),
        Column("document_id", Type.TEXT, "The document it stands in.", required=True, references="bronze.documents.document_id"),
        Column("source", Type.TEXT, "Short code of the source (hf, ...).", required=True),
        Column("position", Type.INTEGER, "Where it starts in the document: the line, counted from 1.", required=True, low=0),
        Column("byte_offset", Type.INTEGER, "Where it starts in the document's bytes.", required=True, unit="bytes", low=0),
        Column("byte_length", Type.INTEGER, "How many bytes it takes there.", required=True, unit="bytes", low=0),
        Column("source_id", Type.TEXT, "The source's own id for the record, as text; null where it prints none."),
        Column("title", Type.TEXT, "The title as printed.", required=True),
        Column("abstract", Type.TEXT, "The abstract as printed, line breaks included."),
        Column("published_on", Type.TEXT, "The date as printed (Oct 28, 2024 or Apr 6): silver reads it."),
        Column("venue", Type.TEXT, "The venue as printed."),
        Column("organization_handle", Type.TEXT, "The organisation's name in web addresses (nvidia)."),
        Column("organization_name", Type.TEXT, "The organisation's name as printed (NVIDIA)."),
        Column("author_count", Type.INTEGER, "The number of authors as printed, where the listing gives only that.", unit="authors"),
        Column("comment_count", Type.INTEGER, "The number of comments as printed.", unit="comments"),
        Column("arxiv_id", Type.TEXT, "The arXiv id as printed, always text."),
        Column("doi", Type.TEXT, "The DOI as printed."),
        Column("rest", Type.JSON, "Whatever else the source said of the record, as JSON."),
    ),
)

REJECTS = Table(
    schema="bronze",
    name="rejects",
    grain="One row per record or document that could not be kept.",
    key=("reject_id",),
    columns=(
        Column("reject_id", Type.TEXT, "The document's first 16 digits (or the path's, where no byte could be read), the position and the code."),
        Column(
            "document_id",
            Type.TEXT,
            "The document it stands in; null where no byte could be read.",
            references="bronze.documents.document_id",
        ),
        Column("path", Type.TEXT, "The path that the document was first loaded from.", required=True),
        Column("position", Type.INTEGER, "The line it starts at, counted from 1; null where the whole document is rejected.", low=0),
        Column("code", Type.TEXT, "What is wrong, as a word to group by.", required=True, values=REJECT_CODES),
        Column("reason", Type.TEXT, "What was found, where, and what to do about it.", required=True),
        Column("raw", Type.TEXT, "The first 64 KiB of the rejected bytes, bytes that are not text written as \\x..."),
        Column("byte_offset", Type.INTEGER, "Where the rejected bytes start in the raw store's file.", unit="bytes", low=0),
        Column("byte_length", Type.INTEGER, "How many bytes were rejected.", unit="bytes", low=0),
        Column("first_seen_at", Type.TIMESTAMP, "When these bytes (or this path) were first rejected, UTC.", required=True),
        Column("resolved_at", Type.TIMESTAMP, "When the same path could be read after all, UTC; null while it stands."),
    ),
)

TABLES = (DOCUMENTS, RECORDS, REJECTS)
