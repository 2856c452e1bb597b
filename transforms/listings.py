"""What only several listings together show: that one repeats the one before it."""

import polars as pl


def repeats(documents: pl.DataFrame, papers: pl.DataFrame) -> list[str]:
    """The document_ids of listings that have the same papers in the same order as the listing of their source before them.

    A page that is asked for a day without a listing shows the one before: it says nothing new. `documents` are rows of bronze.documents, `papers` has
    document_id and the ids of its papers as one text (papers), for dated listings whose papers have ids. They are compared in the order in which
    they were seen.
    """
    ordered = documents.join(papers, on="document_id").sort("source", "format", "observed_at", "document_id")
    before = pl.col("papers").shift(1).over("source", "format")
    return ordered.filter(pl.col("papers") == before)["document_id"].to_list()
