"""Gold: ready for a person or a BI tool."""

from enum import StrEnum

from warehouse.schema.model import Column, Table, Type

STAGES = ("land", "parse", "normalize", "import", "screen", "dedupe", "build", "check", "docs", "publish")
RUN_STATES = ("published", "unchanged", "stopped", "nothing_loaded", "failed", "running")


class Policy(StrEnum):
    """What gold.papers makes of the versions of a work; it changes gold alone."""

    MERGE = "merge"
    PREFER_PUBLISHED = "prefer_published"
    KEEP_BOTH = "keep_both"


PAPERS = Table(
    schema="gold",
    name="papers",
    grain="One row per work, as the paper that stands for it; with the policy keep_both one row per paper.",
    # work_id alone is unique unless the policy is keep_both, which expectations/totals.py holds.
    key=("work_id", "paper_id"),
    columns=(
        Column("work_id", Type.TEXT, "The work.", references="silver.works.work_id"),
        Column("paper_id", Type.TEXT, "The paper that is shown.", required=True, references="silver.papers.paper_id"),
        Column("title", Type.TEXT, "Its title.", required=True),
        Column("abstract", Type.TEXT, "Its abstract."),
        Column("published_on", Type.DATE, "When it was published."),
        Column("date_is_inferred", Type.BOOLEAN, "Whether the year of published_on was inferred and not printed."),
        Column("year", Type.INTEGER, "The year, also where no day is known.", unit="year", low=1600, high=2100),
        Column("venue", Type.TEXT, "Where it was published."),
        Column("authors", Type.TEXT, "Its authors' names in order, separated by semicolons; null where no source names them."),
        Column(
            "author_count",
            Type.INTEGER,
            "The number of authors, as a listing printed it, else how many are named.",
            unit="authors",
            low=1,
            high=10_000,
        ),
        Column("arxiv_id", Type.TEXT, "Its arXiv id without version, always text."),
        Column("doi", Type.TEXT, "Its DOI in lower case."),
        Column("organization", Type.TEXT, "Name of the organisation that the listing names."),
        Column(
            "filled",
            Type.TEXT,
            "With the policy merge, the columns that the paper shown lacks and another version of the work gives, separated by commas; null where "
            "there are none.",
        ),
        Column("paper_count", Type.INTEGER, "Of how many papers it speaks: the versions of the work.", required=True, unit="papers", low=1),
        Column("sources", Type.TEXT, "Short codes of the sources that list it, in alphabetical order, separated by commas.", required=True),
        Column("record_count", Type.INTEGER, "How many records it was merged from.", required=True, unit="records", low=1),
        Column("document_count", Type.INTEGER, "In how many documents those records stand.", required=True, unit="documents", low=1),
        Column("first_observed_at", Type.TIMESTAMP, "When a listing with it was first seen, UTC.", required=True),
        Column("last_observed_at", Type.TIMESTAMP, "When a listing with it was last seen, UTC.", required=True),
        Column("upvotes", Type.INTEGER, "Votes when last seen.", unit="votes", low=0),
        Column("comments", Type.INTEGER, "Comments when last seen.", unit="comments", low=0),
        Column("citations", Type.INTEGER, "Citations when last seen.", unit="citations", low=0),
        Column("link_count", Type.INTEGER, "How many addresses its records give.", required=True, unit="links", low=0),
        Column("links", Type.TEXT, "Those addresses in alphabetical order, separated by spaces; null where there are none."),
        Column("code_url", Type.TEXT, "The first of them that leads to a code repository on GitHub."),
    ),
)

ORGANIZATIONS = Table(
    schema="gold",
    name="organizations",
    grain="One row per organisation that a listing names.",
    key=("organization_id",),
    columns=(
        Column("organization_id", Type.TEXT, "The organisation's handle in lower case.", references="silver.organizations.organization_id"),
        Column("name", Type.TEXT, "Its name.", required=True),
        Column("paper_count", Type.INTEGER, "Papers that are listed under it.", required=True, unit="papers", low=0),
        Column("code_count", Type.INTEGER, "Those of them whose abstract links to code.", required=True, unit="papers", low=0),
        Column("first_published_on", Type.DATE, "Date of the oldest of them."),
        Column("last_published_on", Type.DATE, "Date of the newest of them."),
    ),
)

MONTHLY = Table(
    schema="gold",
    name="monthly",
    grain="One row per month in which a paper with a known date was published.",
    key=("month",),
    columns=(
        Column("month", Type.DATE, "The month, as its first day."),
        Column("paper_count", Type.INTEGER, "Papers published in it.", required=True, unit="papers", low=1),
        Column("inferred_count", Type.INTEGER, "Those of them whose year was inferred.", required=True, unit="papers", low=0),
        Column("code_count", Type.INTEGER, "Those of them whose abstract links to code.", required=True, unit="papers", low=0),
        Column("organization_count", Type.INTEGER, "Organisations named by them.", required=True, unit="organisations", low=0),
    ),
)

QUALITY = Table(
    schema="gold",
    name="quality",
    grain="One row per run, this one included as far as it had come when the file was written.",
    key=("run_id",),
    columns=(
        Column("run_id", Type.TEXT, "The run: the time it started, UTC."),
        Column("started_at", Type.TIMESTAMP, "When it started, UTC.", required=True),
        Column("state", Type.TEXT, "How it ended; the run that wrote this file is still running in it.", required=True, values=RUN_STATES),
        Column("new_documents", Type.INTEGER, "Documents that it landed or parsed for the first time.", required=True, unit="documents", low=0),
        Column("read", Type.INTEGER, "Records read from them.", required=True, unit="records", low=0),
        Column("kept", Type.INTEGER, "Records kept of those.", required=True, unit="records", low=0),
        Column("rejected", Type.INTEGER, "Records rejected of those.", required=True, unit="records", low=0),
        Column("records", Type.INTEGER, "Records in the warehouse after it.", unit="records", low=0),
        Column("papers", Type.INTEGER, "Papers in the warehouse after it.", unit="papers", low=0),
        Column("merged", Type.INTEGER, "Records in the warehouse that were merged into a paper with another record first.", unit="records", low=0),
        Column("set_aside", Type.INTEGER, "Values set aside as not credible (gold.quality_issues).", unit="values", low=0),
        Column("policy", Type.TEXT, "What gold.papers makes of the versions of a work.", values=tuple(Policy)),
        Column("inputs_sha256", Type.TEXT, "Fingerprint of the documents and the policy that the file was made from."),
        Column("code_sha256", Type.TEXT, "Fingerprint of the code that made it."),
        *(Column(f"{stage}_seconds", Type.REAL, f"Time that the stage {stage} took.", unit="seconds", low=0) for stage in STAGES),
    ),
)

QUALITY_ISSUES = Table(
    schema="gold",
    name="quality_issues",
    grain="One row per value that a record gave and that was set aside as not credible.",
    key=("record_id", "column_name"),
    columns=(
        Column("record_id", Type.TEXT, "The record that gave the value.", references="bronze.records.record_id"),
        Column("column_name", Type.TEXT, "The column it was meant for."),
        Column("source", Type.TEXT, "Short code of the record's source.", required=True),
        Column("expectation", Type.TEXT, "Name of the expectation that it fails.", required=True),
        Column("value", Type.TEXT, "The value, as text.", required=True),
        Column("reason", Type.TEXT, "Why it is not credible.", required=True),
    ),
)

TABLES = (PAPERS, ORGANIZATIONS, MONTHLY, QUALITY, QUALITY_ISSUES)
