"""Cluster: from judged pairs to papers."""

import polars as pl

from transforms.dedupe.joining import PARTED, Joining

ONLY_RECORD = "only_record"
# A person says so.
PINNED = "pinned"

# One pair says no more than this for or against two clusters being one, in natural logarithms of odds: so that many pairs outweigh one.
_MOST = 4.0


def clusters(groups: pl.DataFrame, judged: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """record_id, cluster (its first record by id), rule, score, matched_record_id: one row per record.

    `groups` are the exact groups of block; `judged` the pairs between their representatives; `marks` (record_id, kind, value) what a paper has
    once, of which two values are two papers. The strongest pairs join first. Two clusters are never joined that hold a pair judged
    different or two values of one mark, whatever stands between them; nor two of which all their pairs together say that they are two
    papers. What a person has joined (rule `pinned`) is joined before all else and whatever speaks against it, except another person's word.
    The result does not depend on the order of the rows.
    """
    is_pinned = pl.col("rule").eq_missing(PINNED)
    same = judged.filter(pl.col("decision") == "same").with_columns(is_pinned=is_pinned)
    same = same.sort("is_pinned", "weight", "record_a", "record_b", descending=[True, True, False, False])
    touched = pl.concat([same["record_a"], same["record_b"]]).unique().implode()
    among = judged.filter(pl.col("record_a").is_in(touched) & pl.col("record_b").is_in(touched))
    joining = Joining()
    joining.note_marks(marks.filter(pl.col("record_id").is_in(touched)).select("record_id", "kind", "value").iter_rows())
    is_parted = pl.col("weight") == PARTED
    is_different = (pl.col("decision") == "different") & ~is_parted
    weight = pl.when(is_parted).then(PARTED).when(is_different).then(None).otherwise(pl.col("weight").clip(-_MOST, _MOST))
    joining.note_weights(among.select("record_a", "record_b", weight).iter_rows())
    parent = joining.joined(same.select("record_a", "record_b", "is_pinned").iter_rows())
    roots = pl.DataFrame(list(parent.items()), schema={"representative": pl.String, "cluster": pl.String}, orient="row")
    members = groups.join(roots, on="representative", how="left").with_columns(pl.coalesce("cluster", "representative").alias("cluster"))
    return (
        members.drop("rule", "score")
        .join(_reasons(members, same), on="record_id", how="left")
        .select(
            "record_id",
            # Named by its first record, so that the name says nothing of the order of joining.
            pl.col("record_id").min().over("cluster").alias("cluster"),
            pl.col("rule").fill_null(ONLY_RECORD),
            pl.col("score").fill_null(1.0),
            "matched_record_id",
        )
    )


def _reasons(members: pl.DataFrame, same: pl.DataFrame) -> pl.DataFrame:
    """For each record that is not alone, its strongest pair within its cluster: rule, score, matched_record_id."""
    cluster_of = members.select("record_id", "cluster")
    same = same.select("record_a", "record_b", "rule", "score")
    turned = same.select(record_a="record_b", record_b="record_a", rule="rule", score="score")
    by_rule = pl.concat([same, turned]).rename({"record_a": "record_id", "record_b": "matched_record_id"})
    by_rule = by_rule.join(cluster_of, on="record_id").join(cluster_of, left_on="matched_record_id", right_on="record_id", suffix="_b")
    by_rule = by_rule.filter(pl.col("cluster") == pl.col("cluster_b")).select("record_id", "matched_record_id", "rule", "score")
    grouped = members.filter(pl.len().over("representative") > 1)
    second = grouped.filter(pl.col("record_id") != pl.col("representative")).group_by("representative").agg(pl.col("record_id").min().alias("second"))
    matched = pl.when(pl.col("record_id") == pl.col("representative")).then("second").otherwise("representative")
    exact = grouped.join(second, on="representative").select("record_id", matched.alias("matched_record_id"), "rule", "score")
    best = pl.concat([exact, by_rule]).sort("record_id", "score", "matched_record_id", descending=[False, True, False])
    return best.unique("record_id", keep="first", maintain_order=True)
