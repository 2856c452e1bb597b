"""Regroup: what a batch changes in the exact groups, the blocks and the judged pairs."""

from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import block_members, candidate_pairs, group_keys, identified
from transforms.dedupe.known import Known
from transforms.dedupe.match import Abstracts, judged_pairs, numbered
from transforms.dedupe.parameters import Parameters

_PAIR = ["record_a", "record_b"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run brings: `new` facts of records, `gone` the ids of known records that are no more or now say something else (then they are new
    too), `apart` the records of which a person has decided, and `restated` those of them of which more or less is decided than before."""

    new: pl.DataFrame
    gone: pl.Series
    apart: pl.Series
    restated: pl.Series


@dataclass(frozen=True, slots=True)
class Regrouped:
    """`groups` (record_id, group, representative): the records whose group the batch touches, as they now are; the representatives `added` and
    `removed` (a record whose facts changed is both); `blocks` (block, record_id) of the added; `fresh`, the pairs judged anew, and `lost`, those
    that share no block any more, with which no removed record has to do."""

    groups: pl.DataFrame
    added: pl.Series
    removed: pl.Series
    blocks: pl.DataFrame
    fresh: pl.DataFrame
    lost: pl.DataFrame


def regrouped(known: Known, batch: Batch, abstracts: Abstracts, parameters: Parameters) -> Regrouped:
    """Match the batch. Only blocks that it touches are looked at: their records are paired anew, for a window moves when one comes between."""
    groups, added, removed = _groups(known, batch, parameters)
    blocks, fresh, lost, facts = _pairs(known, batch, added, removed, parameters)
    compared = facts.filter(pl.col("record_id").is_in(_ends(fresh).implode()))
    return Regrouped(groups, added, removed, blocks, judged_pairs(compared, numbered(fresh, compared), abstracts, parameters), lost)


def _groups(known: Known, batch: Batch, parameters: Parameters) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    columns = ["record_id", "group", "representative"]
    new = batch.new.filter(pl.col("title_key").is_not_null())
    new = new.select("record_id", group_keys(new, parameters), representative="record_id")
    touched = known.facts(pl.concat([batch.gone, batch.restated]).unique())
    touched = touched.filter(pl.col("representative").is_not_null()).select(columns)
    grouped = known.of_groups(pl.concat([new["group"], touched["group"]]).drop_nulls().unique()).select(columns)
    before = pl.concat([grouped, touched]).unique("record_id")
    is_gone = pl.col("record_id").is_in(batch.gone.implode())
    after = pl.concat([before.filter(~is_gone), new])
    is_grouped = pl.col("group").is_not_null() & ~pl.col("record_id").is_in(batch.apart.implode())
    shared = pl.when(is_grouped).then("group")
    first = pl.col("record_id").min().over(shared)
    after = after.with_columns(representative=pl.when(is_grouped).then(first).otherwise("record_id"))
    was, now = (frame.filter(pl.col("record_id") == pl.col("representative"))["record_id"] for frame in (before, after))
    added = now.filter(~now.is_in(was.implode()) | now.is_in(batch.gone.implode()))
    removed = was.filter(~was.is_in(now.implode()) | was.is_in(batch.gone.implode()))
    return after, added.sort(), removed.sort()


def _pairs(
    known: Known, batch: Batch, added: pl.Series, removed: pl.Series, parameters: Parameters
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The blocks of the added, the fresh pairs, the lost ones, and the facts of all records in touched blocks."""
    is_new = batch.new.filter(pl.col("record_id").is_in(added.implode()))
    promoted = known.facts(added.filter(~added.is_in(is_new["record_id"].implode()))).select(batch.new.columns)
    arriving = pl.concat([is_new, promoted])
    came, left = _blocks_of(arriving), _blocks_of(known.facts(removed))
    before = known.of_blocks(pl.concat([came["block"], left["block"]]).unique())
    old = known.facts(before["record_id"].unique()).select(batch.new.columns)
    stays = ~pl.col("record_id").is_in(removed.implode())
    facts = pl.concat([old.filter(stays), arriving])
    paired_before = _paired(old, before, parameters)
    paired = _paired(facts, pl.concat([before.filter(stays), came.select(before.columns)]), parameters)
    touches = pl.any_horizontal(pl.col(name).is_in(added.implode()) for name in _PAIR)
    fresh = pl.concat([paired.join(paired_before, on=_PAIR, how="anti"), paired.filter(touches)]).unique().sort(_PAIR)
    are_left = pl.all_horizontal(~pl.col(name).is_in(removed.implode()) for name in _PAIR)
    lost = paired_before.join(paired, on=_PAIR, how="anti").filter(are_left)
    return came, fresh, _really_lost(known, lost, old, before["block"].unique(), parameters), facts


def _really_lost(known: Known, lost: pl.DataFrame, facts: pl.DataFrame, touched: pl.Series, parameters: Parameters) -> pl.DataFrame:
    """Those of the pairs that no other block holds together."""
    if lost.is_empty():
        return lost
    others = _blocks_of(facts.filter(pl.col("record_id").is_in(_ends(lost).implode()))).filter(~pl.col("block").is_in(touched.implode()))
    shared = lost.join(others, left_on="record_a", right_on="record_id").join(others, left_on=["record_b", "block"], right_on=["record_id", "block"])
    members = known.of_blocks(shared["block"].unique())
    held = _paired(known.facts(members["record_id"].unique()).select(facts.columns), members, parameters)
    return lost.join(held, on=_PAIR, how="anti")


def _blocks_of(facts: pl.DataFrame) -> pl.DataFrame:
    """block, record_id."""
    members = block_members(facts)
    return members.select("block", record_id=facts["record_id"].gather(members["row"]))


def _paired(facts: pl.DataFrame, members: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    rows = facts.select("record_id", row=pl.int_range(pl.len(), dtype=pl.UInt32))
    return identified(candidate_pairs(facts, members.join(rows, on="record_id").select("row", "block"), parameters), facts)


def _ends(pairs: pl.DataFrame) -> pl.Series:
    return pl.concat([pairs["record_a"], pairs["record_b"]]).unique().rename("record_id")
