"""Versions: which pairs of records are of one work, though perhaps not one paper.

A work is what a preprint, its proceedings paper, its journal article and the notices about them have in common: the same text by the same people.
When and where it appeared says little, so the weights of year, venue, place and DOI are left out here.
"""

from collections.abc import Callable

import polars as pl

ONLY_PAPER = "only_paper"

# Fields of match's evidence whose weights count here too.
KINSHIP = ("title", "length", "change", "part", "numbers", "names", "first_name")
# A preprint is rarely older than three years when its article comes.
_FAR = -1.0
# What `title: same` weighs; behind `Erratum to:` stands the title of the article.
_NAMED = 3.6
# Odds of three to one.
_LEAST = 1.1
# A notice about a paper and the paper are versions of one work; a reply or a comment is other people's work.
_NOTICES = ("correction", "retraction")


def kinship(prior: float, weight: Callable[[str], pl.Expr]) -> list[pl.Expr]:
    """Columns that work_verdict needs, from a frame of compared pairs (compare.evidence): kin_weight, kin_names, is_notice_pair, is_kin."""
    far = pl.when(pl.col("year_says") == "far").then(_FAR).otherwise(0.0)
    is_notice = [pl.col(f"notice_{side}").is_in(_NOTICES).fill_null(value=False) for side in "ab"]
    is_notice_pair = (is_notice[0] != is_notice[1]) & (pl.col("part_says") != "unknown")
    named = prior + _NAMED + weight("names") + weight("first_name") + pl.max_horizontal(weight("venue"), weight("place"), 0.0)
    alike = prior + pl.sum_horizontal(weight(name) for name in KINSHIP) + far
    return [
        pl.when(is_notice_pair).then(named).otherwise(alike).alias("kin_weight"),
        pl.col("names_says").is_in(["same", "most", "one"]).alias("has_kin_names"),
        is_notice_pair.alias("is_notice_pair"),
        # Comments, replies and editorials are no versions of what they are about; nor is a sequel one of its first part.
        (
            (pl.col("title_says") != "generic")
            & (pl.col("notice_says") != "differ")
            & ~pl.col("numbers_says").is_in(["differ", "other"])
            & (pl.col("change_says") != "sequel")
        ).alias("is_kin"),
    ]


def work_verdict() -> list[pl.Expr]:
    """work_rule and work_score of pairs with the columns of kinship, abstract_says, is_told_apart, is_one_identifier and the abstract's weight as
    `abstract_weight`: null where the two are not shown to be of one work."""
    weight = pl.col("kin_weight") + pl.when("is_notice_pair").then(0.0).otherwise("abstract_weight")
    same_abstract = pl.col("abstract_says").is_in(["same", "alike"])
    rule = (
        pl.when(pl.col("is_notice_pair") & pl.col("has_kin_names"))
        .then(pl.lit("notice_of"))
        .when("is_one_identifier")
        .then(pl.lit("version_by_identifier"))
        .when(pl.col("is_kin") & pl.col("has_kin_names") & ~pl.col("is_told_apart"))
        .then(pl.lit("version_by_title_and_authors"))
        # Under another title it is the same text by the same people, or another of theirs.
        .when(pl.col("is_kin") & same_abstract & (pl.col("has_kin_names") | ~pl.col("is_told_apart")))
        .then(pl.lit("version_by_abstract"))
    )
    is_one_work = (weight >= _LEAST) | pl.col("is_one_identifier")
    score = pl.when("is_one_identifier").then(1 / (1 + (-pl.max_horizontal(weight, 4.5)).exp())).otherwise(1 / (1 + (-weight).exp()))
    return [pl.when(is_one_work).then(rule).alias("work_rule"), pl.when(is_one_work & rule.is_not_null()).then(score).alias("work_score")]
