"""From a source's words to typed values: bronze.records to staging.records."""

import polars as pl

from transforms.dates import MONTHS
from transforms.keys import folded
from warehouse.schema.staging import RECORDS

_PRINTED = r"^([A-Za-z]{3})[a-z]*\.? ([0-9]{1,2})(?:, ?([0-9]{4}))?$"
_ISO = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})"
_ARXIV = r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/[0-9]{7})(?:v[0-9]+)?$"


def normalize(records: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """One row per record of bronze.records, in the columns of staging.records. Nothing is dropped; what cannot be read as a value is null.

    A date without a year takes the year of its page (bronze.documents.listed_on); it stays null where the page's year is not known,
    and where it would then lie after the page's own day.
    """
    joined = records.join(documents.select("document_id", "observed_at", "landed_at", "listed_on"), on="document_id", how="left")
    printed_year = pl.col("published_on").str.extract(_PRINTED, 3).cast(pl.Int32)
    dated = joined.with_columns(
        folded(pl.col("title")).fill_null(pl.col("title")).alias("title"),
        folded(pl.col("abstract")).alias("abstract"),
        _date(printed_year).alias("date"),
        (printed_year.is_null() & ~pl.col("published_on").str.contains(_ISO)).alias("year_is_missing"),
        folded(pl.col("venue")).alias("venue"),
        folded(pl.col("organization_handle")).str.to_lowercase().alias("organization_id"),
        folded(pl.col("organization_name")).alias("organization_name"),
        pl.col("arxiv_id").str.extract(_ARXIV, 1).alias("arxiv_id"),
        folded(pl.col("doi")).str.to_lowercase().str.replace(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "").alias("doi"),
    )
    is_after_page = pl.col("year_is_missing") & (pl.col("date") > pl.col("listed_on"))
    dated = dated.with_columns(published_on=pl.when(~is_after_page.fill_null(value=False)).then(pl.col("date")))
    dated = dated.with_columns(date_is_inferred=pl.when(pl.col("published_on").is_not_null()).then(pl.col("year_is_missing")))
    return RECORDS.conform(dated.select(RECORDS.column_names))


def _date(printed_year: pl.Expr) -> pl.Expr:
    """The date printed in words or in ISO form; null where it is neither, names no day there is, or has no year and the page none either."""
    text = pl.col("published_on")
    month = (
        text.str.extract(_PRINTED, 1)
        .str.to_lowercase()
        .replace_strict({name: n + 1 for n, name in enumerate(MONTHS)}, default=None, return_dtype=pl.Int32)
    )
    year = printed_year.fill_null(pl.col("listed_on").dt.year())
    in_words = pl.format("{}-{}-{}", year, month, text.str.extract(_PRINTED, 2)).str.to_date("%Y-%m-%d", strict=False)
    found = in_words.fill_null(text.str.extract(_ISO, 1).str.to_date("%Y-%m-%d", strict=False))
    # Polars knows a year 0, Python and SQL do not.
    return pl.when(found.dt.year() > 0).then(found)
