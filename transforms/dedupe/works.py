"""Works: which papers are versions of one another."""

import polars as pl

from transforms.dedupe.joining import PARTED, Joining
from transforms.dedupe.versions import ONLY_PAPER

_EDGE = ["paper_a", "paper_b", "rule", "score"]


def work_edges(judged: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """paper_a < paper_b, rule, score: for each two papers that hold records of one work the strongest such pair, or PARTED as its score where a
    person has said that two of their records are two papers.

    `judged` are the pairs of match, `papers` (record_id, paper) their papers.
    """
    told = judged.filter(pl.col("work_rule").is_not_null() | (pl.col("weight") == PARTED))
    for side in "ab":
        told = told.join(papers.rename({"record_id": f"record_{side}", "paper": f"of_{side}"}), on=f"record_{side}")
    told = told.filter(pl.col("of_a") != pl.col("of_b")).select(
        paper_a=pl.min_horizontal("of_a", "of_b"),
        paper_b=pl.max_horizontal("of_a", "of_b"),
        rule="work_rule",
        score=pl.when(pl.col("weight") == PARTED).then(PARTED).otherwise("work_score"),
    )
    is_parted = (pl.col("score") == PARTED).any().over("paper_a", "paper_b")
    told = told.filter(~is_parted | (pl.col("score") == PARTED))
    strongest = told.sort(*_EDGE[:2], "score", "rule", descending=[False, False, True, False])
    return strongest.unique(["paper_a", "paper_b"], keep="first", maintain_order=True).select(_EDGE)


def works(papers: pl.Series, edges: pl.DataFrame) -> pl.DataFrame:
    """paper, work (its first paper in the order of text), rule, score, matched_paper: one row per paper, sorted by it.

    `edges` are those of work_edges; the rule of a paper is its strongest one within the work, ONLY_PAPER where it is alone.
    """
    ways = edges.sort("score", "paper_a", "paper_b", descending=[True, False, False])
    joining = Joining()
    joining.note_weights(ways.select("paper_a", "paper_b", "score").iter_rows())
    joined = joining.joined((a, b, False) for a, b in ways.filter(pl.col("score") != PARTED).select("paper_a", "paper_b").iter_rows())
    roots = pl.DataFrame(list(joined.items()), schema={"paper": pl.String, "root": pl.String}, orient="row")
    found = papers.unique().sort().rename("paper").to_frame().join(roots, on="paper", how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("root", "paper").alias("root"))
    found = found.select("paper", work=pl.col("paper").min().over("root"))
    return found.join(_reasons(found, ways), on="paper", how="left", maintain_order="left").with_columns(
        pl.col("rule").fill_null(ONLY_PAPER), pl.col("score").fill_null(1.0)
    )


def _reasons(found: pl.DataFrame, ways: pl.DataFrame) -> pl.DataFrame:
    """paper, rule, score, matched_paper: its strongest edge within its work."""
    turned = [
        ways.select(paper=f"paper_{one}", matched_paper=f"paper_{other}", rule="rule", score="score") for one, other in (("a", "b"), ("b", "a"))
    ]
    inside = pl.concat(turned).join(found, on="paper").join(found, left_on="matched_paper", right_on="paper", suffix="_matched")
    inside = inside.filter((pl.col("work") == pl.col("work_matched")) & pl.col("rule").is_not_null())
    inside = inside.sort("paper", "score", "matched_paper", descending=[False, True, False])
    return inside.unique("paper", keep="first", maintain_order=True).select("paper", "rule", "score", "matched_paper")
