"""The four stages in order."""

from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import block_members, candidate_pairs, exact_groups, representatives
from transforms.dedupe.cluster import ONLY_RECORD, clusters
from transforms.dedupe.decided import NONE_DECIDED, ordered, records_of, with_decisions
from transforms.dedupe.facts import facts as facts_of
from transforms.dedupe.identity import assigned, assigned_works
from transforms.dedupe.match import Abstracts, identity_marks, judged_pairs
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.works import work_edges, works


@dataclass(frozen=True, slots=True)
class Matching:
    """What the stages found: `groups` (record_id, representative) of the records with titles; the representatives `compared`, and `blocks` (row of
    compared, block) in which they are; `evidence`, the judged pairs as match gives them, and `judged`, with what a person has decided; and
    `members` (as cluster.clusters gives them), all records but those without title that belong to none."""

    groups: pl.DataFrame
    compared: pl.Series
    blocks: pl.DataFrame
    evidence: pl.DataFrame
    judged: pl.DataFrame
    members: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which paper each record belongs to, `members` (record_id, paper_id, rule, score, matched_record_id), and which work each paper, `works`
    (paper_id, work_id, rule, score, matched_paper_id); redirects (old_paper_id, paper_id) and new ids (record_id, paper_id); where all records were
    matched, what the stages found, else `changed`, the ids of the papers that are not as they were.
    """

    members: pl.DataFrame
    works: pl.DataFrame
    redirects: pl.DataFrame
    new_ids: pl.DataFrame
    matching: Matching | None = None
    changed: pl.Series | None = None


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """`members`: record_id, paper, work (the first of their records by id), rule, score, matched_record_id, one row per record; `judged`: the
    pairs that were compared, as match.judged_pairs gives them."""

    members: pl.DataFrame
    judged: pl.DataFrame


def resolve(
    facts: pl.DataFrame,
    given: pl.DataFrame,
    abstracts: Abstracts,
    decided: pl.DataFrame = NONE_DECIDED,
    parameters: Parameters = Parameters(),
) -> Resolution:
    """Deduplicate the records of these facts (facts.facts); `given` are the paper ids of earlier runs (identity.GIVEN_SCHEMA).

    `abstracts` gives record_id and abstract of staging.records for the record ids that it is asked for, at most twice `pairs_at_a_time`;
    `decided` is what a person has decided (decided.DECIDED_SCHEMA), in order of time.
    """
    matching = matched(facts, abstracts, decided, parameters)
    members = matching.members
    keys = facts.select("record_id", "title_key", "abstract_digest")
    ids = assigned(members.select("record_id", "cluster").join(keys, on="record_id"), given)
    members = members.join(ids.kept, on="cluster").select("record_id", "paper_id", "rule", "score", "matched_record_id")
    grouped = works(members["paper_id"], work_edges(matching.judged, members.select("record_id", paper="paper_id")))
    grouped = grouped.rename({"paper": "paper_id", "matched_paper": "matched_paper_id"})
    return Resolution(
        members.sort("record_id"),
        assigned_works(grouped, given).sort("paper_id"),
        ids.redirects.sort("old_paper_id"),
        ids.new_ids.sort("record_id"),
        matching,
    )


def resolve_records(
    records: pl.DataFrame, given: pl.DataFrame, decided: pl.DataFrame = NONE_DECIDED, parameters: Parameters = Parameters()
) -> Resolution:
    """Deduplicate records of staging.records that are in memory as a whole."""
    return resolve(facts_of(records, parameters), given, in_memory(records), decided, parameters)


def deduplicated(
    facts: pl.DataFrame, abstracts: Abstracts, decided: pl.DataFrame = NONE_DECIDED, parameters: Parameters = Parameters()
) -> Deduplicated:
    """Deduplicate without a warehouse; a record without title that belongs to no other is a paper too.

    Where the facts have a column `distinct`, it names the source, if any, that lists each paper once: two of its records are never one paper.
    """
    matching = matched(facts, abstracts, decided, parameters)
    members, judged = matching.members, matching.judged
    # Of the facts no more than is needed: a join copies them.
    alone = facts.select("record_id").join(members.select("record_id"), on="record_id", how="anti")
    alone = alone.select("record_id", cluster="record_id", rule=pl.lit(ONLY_RECORD), score=pl.lit(1.0), matched_record_id=pl.lit(None, pl.String))
    members = pl.concat([members, alone.select(members.columns)])
    grouped = works(members["cluster"], work_edges(judged, members.select("record_id", paper="cluster")))
    found = members.join(grouped.select(cluster="paper", work="work"), on="cluster").rename({"cluster": "paper"})
    return Deduplicated(found.select("record_id", "paper", "work", "rule", "score", "matched_record_id").sort("record_id"), judged)


def in_memory(records: pl.DataFrame) -> Abstracts:
    """The abstracts of records of staging.records that are in memory."""
    texts = records.select("record_id", "abstract")
    return lambda ids: texts.join(ids.to_frame("record_id"), on="record_id", how="semi")


def matched(facts: pl.DataFrame, abstracts: Abstracts, decided: pl.DataFrame, parameters: Parameters) -> Matching:
    """Block, match and cluster."""
    # A copy only where it is needed: the facts of a million records are half a gigabyte.
    titled = facts.filter(pl.col("title_key").is_not_null()) if facts["title_key"].null_count() else facts
    decided = ordered(decided, titled["record_id"])
    groups = exact_groups(titled, parameters, records_of(decided))
    compared = representatives(titled, groups)
    blocks = block_members(compared)
    evidence = judged_pairs(compared, candidate_pairs(compared, blocks, parameters), abstracts, parameters)
    judged = with_decisions(evidence, decided)
    members = clusters(groups, judged, identity_marks(compared))
    members = pl.concat([members, without_title(facts, members)])
    return Matching(groups.select("record_id", "representative"), compared["record_id"], blocks, evidence, judged, members)


def without_title(facts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The members that a source lists without title, apart from their papers: they belong to the record of the same source and id."""
    keys = facts.select("record_id", "source", "source_id", has_title=pl.col("title_key").is_not_null())
    apart = keys.filter(~pl.col("has_title")).drop("has_title")
    titled = keys.filter(pl.col("has_title")).join(apart.drop_nulls(), on=["source", "source_id"], how="semi").join(members, on="record_id")
    first = titled.sort("record_id").unique(["source", "source_id"], keep="first", maintain_order=True)
    found = apart.join(first.select("source", "source_id", "cluster", matched_record_id="record_id"), on=["source", "source_id"])
    return found.with_columns(rule=pl.lit("same_source_id"), score=pl.lit(1.0)).select(members.columns)
