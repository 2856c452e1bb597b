"""From a source's words to typed values: bronze.records to staging.records."""

import polars as pl

from transforms.dates import MONTHS
from transforms.keys import folded, key
from warehouse.schema.staging import RECORDS

_PRINTED = r"^([A-Za-z]{3})[a-z]*\.? ([0-9]{1,2})(?:, ?([0-9]{4}))?$"
_ISO = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})"
# Mon, 11 Jan 2021 20:31:27 GMT: the arXiv's versions.
_MAIL = r"^(?:[A-Za-z]{3}, )?([0-9]{1,2}) ([A-Za-z]{3}) ([0-9]{4})\b"
# A year alone, or with a month: no day is made up for it.
_YEAR = r"^([0-9]{4})(?:[-/ ].{0,20})?$"
ARXIV = r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/[0-9]{7})(?:v[0-9]+)?$"
DOI_ADDRESS = r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)"
# The first author's family name, as three common forms have it: a field of its own, "Family, Given", or the last word of the name.
_FAMILY_FIELD = r'^\[\{[^}]*?"family":"((?:[^"\\]|\\.)*)"'
_FIRST_NAME = r'^\[\{[^}]*?"name":"((?:[^"\\]|\\.)*)"'
_FOLDED = ("venue", "volume", "issue", "pages", "kind", "status", "organization_name")


def normalize(records: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """One row per record of bronze.records, in the columns of staging.records. Nothing is dropped; what cannot be read as a value is null.

    A date without a year takes the year of its page (bronze.documents.listed_on); it stays null where the page's year is not known,
    and where it would then lie after the page's own day. A year alone is a year and no date.
    """
    joined = records.join(documents.select("document_id", "observed_at", "landed_at", "listed_on"), on="document_id", how="left")
    printed_year = pl.col("published_on").str.extract(_PRINTED, 3).cast(pl.Int32)
    dated = joined.with_columns(
        folded(pl.col("title")).fill_null(pl.col("title")).alias("title"),
        folded(pl.col("abstract")).alias("abstract"),
        _date(printed_year).alias("date"),
        (printed_year.is_null() & pl.col("published_on").str.contains(_PRINTED)).alias("year_is_missing"),
        *(folded(pl.col(name)).alias(name) for name in _FOLDED),
        folded(pl.col("organization_handle")).str.to_lowercase().alias("organization_id"),
        pl.col("arxiv_id").str.extract(ARXIV, 1).alias("arxiv_id"),
        folded(pl.col("doi")).str.to_lowercase().str.replace(DOI_ADDRESS, "").alias("doi"),
        _first_family().alias("first_family"),
    )
    is_after_page = pl.col("year_is_missing") & (pl.col("date") > pl.col("listed_on"))
    year = pl.col("published_on").str.strip_chars().str.extract(_YEAR, 1).cast(pl.Int64, strict=False)
    dated = dated.with_columns(
        published_on=pl.when(~is_after_page.fill_null(value=False)).then(pl.col("date")),
        printed_year=pl.when(pl.col("date").is_null()).then(year),
    )
    dated = dated.with_columns(
        date_is_inferred=pl.when(pl.col("published_on").is_not_null()).then(pl.col("year_is_missing")),
        year=pl.coalesce(pl.col("published_on").dt.year().cast(pl.Int64), "printed_year"),
    )
    return RECORDS.conform(dated.select(RECORDS.column_names))


def _date(printed_year: pl.Expr) -> pl.Expr:
    """The date printed in words, in ISO form or as mail has it; null where it is none of them, names no day there is, or has no year and the page
    none either."""
    text = pl.col("published_on")
    year = printed_year.fill_null(pl.col("listed_on").dt.year())
    in_words = pl.format("{}-{}-{}", year, _month(text.str.extract(_PRINTED, 1)), text.str.extract(_PRINTED, 2))
    as_mail = pl.format("{}-{}-{}", text.str.extract(_MAIL, 3), _month(text.str.extract(_MAIL, 2)), text.str.extract(_MAIL, 1))
    found = pl.coalesce(
        in_words.str.to_date("%Y-%m-%d", strict=False),
        text.str.extract(_ISO, 1).str.to_date("%Y-%m-%d", strict=False),
        as_mail.str.to_date("%Y-%m-%d", strict=False),
    )
    # Polars knows a year 0, Python and SQL do not.
    return pl.when(found.dt.year() > 0).then(found)


def _month(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().replace_strict({name: n + 1 for n, name in enumerate(MONTHS)}, default=None, return_dtype=pl.Int32)


def _first_family() -> pl.Expr:
    """The key of the first author's family name; null where no author is named. It is compared, never shown."""
    authors = pl.col("authors")
    name = authors.str.extract(_FIRST_NAME, 1)
    # A DBLP name may end with a number that tells namesakes apart.
    spelled = name.str.replace(r" [0-9]{4}$", "")
    from_name = (
        pl.when(spelled.str.contains(",", literal=True)).then(spelled.str.extract(r"^([^,]+)", 1)).otherwise(spelled.str.extract(r"(\S+)$", 1))
    )
    family = pl.coalesce(authors.str.extract(_FAMILY_FIELD, 1), from_name)
    found = key(family)
    return pl.when(found != "").then(found)
