"""The silver tables, from the normalised records and the resolution."""

import polars as pl

from transforms.dedupe.merge import merged_papers, ranked_values
from transforms.dedupe.resolve import Resolution
from transforms.links import found_links
from warehouse.schema import silver


def silver_tables(records: pl.DataFrame, resolution: Resolution) -> dict[str, pl.DataFrame]:
    """Every silver table by its full name, from staging.records and what deduplication made of them."""
    joined = records.join(resolution.members.select("record_id", "paper_id"), on="record_id")
    ranked = ranked_values(joined)
    papers = merged_papers(joined, ranked).with_columns(work_id=_work_id())
    frames = {
        silver.PAPERS: papers,
        silver.WORKS: papers.group_by("work_id").agg(preferred_paper_id=pl.col("paper_id").min(), paper_count=pl.len()),
        silver.RECORD_PAPERS: resolution.members,
        silver.ID_REDIRECTS: resolution.redirects,
        silver.IDENTIFIERS: _identifiers(joined),
        silver.ORGANIZATIONS: _organizations(records),
        silver.LINKS: _links(joined),
        silver.OBSERVATIONS: _observations(joined),
        silver.FIELD_SOURCES: ranked.with_columns(is_winner=pl.col("rank") == 1, value=pl.when(pl.col("rank") > 1).then("value")),
    }
    return {table.full_name: table.conform(frame) for table, frame in frames.items()}


def _work_id() -> pl.Expr:
    return "w" + pl.col("paper_id").str.strip_prefix("p")


def _identifiers(joined: pl.DataFrame) -> pl.DataFrame:
    schemes = {"arxiv": "arxiv_id", "doi": "doi"}
    frames = [joined.select("paper_id", pl.lit(scheme).alias("scheme"), pl.col(column).alias("value")) for scheme, column in schemes.items()]
    return pl.concat(frames).drop_nulls("value").unique()


def _organizations(records: pl.DataFrame) -> pl.DataFrame:
    named = records.drop_nulls("organization_id").group_by("organization_id", "organization_name").len()
    named = named.sort("organization_id", "len", "organization_name", descending=[False, True, False])
    return named.unique("organization_id", keep="first").select("organization_id", pl.coalesce("organization_name", "organization_id").alias("name"))


def _links(joined: pl.DataFrame) -> pl.DataFrame:
    links = found_links(joined).join(joined.select("record_id", "paper_id"), on="record_id")
    return links.sort("record_id").unique(["paper_id", "url"], keep="first", maintain_order=True)


def _observations(joined: pl.DataFrame) -> pl.DataFrame:
    counted = joined.drop_nulls("comment_count")
    return counted.group_by("paper_id", "source", "observed_at").agg(comments=pl.col("comment_count").max())
