"""The silver tables, from the normalised records and the resolution."""

import polars as pl

from transforms.authors import authorships
from transforms.dedupe.merge import merged_papers, ranked_values
from transforms.dedupe.resolve import Resolution
from transforms.links import found_links, printed_links
from transforms.normalize import ARXIV, DOI_ADDRESS
from warehouse.schema import silver

_IDENTIFIERS = pl.Struct({scheme: pl.List(pl.String) for scheme in silver.SCHEMES})


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
        silver.AUTHORSHIPS: authorships(_with_source(papers, ranked, "authors")),
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
    others = joined.drop_nulls("identifiers").select("paper_id", pl.col("identifiers").str.json_decode(_IDENTIFIERS).alias("others")).unnest("others")
    for scheme in silver.SCHEMES:
        values = others.select("paper_id", pl.lit(scheme).alias("scheme"), pl.col(scheme).alias("value")).explode("value", empty_as_null=False)
        frames.append(values.with_columns(_normal(scheme)))
    return pl.concat(frames).drop_nulls("value").unique()


def _normal(scheme: str) -> pl.Expr:
    """The identifier as it is compared; null where it has not its scheme's form."""
    value = pl.col("value").str.strip_chars()
    if scheme == "arxiv":
        value = value.str.extract(ARXIV, 1)
    elif scheme == "doi":
        value = value.str.to_lowercase().str.replace(DOI_ADDRESS, "")
        value = pl.when(value.str.contains(r"^10[.][0-9]+[^ ]*/[^ ]+$")).then(value)
    return pl.when(value != "").then(value).alias("value")


def _with_source(papers: pl.DataFrame, ranked: pl.DataFrame, field: str) -> pl.DataFrame:
    """paper_id, the field's winning value, and the record_id that gave it."""
    winners = ranked.filter((pl.col("field") == field) & (pl.col("rank") == 1)).select("paper_id", "record_id")
    return papers.select("paper_id", field).join(winners, on="paper_id")


def _organizations(records: pl.DataFrame) -> pl.DataFrame:
    named = records.drop_nulls("organization_id").group_by("organization_id", "organization_name").len()
    named = named.sort("organization_id", "len", "organization_name", descending=[False, True, False])
    return named.unique("organization_id", keep="first").select("organization_id", pl.coalesce("organization_name", "organization_id").alias("name"))


def _links(joined: pl.DataFrame) -> pl.DataFrame:
    links = pl.concat([found_links(joined), printed_links(joined)]).join(joined.select("record_id", "paper_id"), on="record_id")
    return links.sort("record_id").unique(["paper_id", "url"], keep="first", maintain_order=True)


def _observations(joined: pl.DataFrame) -> pl.DataFrame:
    columns = {"upvotes": "upvote_count", "comments": "comment_count", "stars": "star_count", "citations": "citation_count"}
    counted = joined.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns.values()))
    return counted.group_by("paper_id", "source", "observed_at").agg(pl.col(name).max().alias(count) for count, name in columns.items())
