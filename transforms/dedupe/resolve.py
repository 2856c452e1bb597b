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
    ready = prepared(records)
    groups = exact_groups(ready, parameters)
    compared = representatives(ready, groups)
    pairs = candidate_pairs(compared, parameters)
    members = clusters(groups, judged_pairs(compared, pairs, parameters))
    keyed = members.join(ready.select("record_id", "title_key", "abstract_key"), on="record_id")
    ids, redirects, new_ids = assigned(keyed, given)
    members = members.join(ids, on="cluster").select("record_id", "paper_id", "rule", "score", "matched_record_id")
    return Resolution(members.sort("record_id"), redirects.sort("old_paper_id"), new_ids.sort("record_id"))
