"""Cluster: from judged pairs to papers."""

from collections.abc import Iterable

import polars as pl

ONLY_RECORD = "only_record"

# One pair says no more than this for or against two clusters being one, in natural logarithms of odds: so that many pairs outweigh one.
_MOST = 4.0


def clusters(groups: pl.DataFrame, judged: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """record_id, cluster (its first record by id), rule, score, matched_record_id: one row per record.

    `groups` are the exact groups of block; `judged` the pairs between their representatives; `marks` (record_id, kind, value) what a paper has
    once, of which two values are two papers. The strongest pairs join first. Two clusters are never joined that hold a pair judged
    different or two values of one mark, whatever stands between them; nor two of which all their pairs together say that they are two
    papers. The result does not depend on the order of the rows.
    """
    same = judged.filter(pl.col("decision") == "same").sort("weight", "record_a", "record_b", descending=[True, False, False])
    touched = pl.concat([same["record_a"], same["record_b"]]).unique().implode()
    among = judged.filter(pl.col("record_a").is_in(touched) & pl.col("record_b").is_in(touched))
    joining = _Joining()
    joining.note_marks(marks.filter(pl.col("record_id").is_in(touched)).select("record_id", "kind", "value").iter_rows())
    weights = among.select(
        "record_a", "record_b", pl.when(pl.col("decision") == "different").then(None).otherwise(pl.col("weight").clip(-_MOST, _MOST))
    )
    joining.note_weights(weights.iter_rows())
    parent = joining.joined(same.select("record_a", "record_b").iter_rows())
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


class _Joining:
    """Union-find in which clusters know their marks, their opponents and what all pairs say of them and their neighbours."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.marks: dict[str, dict[str, str]] = {}
        # None is a pair judged different.
        self.weights: dict[str, dict[str, float | None]] = {}

    def note_marks(self, marks: Iterable[tuple[str, str, str]]) -> None:
        for record, kind, value in marks:
            self.marks.setdefault(record, {})[kind] = value

    def note_weights(self, pairs: Iterable[tuple[str, str, float | None]]) -> None:
        for a, b, weight in pairs:
            self.weights.setdefault(a, {})[b] = weight
            self.weights.setdefault(b, {})[a] = weight

    def joined(self, same: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Every record of these pairs with the root of its cluster."""
        for a, b in same:
            kept, gone = self._root(a), self._root(b)
            if kept == gone or not self._may_join(kept, gone):
                continue
            if (len(self.weights[kept]), gone) < (len(self.weights[gone]), kept):
                kept, gone = gone, kept
            self._join(kept, gone)
        return {record: self._root(record) for record in list(self.parent)}

    def _root(self, record: str) -> str:
        while (above := self.parent.setdefault(record, record)) != record:
            self.parent[record] = self.parent[above]
            record = above
        return record

    def _may_join(self, a: str, b: str) -> bool:
        weight = self.weights[a][b]
        if weight is None or weight <= 0:
            return False
        others = self.marks.get(b, {})
        return all(others.get(kind, value) == value for kind, value in self.marks.get(a, {}).items())

    def _join(self, kept: str, gone: str) -> None:
        self.parent[gone] = kept
        if gone in self.marks:
            self.marks.setdefault(kept, {}).update(self.marks.pop(gone))
        mine = self.weights[kept]
        mine.pop(gone)
        for neighbour, weight in self.weights.pop(gone).items():
            if neighbour == kept:
                continue
            before = mine.get(neighbour, 0.0)
            mine[neighbour] = self.weights[neighbour][kept] = None if weight is None or before is None else before + weight
            del self.weights[neighbour][gone]


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
