"""Block: which pairs of records are worth comparing."""

import polars as pl

from transforms.dedupe.parameters import Parameters
from transforms.keys import key, words

# What is compared beside title and abstract.
FACTS = ("published_on", "organization_id", "author_count", "arxiv_id", "doi")


def prepared(records: pl.DataFrame) -> pl.DataFrame:
    """The records of staging.records with what is compared: title_key, abstract_key, abstract_words, title_numbers."""
    numbers = pl.col("title").str.extract_all(r"\d+|\b[IVX]+\b").list.unique().list.sort().list.join(" ")
    return records.with_columns(
        key(pl.col("title")).alias("title_key"),
        key(pl.col("abstract")).alias("abstract_key"),
        words(pl.col("abstract")).alias("abstract_words"),
        numbers.alias("title_numbers"),
    )


def exact_groups(records: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_id, representative: records with equal title and equal abstract, the representative being the first of them by id.

    Only representatives are compared with others, so that a paper listed a thousand times costs no million comparisons. A record without
    abstract, or with one that says too little ("To appear."), represents itself: a title alone is no evidence.
    """
    has_abstract = pl.col("abstract_words").str.count_matches(" ").fill_null(0) >= parameters.min_bigrams
    representative = pl.when(has_abstract).then(pl.col("record_id").min().over("title_key", "abstract_key")).otherwise(pl.col("record_id"))
    return records.select("record_id", representative.alias("representative"))


def representatives(records: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The representatives among the records, each with the facts of its whole group: what it does not say itself, the first other that does."""
    facts = [pl.col(fact).drop_nulls().first() for fact in FACTS]
    known = records.join(groups, on="record_id").sort("record_id").group_by(record_id="representative").agg(facts)
    return records.drop(FACTS).join(known, on="record_id")


def candidate_pairs(records: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_a < record_b: every pair that has a chance, each once.

    Blocks are: a title, for records with an abstract that says enough; a title and a fact, for all; the beginning of an abstract. A title that very
    many records share ("Editorial") says nothing, and makes no block.
    """
    has_abstract = pl.col("abstract_words").str.count_matches(" ").fill_null(0) >= parameters.min_bigrams
    is_long_enough = pl.col("abstract_key").str.len_chars() >= parameters.abstract_block_length
    titled = records.filter(pl.len().over("title_key") <= parameters.max_common_title)
    blocks = [
        titled.filter(has_abstract).select("record_id", pl.format("title {}", "title_key").alias("block")),
        *(titled.drop_nulls(fact).select("record_id", pl.format("{} {} {}", pl.lit(fact), fact, "title_key").alias("block")) for fact in FACTS),
        records.filter(is_long_enough).select(
            "record_id", pl.format("abstract {}", pl.col("abstract_key").str.head(parameters.abstract_block_length)).alias("block")
        ),
    ]
    shared = pl.concat(blocks).filter(pl.len().over("block") > 1)
    pairs = shared.join(shared, on="block", suffix="_b").filter(pl.col("record_id") < pl.col("record_id_b"))
    return pairs.select(record_a="record_id", record_b="record_id_b").unique().sort("record_a", "record_b")
