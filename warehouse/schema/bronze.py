"""Bronze: the sources' own words, and where each stood."""

from warehouse.schema.model import Column, Table, Type

LISTING_STATES = ("normal", "repeat", "truncated")
OBSERVED_AT_SOURCES = ("fetch", "page", "option", "file_name", "modified")
PATH_TYPES = ("string", "integer", "number", "boolean", "null", "object", "array", "element", "attribute", "field")
REJECT_CODES = (
    # of a whole document
    "empty",
    "binary",
    "not_utf8",
    "unknown_format",
    "unreadable",
    "too_large",
    "no_paper",
    "error_answer",
    "bad_archive",
    "encrypted",
    # of a part
    "malformed",
    "no_title",
    "record_too_large",
    "line_too_long",
    "title_without_abstract",
    "abstract_without_title",
    "facts_without_title",
    "cut_off",
    "parser_failed",
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
        Column("bytes", Type.INTEGER, "Size of the document, unpacked.", required=True, unit="bytes", low=0),
        Column("archive_id", Type.TEXT, "The sha256 of the archive that it came in, the file in the raw store; null where it came as it is."),
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
        Column("listed_on_is_inferred", Type.BOOLEAN, "Whether listed_on was not printed in full: its year was inferred, or the file's name has it."),
        Column(
            "listing_state",
            Type.TEXT,
            "Whether the listing is a normal one, repeats the one before it, or is cut off; null where nothing could be read.",
            values=LISTING_STATES,
        ),
        Column("read_count", Type.INTEGER, "Records that the parser saw, kept or not; an unreadable document counts as one.", required=True, low=0),
        Column("kept_count", Type.INTEGER, "Records kept in bronze.records.", required=True, low=0),
        Column("rejected_count", Type.INTEGER, "Records that went to bronze.rejects.", required=True, low=0),
        Column("passed_count", Type.INTEGER, "Entries that are no paper by their type (a person's page, a deleted record).", required=True, low=0),
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
        Column("position", Type.INTEGER, "Where it starts in the document: the line or the element, counted from 1.", required=True, low=0),
        Column("byte_offset", Type.INTEGER, "Where it starts in the document's bytes.", required=True, unit="bytes", low=0),
        Column("byte_length", Type.INTEGER, "How many bytes it takes there.", required=True, unit="bytes", low=0),
        Column("source_id", Type.TEXT, "The source's own id for the record, as text; null where it prints none."),
        Column("kind", Type.TEXT, "What the source says it is (article, inproceedings, preprint, erratum), in its own words."),
        Column("title", Type.TEXT, "The title as printed; null only where a source keeps abstracts apart from papers (Semantic Scholar)."),
        Column("abstract", Type.TEXT, "The abstract as printed, line breaks included."),
        Column(
            "authors",
            Type.JSON,
            "The authors in order, as an array of objects with what is printed of each: name, given, family, suffix, orcid, id, affiliations.",
        ),
        Column("author_count", Type.INTEGER, "The number of authors as printed, where the listing gives only that.", unit="authors"),
        Column("published_on", Type.TEXT, "The date as printed (Oct 28, 2024, Apr 6, 2021 or 2024-05-24T17:34:15Z): silver reads it."),
        Column("updated_on", Type.TEXT, "The date of the last change as printed."),
        Column("listed_at", Type.TEXT, "When the listing took the paper up, as printed."),
        Column("venue", Type.TEXT, "The journal, conference or book as printed."),
        Column("volume", Type.TEXT, "The volume as printed."),
        Column("issue", Type.TEXT, "The issue or number as printed."),
        Column("pages", Type.TEXT, "The pages as printed."),
        Column("publisher", Type.TEXT, "The publisher as printed."),
        Column("language", Type.TEXT, "The language as printed."),
        Column("status", Type.TEXT, "What the source says became of it (Poster, Reject, withdrawn, retracted), as printed."),
        Column("organization_handle", Type.TEXT, "The organisation's name in web addresses (nvidia)."),
        Column("organization_name", Type.TEXT, "The organisation's name as printed (NVIDIA)."),
        Column("upvote_count", Type.INTEGER, "The number of votes as printed.", unit="votes"),
        Column("comment_count", Type.INTEGER, "The number of comments as printed.", unit="comments"),
        Column("star_count", Type.INTEGER, "The number of stars of its code repository as printed.", unit="stars"),
        Column("counts_are_rounded", Type.BOOLEAN, "Whether a count was printed rounded (3.29k); null where it has none."),
        Column("citation_count", Type.INTEGER, "The number of citations as printed.", unit="citations"),
        Column("arxiv_id", Type.TEXT, "The arXiv id as printed, always text."),
        Column("doi", Type.TEXT, "The DOI as printed; the first where there are several."),
        Column("identifiers", Type.JSON, "All other identifiers, as an object of scheme (silver.identifiers) to an array of values, always text."),
        Column("links", Type.JSON, "Addresses printed beside the text, as objects with url and rel (code, project, landing, pdf, video)."),
        Column("rest", Type.JSON, "Whatever else the source said of the record, as JSON: what no other column has."),
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
        Column("position", Type.INTEGER, "The line or element it starts at, counted from 1; null where the whole document is rejected.", low=0),
        Column("code", Type.TEXT, "What is wrong, as a word to group by.", required=True, values=REJECT_CODES),
        Column("reason", Type.TEXT, "What was found, where, and what to do about it.", required=True),
        Column("raw", Type.TEXT, "The first 64 KiB of the rejected bytes, bytes that are not text written as \\x..."),
        Column("byte_offset", Type.INTEGER, "Where the rejected bytes start in the raw store's file.", unit="bytes", low=0),
        Column("byte_length", Type.INTEGER, "How many bytes were rejected.", unit="bytes", low=0),
        Column("first_seen_at", Type.TIMESTAMP, "When these bytes (or this path) were first rejected, UTC.", required=True),
        Column("resolved_at", Type.TIMESTAMP, "When the same path could be read after all, UTC; null while it stands."),
    ),
)

DOCUMENT_PATHS = Table(
    schema="bronze",
    name="document_paths",
    grain="One row per document, path and type that its records have.",
    key=("document_id", "path", "type"),
    columns=(
        Column("document_id", Type.TEXT, "The document.", references="bronze.documents.document_id"),
        Column("path", Type.TEXT, "The path in a record (paper.authors[].name), the XML element or attribute, the field or the CSV column."),
        Column("type", Type.TEXT, "The type of the value there.", values=PATH_TYPES),
        Column("is_known", Type.BOOLEAN, "Whether the parser knows this path with this type.", required=True),
        Column("value_count", Type.INTEGER, "How many values the document has there.", required=True, unit="values", low=1),
    ),
)

DRIFT = Table(
    schema="bronze",
    name="drift",
    grain="One row per source, path and type ever seen, so that a change upstream is a query.",
    key=("source", "path", "type"),
    columns=(
        Column("source", Type.TEXT, "Short code of the source."),
        Column("path", Type.TEXT, "The path in a record (paper.authors[].name), the XML element or attribute, the field or the CSV column."),
        Column("type", Type.TEXT, "The type of the value there.", values=PATH_TYPES),
        Column("is_known", Type.BOOLEAN, "Whether the source's parser knows this path with this type.", required=True),
        Column("first_listed_on", Type.DATE, "Date of the first listing that has it; null where no document with it has a date of its own."),
        Column("last_listed_on", Type.DATE, "Date of the last listing that has it."),
        Column("first_observed_at", Type.TIMESTAMP, "When a document with it was first seen, UTC.", required=True),
        Column("document_count", Type.INTEGER, "How many documents have it.", required=True, unit="documents", low=1),
        Column("value_count", Type.INTEGER, "How many values there are.", required=True, unit="values", low=1),
    ),
)

# What one document gives, whatever others there are.
OF_DOCUMENTS = (DOCUMENTS, RECORDS, REJECTS, DOCUMENT_PATHS)
TABLES = (*OF_DOCUMENTS, DRIFT)
