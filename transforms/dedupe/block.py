"""Block: which pairs of records are worth comparing."""

import polars as pl

from transforms.dedupe.facts import FACTS, IDENTIFIERS
from transforms.dedupe.parameters import Parameters


def exact_groups(facts: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_id, representative, rule, score: records that agree in all that is compared, the representative being the first of them by id.

    Those are records with equal title and equal abstract; and among records whose abstract says too little ("To appear.") or is missing, those with
    equal title and equal facts, at least one of them. A title alone is no evidence: then the record represents itself. Only representatives
    are compared with others, so that a paper listed a thousand times costs no million comparisons.
    """
    has_abstract = says_enough(parameters)
    has_fact = pl.any_horizontal(pl.col(fact).is_not_null() for fact in FACTS)
    first = pl.col("record_id").min()
    return facts.select(
        "record_id",
        pl.when(has_abstract)
        .then(first.over("title_key", "abstract_digest", "arxiv_id", "doi"))
        .when(has_fact)
        .then(first.over("title_key", has_abstract, *FACTS))
        .otherwise("record_id")
        .alias("representative"),
        pl.when(has_abstract).then(pl.lit("same_title_same_abstract")).otherwise(pl.lit("same_title_same_facts")).alias("rule"),
        pl.when(has_abstract).then(1.0).otherwise(parameters.score_same_facts).alias("score"),
    )


def representatives(facts: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The representatives among the records, each with the facts of its whole group: what it does not say itself, the first other that does."""
    first_known = [pl.col(fact).drop_nulls().first() for fact in FACTS]
    known = facts.select("record_id", *FACTS).join(groups, on="record_id").sort("record_id").group_by(record_id="representative").agg(first_known)
    return facts.drop(FACTS).join(known, on="record_id")


def candidate_pairs(facts: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_a < record_b: every pair that shares its title key, the beginning of its abstract key or an identifier, each once.

    A title that very many records share ("Editorial") makes no block, nor does an abstract ("There is no abstract for this record"): it says nothing.
    """
    found = [_pairs_sharing(facts, name, parameters) for name in ("title_key", "start_digest", *IDENTIFIERS)]
    return pl.concat(found).unique().sort("record_a", "record_b")


def says_enough(parameters: Parameters) -> pl.Expr:
    """Whether the abstract has enough words to be evidence."""
    return pl.col("abstract_word_count") > parameters.min_bigrams


def _pairs_sharing(facts: pl.DataFrame, name: str, parameters: Parameters) -> pl.DataFrame:
    shared = facts.select("record_id", name).drop_nulls().filter(pl.len().over(name).is_between(2, parameters.max_block))
    pairs = shared.join(shared, on=name, suffix="_b").filter(pl.col("record_id") < pl.col("record_id_b"))
    return pairs.select(record_a="record_id", record_b="record_id_b")
