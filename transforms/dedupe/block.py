"""Block: which pairs of records are worth comparing."""

import polars as pl

from transforms.dedupe.parameters import Parameters
from transforms.keys import key, key_of_words, words

# What is compared beside title and abstract.
FACTS = ("published_on", "organization_id", "author_count", "first_author", "arxiv_id", "doi")

IDENTIFIERS = ("arxiv_id", "doi")


def prepared(records: pl.DataFrame) -> pl.DataFrame:
    """The records of staging.records with what is compared: title_key, abstract_key, abstract_words, title_numbers."""
    # A first author and a year together are a fact; each alone is shared by thousands.
    first_author = pl.format("{} {}", "first_family", "year")
    numbers = pl.col("title").str.extract_all(r"\d+|\b[IVX]+\b").list.unique().list.sort().list.join(" ")
    return records.with_columns(
        key(pl.col("title")).alias("title_key"),
        words(pl.col("abstract")).alias("abstract_words"),
        numbers.alias("title_numbers"),
        first_author.alias("first_author"),
    ).with_columns(key_of_words(pl.col("abstract_words"), pl.col("abstract")).alias("abstract_key"))


def exact_groups(records: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_id, representative, rule, score: records that agree in all that is compared, the representative being the first of them by id.

    Those are records with equal title and equal abstract; and among records whose abstract says too little ("To appear.") or is missing, those with
    equal title and equal facts, at least one of them. A title alone is no evidence: then the record represents itself. Only representatives
    are compared with others, so that a paper listed a thousand times costs no million comparisons.
    """
    has_abstract = _says_enough(parameters)
    has_fact = pl.any_horizontal(pl.col(fact).is_not_null() for fact in FACTS)
    first = pl.col("record_id").min()
    return records.select(
        "record_id",
        pl.when(has_abstract)
        .then(first.over("title_key", "abstract_key", "arxiv_id", "doi"))
        .when(has_fact)
        .then(first.over("title_key", has_abstract, *FACTS))
        .otherwise("record_id")
        .alias("representative"),
        pl.when(has_abstract).then(pl.lit("same_title_same_abstract")).otherwise(pl.lit("same_title_same_facts")).alias("rule"),
        pl.when(has_abstract).then(1.0).otherwise(parameters.score_same_facts).alias("score"),
    )


def representatives(records: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The representatives among the records, each with the facts of its whole group: what it does not say itself, the first other that does."""
    facts = [pl.col(fact).drop_nulls().first() for fact in FACTS]
    known = records.join(groups, on="record_id").sort("record_id").group_by(record_id="representative").agg(facts)
    return records.drop(FACTS).join(known, on="record_id")


def candidate_pairs(records: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_a < record_b: every pair that shares its title key, the beginning of its abstract key or an identifier, each once.

    A title that very many records share ("Editorial") makes no block, nor does an abstract ("There is no abstract for this record"): it says nothing.
    """
    is_long_enough = pl.col("abstract_key").str.len_chars() >= parameters.abstract_block_length
    start = pl.col("abstract_key").str.head(parameters.abstract_block_length)
    blocks = pl.concat(
        [
            records.select("record_id", pl.format("title {}", "title_key").alias("block")),
            records.filter(is_long_enough).select("record_id", pl.format("abstract {}", start).alias("block")),
            *(records.select("record_id", pl.format("{} {}", pl.lit(name), name).alias("block")).drop_nulls() for name in IDENTIFIERS),
        ]
    )
    shared = blocks.filter(pl.len().over("block").is_between(2, parameters.max_block))
    pairs = shared.join(shared, on="block", suffix="_b").filter(pl.col("record_id") < pl.col("record_id_b"))
    return pairs.select(record_a="record_id", record_b="record_id_b").unique().sort("record_a", "record_b")


def _says_enough(parameters: Parameters) -> pl.Expr:
    """Whether the abstract has enough words to be evidence."""
    return pl.col("abstract_words").str.count_matches(" ").fill_null(0) >= parameters.min_bigrams
