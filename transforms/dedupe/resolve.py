"""The four stages in order."""

from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import candidate_pairs, exact_groups, prepared, representatives
from transforms.dedupe.cluster import clusters
from transforms.dedupe.identity import assigned
from transforms.dedupe.match import judged_pairs
from transforms.dedupe.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which paper each record belongs to: `members` (record_id, paper_id, rule, score, matched_record_id), redirects and new ids."""

    members: pl.DataFrame
    redirects: pl.DataFrame
    new_ids: pl.DataFrame


def resolve(records: pl.DataFrame, given: pl.DataFrame, parameters: Parameters = Parameters()) -> Resolution:
    """Deduplicate the records of staging.records; `given` are the paper ids of earlier runs (identity.GIVEN_SCHEMA)."""
    ready = prepared(records.drop_nulls("title"))
    groups = exact_groups(ready, parameters)
    compared = representatives(ready, groups)
    pairs = candidate_pairs(compared, parameters)
    members = clusters(groups, judged_pairs(compared, pairs, parameters))
    keyed = members.join(ready.select("record_id", "title_key", "abstract_key"), on="record_id")
    ids, redirects, new_ids = assigned(keyed, given)
    members = members.join(ids, on="cluster").select("record_id", "paper_id", "rule", "score", "matched_record_id")
    members = pl.concat([members, _abstracts_apart(records, members)])
    return Resolution(members.sort("record_id"), redirects.sort("old_paper_id"), new_ids.sort("record_id"))


def _abstracts_apart(records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The members that a source lists without title, apart from their papers: they belong to the record of the same source and id."""
    titled = records.filter(pl.col("title").is_not_null() & pl.col("source_id").is_not_null()).join(members, on="record_id")
    first = titled.sort("record_id").unique(["source", "source_id"], keep="first", maintain_order=True)
    apart = records.filter(pl.col("title").is_null()).select("record_id", "source", "source_id")
    found = apart.join(first.select("source", "source_id", "paper_id", matched_record_id="record_id"), on=["source", "source_id"])
    return found.select("record_id", "paper_id", rule=pl.lit("same_source_id"), score=pl.lit(1.0), matched_record_id="matched_record_id")
