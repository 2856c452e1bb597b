"""The four stages in order."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import candidate_pairs, exact_groups, representatives
from transforms.dedupe.cluster import clusters
from transforms.dedupe.facts import facts as facts_of
from transforms.dedupe.identity import assigned
from transforms.dedupe.match import Abstracts, identity_marks, judged_pairs
from transforms.dedupe.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which paper each record belongs to: `members` (record_id, paper_id, rule, score, matched_record_id), redirects and new ids; and which work each
    paper: `works` (paper_id, work_id, rule, score, matched_paper_id)."""

    members: pl.DataFrame
    redirects: pl.DataFrame
    new_ids: pl.DataFrame
    works: pl.DataFrame


def resolve(facts: pl.DataFrame, given: pl.DataFrame, abstracts: Abstracts, parameters: Parameters = Parameters()) -> Resolution:
    """Deduplicate the records of these facts (facts.facts); `given` are the paper ids of earlier runs (identity.GIVEN_SCHEMA).

    `abstracts` gives record_id and abstract of staging.records for the record ids that it is asked for, at most twice `pairs_at_a_time`.
    """
    titled = facts.drop_nulls("title_key")
    members = _papers(titled, abstracts, parameters)
    keyed = members.select("record_id", "cluster").join(titled.select("record_id", "title_key", "abstract_digest"), on="record_id")
    ids, redirects, new_ids = assigned(keyed, given)
    members = members.join(ids, on="cluster").select("record_id", "paper_id", "rule", "score", "matched_record_id")
    members = pl.concat([members, _abstracts_apart(facts, members)])
    return Resolution(members.sort("record_id"), redirects.sort("old_paper_id"), new_ids.sort("record_id"), _only_papers(members))


def resolve_records(records: pl.DataFrame, given: pl.DataFrame, parameters: Parameters = Parameters()) -> Resolution:
    """Deduplicate records of staging.records that are in memory as a whole."""
    texts = records.select("record_id", "abstract")
    return resolve(facts_of(records, parameters), given, lambda ids: texts.join(ids.to_frame("record_id"), on="record_id", how="semi"), parameters)


def deduplicated(records: pl.DataFrame, distinct_within: Collection[str] = (), parameters: Parameters = Parameters()) -> pl.DataFrame:
    """record_id, paper (the first of its records by id), rule, score: one row per record of staging.records, whoever's file they come from.

    `distinct_within` names sources that list each paper once, so that two of their records are never one; the column `collection` says which
    source a record is of, `source` where there is none.
    """
    texts = records.select("record_id", "abstract")
    known = facts_of(records, parameters)
    if distinct_within:
        collection = pl.col("collection" if "collection" in records.columns else "source")
        within = records.select("record_id", distinct=pl.when(collection.is_in(list(distinct_within))).then(collection))
        known = known.join(within, on="record_id", maintain_order="left")
    titled = known.drop_nulls("title_key")
    members = _papers(titled, lambda ids: texts.join(ids.to_frame("record_id"), on="record_id", how="semi"), parameters)
    members = members.select("record_id", paper="cluster", rule="rule", score="score", matched_record_id="matched_record_id")
    apart = _abstracts_apart(known, members.rename({"paper": "paper_id"})).rename({"paper_id": "paper"})
    return pl.concat([members, apart]).drop("matched_record_id").sort("record_id")


def _papers(titled: pl.DataFrame, abstracts: Abstracts, parameters: Parameters) -> pl.DataFrame:
    """record_id, cluster, rule, score, matched_record_id of the records that have titles."""
    groups = exact_groups(titled, parameters)
    compared = representatives(titled, groups)
    pairs = candidate_pairs(compared, parameters)
    return clusters(groups, judged_pairs(compared, pairs, abstracts, parameters), identity_marks(compared))


def _only_papers(members: pl.DataFrame) -> pl.DataFrame:
    """Every paper as a work of its own."""
    return members.select(
        "paper_id",
        work_id="w" + pl.col("paper_id").str.strip_prefix("p"),
        rule=pl.lit("only_paper"),
        score=pl.lit(1.0),
        matched_paper_id=pl.lit(None, pl.String),
    ).unique("paper_id", maintain_order=True)


def _abstracts_apart(facts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The members that a source lists without title, apart from their papers: they belong to the record of the same source and id."""
    titled = facts.filter(pl.col("title_key").is_not_null() & pl.col("source_id").is_not_null()).join(members, on="record_id")
    first = titled.sort("record_id").unique(["source", "source_id"], keep="first", maintain_order=True)
    apart = facts.filter(pl.col("title_key").is_null()).select("record_id", "source", "source_id")
    found = apart.join(first.select("source", "source_id", "paper_id", matched_record_id="record_id"), on=["source", "source_id"])
    return found.select("record_id", "paper_id", rule=pl.lit("same_source_id"), score=pl.lit(1.0), matched_record_id="matched_record_id")
