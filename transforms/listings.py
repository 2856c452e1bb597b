"""What only several listings together show: that one repeats the one before it."""

import polars as pl


def with_repeats(documents: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """bronze.documents with `repeat` for a listing that has the same papers in the same order as the listing of its source before it.

    A page that is asked for a day without a listing shows the one before: it says nothing new. Only documents that are dated listings with
    papers that have ids are compared, in the order in which they were seen.
    """
    dated = documents.filter(pl.col("listed_on").is_not_null() & (pl.col("kept_count") > 0))
    listed = records.filter(pl.col("document_id").is_in(dated["document_id"].implode()) & pl.col("source_id").is_not_null())
    papers = (
        listed.sort("document_id", "position").group_by("document_id", maintain_order=True).agg(pl.col("source_id").str.join(" ").alias("papers"))
    )
    ordered = dated.join(papers, on="document_id").sort("source", "format", "observed_at", "document_id")
    before = pl.col("papers").shift(1).over("source", "format")
    repeats = ordered.filter(pl.col("papers") == before)["document_id"]
    is_repeat = pl.col("document_id").is_in(repeats.implode())
    return documents.with_columns(listing_state=pl.when(is_repeat).then(pl.lit("repeat")).otherwise("listing_state"))
