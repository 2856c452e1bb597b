"""The silver tables, from the normalised records and the resolution."""

import polars as pl

from transforms.authors import authorships
from transforms.dedupe.merge import merged_papers, ranked_values
from transforms.identifiers import normal
from transforms.links import found_links, printed_links
from transforms.manifestations import manifestations
from warehouse.schema import Table, silver

# What silver.papers.author_count may be.
_MOST_AUTHORS = 10_000
_IDENTIFIERS = pl.Struct({scheme: pl.List(pl.String) for scheme in silver.SCHEMES})


def silver_tables(joined: pl.DataFrame) -> dict[Table, pl.DataFrame]:
    """The silver tables that are made paper by paper, from all records of some papers: rows of staging.records with their paper_id and work_id."""
    ranked = ranked_values(joined)
    papers = merged_papers(joined, ranked).join(joined.select("paper_id", "work_id").unique(), on="paper_id")
    people = authorships(joined, ranked)
    counted = _counted(people, ranked, papers)
    printed = pl.coalesce("author_count", pl.col("counted").cast(pl.Int64))
    papers = papers.join(counted.select("paper_id", counted="value"), on="paper_id", how="left").with_columns(author_count=printed).drop("counted")
    papers = papers.with_columns(
        manifestation=manifestations(papers), field_count=pl.sum_horizontal(pl.col(field).is_not_null() for field in silver.FIELDS).cast(pl.Int64)
    )
    ranked = pl.concat([ranked, counted])
    frames = {
        silver.PAPERS: papers,
        silver.IDENTIFIERS: _identifiers(joined),
        silver.AUTHORSHIPS: people,
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


def _counted(people: pl.DataFrame, ranked: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Rows of ranked values for the papers whose number of authors no listing prints: how many are named, by the record with the best list."""
    counts = people.group_by("paper_id").agg(pl.len().alias("value")).filter(pl.col("value") <= _MOST_AUTHORS)
    missing = papers.filter(pl.col("author_count").is_null()).select("paper_id").join(counts, on="paper_id")
    best = ranked.filter((pl.col("field") == "authors") & (pl.col("rank") == 1)).drop("value", "field")
    found = missing.join(best, on="paper_id").with_columns(pl.col("value").cast(pl.String), field=pl.lit("author_count"))
    return found.select(ranked.columns)


def _links(joined: pl.DataFrame) -> pl.DataFrame:
    links = pl.concat([found_links(joined), printed_links(joined)]).join(joined.select("record_id", "paper_id"), on="record_id")
    return links.sort("record_id").unique(["paper_id", "url"], keep="first", maintain_order=True)


def _observations(joined: pl.DataFrame) -> pl.DataFrame:
    columns = {"upvotes": "upvote_count", "comments": "comment_count", "stars": "star_count", "citations": "citation_count"}
    counted = joined.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns.values()))
    return counted.group_by("paper_id", "source", "observed_at").agg(pl.col(name).max().alias(count) for count, name in columns.items())
