"""The silver tables, from the normalised records and the resolution."""

import polars as pl

from transforms.authors import authorships
from transforms.dedupe.merge import merged_papers, ranked_values
from transforms.identifiers import normal
from transforms.links import found_links, printed_links
from transforms.manifestations import manifestations
from warehouse.schema import Table, silver

_IDENTIFIERS = pl.Struct({scheme: pl.List(pl.String) for scheme in silver.SCHEMES})


def silver_tables(joined: pl.DataFrame) -> dict[Table, pl.DataFrame]:
    """The silver tables that are made paper by paper, from all records of some papers: rows of staging.records with their paper_id and work_id."""
    ranked = ranked_values(joined)
    papers = merged_papers(joined, ranked).join(joined.select("paper_id", "work_id").unique(), on="paper_id")
    papers = papers.with_columns(
        manifestation=manifestations(papers), field_count=pl.sum_horizontal(pl.col(field).is_not_null() for field in silver.FIELDS).cast(pl.Int64)
    )
    frames = {
        silver.PAPERS: papers,
        silver.IDENTIFIERS: _identifiers(joined),
        silver.AUTHORSHIPS: authorships(_with_source(papers, ranked, "authors")),
        silver.LINKS: _links(joined),
        silver.OBSERVATIONS: _observations(joined),
        silver.FIELD_SOURCES: ranked.with_columns(is_winner=pl.col("rank") == 1, value=pl.when(pl.col("rank") > 1).then("value")),
    }
    return {table: table.conform(frame) for table, frame in frames.items()}


def organizations(named: pl.DataFrame) -> pl.DataFrame:
    """silver.organizations, from organization_id, organization_name and record_count, how many records print the two together."""
    ordered = named.sort("organization_id", "record_count", "organization_name", descending=[False, True, False])
    first = ordered.unique("organization_id", keep="first").select(
        "organization_id", pl.coalesce("organization_name", "organization_id").alias("name")
    )
    return silver.ORGANIZATIONS.conform(first)


def _identifiers(joined: pl.DataFrame) -> pl.DataFrame:
    schemes = {"arxiv": "arxiv_id", "doi": "doi"}
    frames = [joined.select("paper_id", pl.lit(scheme).alias("scheme"), pl.col(column).alias("value")) for scheme, column in schemes.items()]
    others = joined.drop_nulls("identifiers").select("paper_id", pl.col("identifiers").str.json_decode(_IDENTIFIERS).alias("others")).unnest("others")
    for scheme in silver.SCHEMES:
        values = others.select("paper_id", pl.lit(scheme).alias("scheme"), pl.col(scheme).alias("value")).explode("value", empty_as_null=False)
        frames.append(values.with_columns(normal(scheme, pl.col("value"))))
    # The arXiv's own DOIs name its ids.
    dois = pl.concat(frames).filter(pl.col("scheme") == "doi")
    frames.append(dois.with_columns(normal("arxiv", pl.col("value")), scheme=pl.lit("arxiv")))
    return pl.concat(frames).drop_nulls("value").unique()


def _with_source(papers: pl.DataFrame, ranked: pl.DataFrame, field: str) -> pl.DataFrame:
    """paper_id, the field's winning value, and the record_id that gave it."""
    winners = ranked.filter((pl.col("field") == field) & (pl.col("rank") == 1)).select("paper_id", "record_id")
    return papers.select("paper_id", field).join(winners, on="paper_id")


def _links(joined: pl.DataFrame) -> pl.DataFrame:
    links = pl.concat([found_links(joined), printed_links(joined)]).join(joined.select("record_id", "paper_id"), on="record_id")
    return links.sort("record_id").unique(["paper_id", "url"], keep="first", maintain_order=True)


def _observations(joined: pl.DataFrame) -> pl.DataFrame:
    columns = {"upvotes": "upvote_count", "comments": "comment_count", "stars": "star_count", "citations": "citation_count"}
    counted = joined.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns.values()))
    return counted.group_by("paper_id", "source", "observed_at").agg(pl.col(name).max().alias(count) for count, name in columns.items())
