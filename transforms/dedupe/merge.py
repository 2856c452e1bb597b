"""Merge: what a paper says, field by field, and what its other records said instead."""

import polars as pl

from transforms.dedupe.survivorship import CRITERIA, CURATED_SOURCES, PREFERENCES

# What a record itself says against its value.
_DOUBTS = {"published_on": pl.col("date_is_inferred"), "abstract": pl.col("abstract_rank") > 0}
# A date has a year, whatever is printed beside it.
_VALUES = {"year": pl.coalesce(pl.col("published_on").dt.year().cast(pl.Int64), "year")}


def ranked_values(records: pl.DataFrame) -> pl.DataFrame:
    """One row per paper, field and distinct value: paper_id, field, rank (1 won), value (text), record_id, record_count.

    `records` are those of staging.records, with paper_id.
    """
    ranked = {field: _ranked(records, field) for field in PREFERENCES if field != "year"}
    dates = ranked["published_on"].filter(pl.col("rank") == 1)
    ranked["year"] = _ranked(records, "year", dates.select("paper_id", year_of_date=pl.col("value").str.head(4)))
    return pl.concat([ranked[field] for field in PREFERENCES])


def _ranked(records: pl.DataFrame, field: str, dates: pl.DataFrame | None = None) -> pl.DataFrame:
    """The ranked values of one field; `dates` (paper_id, year_of_date) says in which year each paper's date is, where that matters."""
    values = records.select(
        "paper_id",
        "record_id",
        _VALUES.get(field, pl.col(field)).cast(pl.String).alias("value"),
        _DOUBTS.get(field, pl.lit(value=False)).fill_null(value=False).alias("is_doubtful"),
        pl.col("source").is_in(CURATED_SOURCES).alias("is_curated"),
    ).drop_nulls("value")
    distinct = values.group_by("paper_id", "value").agg(
        pl.col("is_doubtful").all(),
        pl.col("is_curated").any(),
        pl.col("record_id").sort_by("is_doubtful", "record_id").first(),
        pl.len().cast(pl.Int64).alias("record_count"),
    )
    contested = distinct.filter(pl.len().over("paper_id") > 1)
    if dates is not None:
        contested = contested.join(dates, on="paper_id", how="left")
        contested = contested.with_columns(is_of_date=(pl.col("value") == pl.col("year_of_date")).fill_null(value=False))
    order = [f"order_{name}" for name in PREFERENCES[field]]
    contested = contested.with_columns(CRITERIA[name].cast(pl.Int64).alias(column) for column, name in zip(order, PREFERENCES[field], strict=True))
    contested = contested.sort("paper_id", *order, "value", descending=[False, *[True] * len(order), False])
    rank = pl.int_range(1, pl.len() + 1).over("paper_id").cast(pl.Int64)
    alone = distinct.filter(pl.len().over("paper_id") == 1).with_columns(rank=pl.lit(1, pl.Int64))
    columns = ["paper_id", pl.lit(field).alias("field"), "rank", "value", "record_id", "record_count"]
    return pl.concat([alone.select(columns), contested.with_columns(rank=rank).select(columns)])


def merged_papers(records: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """One row per paper: paper_id, record_count, and the winning value of each field, typed as in `records`; date_is_inferred is that of the date."""
    winners = ranked.filter(pl.col("rank") == 1)
    papers = records.group_by("paper_id").agg(pl.len().cast(pl.Int64).alias("record_count"))
    for field in PREFERENCES:
        of_field = winners.filter(pl.col("field") == field).select("paper_id", "record_id")
        carried = [pl.col("date_is_inferred")] if field == "published_on" else []
        values = of_field.join(records.select("record_id", _VALUES.get(field, pl.col(field)).alias(field), *carried), on="record_id")
        papers = papers.join(values.drop("record_id"), on="paper_id", how="left")
    return papers
