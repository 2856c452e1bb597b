"""Merge: what a paper says, field by field, and what its other records said instead."""

import polars as pl

from transforms.keys import has_markup, key

_VALUE = pl.col("value")

# Survivorship, as data: for each field the preferences in order, larger first. After them the smaller text wins, so that no order matters.
# Only values that compete are weighed.
_COUNT = pl.col("record_count")
_LENGTH = _VALUE.str.len_chars()
_IS_NOT_SHOUTED = _VALUE.ne(_VALUE.str.to_uppercase()).cast(pl.Int64)
_IS_CLEAN = (~has_markup(_VALUE)).cast(pl.Int64)
PREFERENCES: dict[str, tuple[pl.Expr, ...]] = {
    # Remains of TeX and shouting are damage; a title with more words has the blank or the subtitle that another lost.
    "title": (_IS_CLEAN, _IS_NOT_SHOUTED, _COUNT, _VALUE.str.count_matches(" "), _LENGTH),
    # The longest, in letters and digits: a \url{} around an address says no more than the address.
    "abstract": (key(_VALUE).str.len_chars(), _IS_CLEAN, _LENGTH, _COUNT),
    # A printed year is a fact, an inferred one a conclusion; among facts the earliest is the publication, later ones are revisions.
    "published_on": ((~pl.col("is_inferred")).cast(pl.Int64), _COUNT, -_VALUE.str.replace_all("-", "").cast(pl.Int64)),
    # Each source writes its authors in its own way: who says most of them (ids, affiliations, whole names) wins.
    "authors": (_COUNT, _LENGTH),
    "venue": (_COUNT, _LENGTH),
    "volume": (_COUNT,),
    "issue": (_COUNT,),
    "pages": (_COUNT, _LENGTH),
    "kind": (_COUNT,),
    "status": (_COUNT, _LENGTH),
    "organization_id": (_COUNT,),
    "author_count": (_COUNT, _VALUE.cast(pl.Int64)),
    "arxiv_id": (_COUNT,),
    "doi": (_COUNT,),
}


def ranked_values(records: pl.DataFrame) -> pl.DataFrame:
    """One row per paper, field and distinct value: paper_id, field, rank (1 won), value (text), record_id, record_count.

    `records` are those of staging.records, with paper_id.
    """
    return pl.concat([_ranked(records, field) for field in PREFERENCES])


def _ranked(records: pl.DataFrame, field: str) -> pl.DataFrame:
    values = records.select(
        "paper_id",
        "record_id",
        pl.col(field).cast(pl.String).alias("value"),
        (pl.col("date_is_inferred").fill_null(value=False) if field == "published_on" else pl.lit(value=False)).alias("is_inferred"),
    ).drop_nulls("value")
    distinct = values.group_by("paper_id", "value").agg(
        pl.col("is_inferred").all(),
        pl.col("record_id").sort_by("is_inferred", "record_id").first(),
        pl.len().cast(pl.Int64).alias("record_count"),
    )
    order = [f"order_{n}" for n in range(len(PREFERENCES[field]))]
    contested = distinct.filter(pl.len().over("paper_id") > 1)
    contested = contested.with_columns(preference.alias(name) for name, preference in zip(order, PREFERENCES[field], strict=True))
    contested = contested.sort("paper_id", *order, "value", descending=[False, *[True] * len(order), False])
    rank = pl.int_range(1, pl.len() + 1).over("paper_id").cast(pl.Int64)
    alone = distinct.filter(pl.len().over("paper_id") == 1).with_columns(rank=pl.lit(1, pl.Int64))
    columns = ["paper_id", pl.lit(field).alias("field"), "rank", "value", "record_id", "record_count"]
    return pl.concat([alone.select(columns), contested.with_columns(rank=rank).select(columns)])


def merged_papers(records: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """One row per paper: paper_id, record_count, and the winning value of each field, typed as in `records`."""
    winners = ranked.filter(pl.col("rank") == 1)
    papers = records.group_by("paper_id").agg(pl.len().cast(pl.Int64).alias("record_count"))
    for field in PREFERENCES:
        of_field = winners.filter(pl.col("field") == field).select("paper_id", "record_id")
        carried = [field, "date_is_inferred"] if field == "published_on" else [field]
        values = of_field.join(records.select("record_id", *carried), on="record_id").select("paper_id", *carried)
        papers = papers.join(values, on="paper_id", how="left")
    # Where no record has a day, the year that most of them print, of equals the earlier.
    printed = records.drop_nulls("year").group_by("paper_id", "year").len().sort("paper_id", "len", "year", descending=[False, True, False])
    years = printed.unique("paper_id", keep="first", maintain_order=True).select("paper_id", printed_year="year")
    papers = papers.join(years, on="paper_id", how="left")
    year = pl.coalesce(pl.col("published_on").dt.year().cast(pl.Int64), "printed_year")
    return papers.with_columns(year=year).drop("printed_year")
