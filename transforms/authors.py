"""Authors, one by one."""

import polars as pl

from transforms.keys import folded

_AUTHOR = pl.List(pl.Struct({"name": pl.String, "given": pl.String, "family": pl.String, "suffix": pl.String, "orcid": pl.String, "id": pl.String}))
_ORCID = r"([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])"


def authorships(papers: pl.DataFrame) -> pl.DataFrame:
    """One row per paper and author: paper_id, position, name, given, family, orcid, source_author_id, record_id.

    `papers` has paper_id, record_id and authors (JSON as in bronze.records). An entry with no name is passed over, its position stays free.
    """
    named = papers.drop_nulls("authors")
    read = named.select("paper_id", "record_id", pl.col("authors").str.json_decode(_AUTHOR).alias("author"))
    rows = read.explode("author", empty_as_null=False).drop_nulls("author")
    rows = rows.with_columns(position=pl.int_range(1, pl.len() + 1).over("paper_id").cast(pl.Int64)).unnest("author")
    parts = [folded(pl.col(name)).alias(name) for name in ("name", "given", "family", "suffix")]
    rows = rows.with_columns(*parts, orcid=pl.col("orcid").str.to_uppercase().str.extract(_ORCID, 1), source_author_id=pl.col("id"))
    # Where the source tells the parts apart, they say more than a name in any order.
    whole = pl.when(pl.col("family").is_not_null()).then(pl.concat_str("given", "family", "suffix", separator=" ", ignore_nulls=True))
    rows = rows.with_columns(name=pl.coalesce(whole, "name")).drop_nulls("name")
    return rows.select("paper_id", "position", "name", "given", "family", "orcid", "source_author_id", "record_id")
