"""Decided: what a person has said of two records wins over all evidence."""

import polars as pl

from transforms.dedupe.cluster import PINNED
from transforms.dedupe.joining import PARTED

# `decision` is same or different.
DECIDED_SCHEMA = pl.Schema({"record_a": pl.String, "record_b": pl.String, "decision": pl.String})
NONE_DECIDED = pl.DataFrame(schema=DECIDED_SCHEMA)

# In natural logarithms of odds: more than all evidence together.
_SURE = 100.0


def ordered(decided: pl.DataFrame, record_ids: pl.Series) -> pl.DataFrame:
    """The decisions on two of these records, each pair once, record_a < record_b, the last decision on a pair."""
    known = record_ids.implode()
    here = decided.filter(pl.col("record_a").is_in(known) & pl.col("record_b").is_in(known) & (pl.col("record_a") != pl.col("record_b")))
    pairs = here.select(record_a=pl.min_horizontal("record_a", "record_b"), record_b=pl.max_horizontal("record_a", "record_b"), decision="decision")
    return pairs.unique(["record_a", "record_b"], keep="last", maintain_order=True).sort("record_a", "record_b")


def records_of(decided: pl.DataFrame) -> pl.Series:
    """Every record that something is decided of."""
    return pl.concat([decided["record_a"], decided["record_b"]]).unique().rename("record_id")


def with_decisions(judged: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """The judged pairs, those that a person has decided as decided; what a person parts is not one work either."""
    if decided.is_empty():
        return judged
    is_same = pl.col("decision") == "same"
    said = decided.select(
        "record_a",
        "record_b",
        "decision",
        rule=pl.when(is_same).then(pl.lit(PINNED)),
        score=pl.when(is_same).then(1.0).otherwise(0.0),
        weight=pl.when(is_same).then(_SURE).otherwise(PARTED),
        work_rule=pl.lit(None, pl.String),
        work_score=pl.lit(None, pl.Float64),
    )
    rest = judged.join(decided, on=["record_a", "record_b"], how="anti")
    return pl.concat([rest, said.select(judged.columns)]).sort("record_a", "record_b")
