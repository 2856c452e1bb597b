"""Block: which pairs of records are worth comparing."""

import polars as pl

from transforms.dedupe.parameters import Parameters
from transforms.keys import key, words


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


def candidate_pairs(records: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_a < record_b: every pair that shares its title key or the beginning of its abstract key. Each pair once."""
    start = pl.col("abstract_key").str.head(parameters.abstract_block_length)
    is_long_enough = pl.col("abstract_key").str.len_chars() >= parameters.abstract_block_length
    keys = (
        records.select("record_id", "t:" + pl.col("title_key")),
        records.filter(is_long_enough).select("record_id", "a:" + start),
    )
    blocks = pl.concat([frame.rename({frame.columns[1]: "block"}) for frame in keys])
    blocks = blocks.filter(pl.len().over("block") > 1)
    pairs = blocks.join(blocks, on="block", suffix="_b").filter(pl.col("record_id") < pl.col("record_id_b"))
    return pairs.select(record_a="record_id", record_b="record_id_b").unique().sort("record_a", "record_b")
