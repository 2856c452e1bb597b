"""What changed upstream: every path and type a source ever had, and when."""

import polars as pl

from warehouse.schema import bronze


def drift(documents: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    """Rows of bronze.drift, from bronze.documents and bronze.document_paths: one per source, path and type.

    A path is dated by the listings that have it; a document without a date of its own (a dump) dates nothing.
    """
    seen = paths.join(documents.select("document_id", "source", "listed_on", "observed_at"), on="document_id")
    rows = seen.group_by("source", "path", "type").agg(
        pl.col("is_known").all(),
        pl.col("listed_on").min().alias("first_listed_on"),
        pl.col("listed_on").max().alias("last_listed_on"),
        pl.col("observed_at").min().alias("first_observed_at"),
        pl.col("document_id").n_unique().cast(pl.Int64).alias("document_count"),
        pl.col("value_count").sum(),
    )
    return bronze.DRIFT.conform(rows)
