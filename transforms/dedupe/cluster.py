"""Cluster: from judged pairs to papers."""

from collections.abc import Iterable

import polars as pl

ONLY_RECORD = "only_record"


def clusters(groups: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """record_id, cluster (its first record by id), rule, score, matched_record_id: one row per record.

    `groups` are the exact groups of block; `judged` the pairs between their representatives. The strongest pairs join first, and two
    clusters that hold a pair judged different are never joined, whatever stands between them: a title without abstract must not
    pull two papers of that title together. The result does not depend on the order of the rows.
    """
    same = judged.filter(pl.col("decision") == "same").sort("score", "record_a", "record_b", descending=[True, False, False])
    different = judged.filter(pl.col("decision") == "different")
    parent = _joined(same.select("record_a", "record_b").iter_rows(), different.select("record_a", "record_b").iter_rows())
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


def _joined(same: Iterable[tuple[str, str]], different: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Every record of the pairs with the root of its cluster: union-find in which clusters know their opponents."""
    parent: dict[str, str] = {}
    opponents: dict[str, set[str]] = {}

    def root(record: str) -> str:
        while (above := parent.setdefault(record, record)) != record:
            parent[record] = parent[above]
            record = above
        return record

    for a, b in different:
        opponents.setdefault(root(a), set()).add(root(b))
        opponents.setdefault(root(b), set()).add(root(a))
    for a, b in same:
        kept, gone = sorted((root(a), root(b)))
        if kept == gone or gone in opponents.get(kept, ()):
            continue
        parent[gone] = kept
        for opponent in opponents.pop(gone, ()):
            opponents[opponent].remove(gone)
            opponents[opponent].add(kept)
            opponents.setdefault(kept, set()).add(opponent)
    return {record: root(record) for record in parent}


def _reasons(members: pl.DataFrame, same: pl.DataFrame) -> pl.DataFrame:
    """For each record that is not alone, its strongest pair within its cluster: rule, score, matched_record_id."""
    cluster_of = members.select("record_id", "cluster")
    turned = same.select(record_a="record_b", record_b="record_a", rule="rule", score="score")
    by_rule = pl.concat([same.select(turned.columns), turned]).rename({"record_a": "record_id", "record_b": "matched_record_id"})
    by_rule = by_rule.join(cluster_of, on="record_id").join(cluster_of, left_on="matched_record_id", right_on="record_id", suffix="_b")
    by_rule = by_rule.filter(pl.col("cluster") == pl.col("cluster_b")).select("record_id", "matched_record_id", "rule", "score")
    grouped = members.filter(pl.len().over("representative") > 1)
    second = grouped.filter(pl.col("record_id") != pl.col("representative")).group_by("representative").agg(pl.col("record_id").min().alias("second"))
    matched = pl.when(pl.col("record_id") == pl.col("representative")).then("second").otherwise("representative")
    exact = grouped.join(second, on="representative").select("record_id", matched.alias("matched_record_id"), "rule", "score")
    best = pl.concat([exact, by_rule]).sort("record_id", "score", "matched_record_id", descending=[False, True, False])
    return best.unique("record_id", keep="first", maintain_order=True)
