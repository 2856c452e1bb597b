"""The four stages in order."""

from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import candidate_pairs, exact_groups, representatives
from transforms.dedupe.cluster import ONLY_RECORD, clusters
from transforms.dedupe.decided import NONE_DECIDED, ordered, records_of, with_decisions
from transforms.dedupe.facts import facts as facts_of
from transforms.dedupe.identity import assigned, assigned_works
from transforms.dedupe.match import Abstracts, identity_marks, judged_pairs
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.works import work_edges, works


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which paper each record belongs to, `members` (record_id, paper_id, rule, score, matched_record_id), and which work each paper, `works`
    (paper_id, work_id, rule, score, matched_paper_id); redirects (old_paper_id, paper_id) and new ids (record_id, paper_id)."""

    members: pl.DataFrame
    works: pl.DataFrame
    redirects: pl.DataFrame
    new_ids: pl.DataFrame


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
    members, judged = _papers(facts, abstracts, decided, parameters)
    grouped = works(members["cluster"], work_edges(judged, members.select("record_id", paper="cluster")))
    keys = facts.select("record_id", "title_key", "abstract_digest")
    ids, redirects, new_ids = assigned(members.select("record_id", "cluster").join(keys, on="record_id"), given)
    for name in ("paper", "matched_paper"):
        grouped = grouped.join(ids.rename({"cluster": name, "paper_id": f"{name}_id"}), on=name, how="left")
    return Resolution(
        members.join(ids, on="cluster").select("record_id", "paper_id", "rule", "score", "matched_record_id").sort("record_id"),
        assigned_works(grouped.select("paper_id", "work", "rule", "score", "matched_paper_id"), given).sort("paper_id"),
        redirects.sort("old_paper_id"),
        new_ids.sort("record_id"),
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
    members, judged = _papers(facts, abstracts, decided, parameters)
    alone = facts.join(members, on="record_id", how="anti")
    alone = alone.select("record_id", cluster="record_id", rule=pl.lit(ONLY_RECORD), score=pl.lit(1.0), matched_record_id=pl.lit(None, pl.String))
    members = pl.concat([members, alone.select(members.columns)])
    grouped = works(members["cluster"], work_edges(judged, members.select("record_id", paper="cluster")))
    found = members.join(grouped.select(cluster="paper", work="work"), on="cluster").rename({"cluster": "paper"})
    return Deduplicated(found.select("record_id", "paper", "work", "rule", "score", "matched_record_id").sort("record_id"), judged)


def in_memory(records: pl.DataFrame) -> Abstracts:
    """The abstracts of records of staging.records that are in memory."""
    texts = records.select("record_id", "abstract")
    return lambda ids: texts.join(ids.to_frame("record_id"), on="record_id", how="semi")


def _papers(facts: pl.DataFrame, abstracts: Abstracts, decided: pl.DataFrame, parameters: Parameters) -> tuple[pl.DataFrame, pl.DataFrame]:
    """record_id, cluster, rule, score, matched_record_id of all records but those without title that belong to none; and the judged pairs."""
    titled = facts.filter(pl.col("title_key").is_not_null())
    decided = ordered(decided, titled["record_id"])
    groups = exact_groups(titled, parameters, records_of(decided))
    compared = representatives(titled, groups)
    judged = judged_pairs(compared, candidate_pairs(compared, parameters), abstracts, parameters)
    judged = with_decisions(judged, decided)
    members = clusters(groups, judged, identity_marks(compared))
    return pl.concat([members, _without_title(facts, members)]), judged


def _without_title(facts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The members that a source lists without title, apart from their papers: they belong to the record of the same source and id."""
    titled = facts.filter(pl.col("title_key").is_not_null() & pl.col("source_id").is_not_null()).join(members, on="record_id")
    first = titled.sort("record_id").unique(["source", "source_id"], keep="first", maintain_order=True)
    apart = facts.filter(pl.col("title_key").is_null()).select("record_id", "source", "source_id")
    found = apart.join(first.select("source", "source_id", "cluster", matched_record_id="record_id"), on=["source", "source_id"])
    return found.with_columns(rule=pl.lit("same_source_id"), score=pl.lit(1.0)).select(members.columns)
