"""Until the engine's own."""

from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import candidate_pairs, exact_groups, representatives
from transforms.dedupe.cluster import clusters
from transforms.dedupe.match import Abstracts, identity_marks, judged_pairs
from transforms.dedupe.parameters import Parameters

NONE_DECIDED = pl.DataFrame(schema={"record_a": pl.String, "record_b": pl.String, "decision": pl.String})


@dataclass(frozen=True, slots=True)
class Deduplicated:
    members: pl.DataFrame
    judged: pl.DataFrame


def deduplicated(facts: pl.DataFrame, abstracts: Abstracts, decided: pl.DataFrame = NONE_DECIDED, parameters: Parameters = Parameters()) -> Deduplicated:
    titled = facts.drop_nulls("title_key")
    groups = exact_groups(titled, parameters)
    if decided.height:
        touched = pl.concat([decided["record_a"], decided["record_b"]])
        groups = groups.with_columns(representative=pl.when(pl.col("record_id").is_in(touched.implode())).then("record_id").otherwise("representative"))
    compared = representatives(titled, groups)
    pairs = candidate_pairs(compared, parameters)
    judged = judged_pairs(compared, pairs, abstracts, parameters)
    if decided.height:
        both = decided.select(
            record_a=pl.min_horizontal("record_a", "record_b"), record_b=pl.max_horizontal("record_a", "record_b"), decision="decision",
            rule=pl.lit("decided"), score=pl.lit(1.0), weight=pl.when(pl.col("decision") == "same").then(1000.0).otherwise(-1000.0),
        )
        judged = pl.concat([judged.join(both, on=["record_a", "record_b"], how="anti"), both.select(judged.columns)])
    members = clusters(groups, judged, identity_marks(compared))
    return Deduplicated(members.with_columns(paper="cluster", work="cluster").drop("cluster"), judged)
