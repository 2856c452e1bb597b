"""Facts: what deduplication compares of a record, small enough that a million records fit into memory."""

from hashlib import blake2b

import polars as pl

from transforms.dedupe.parameters import Parameters
from transforms.keys import key, key_of_words, words

# What is compared beside title and abstract.
FACTS = ("published_on", "organization_id", "author_count", "first_author", "arxiv_id", "doi")

IDENTIFIERS = ("arxiv_id", "doi")

# Polars keeps up to twelve bytes inside the row; two of a thousand million texts have one digest with a chance of one in 10^11.
_DIGEST_BYTES = 12


def facts(records: pl.DataFrame, parameters: Parameters = Parameters()) -> pl.DataFrame:
    """One row per record of staging.records, in their order: what is compared, without the text of the abstract.

    title_key (null where the source lists an abstract apart) and title_numbers; abstract_digest of the abstract's key, start_digest of its first
    `abstract_block_length` characters (null where it has fewer), abstract_word_count; FACTS; source and source_id. The facts of batches,
    concatenated, are the facts of all records: digests are of blake2b, the same in every process.
    """
    # A first author and a year together are a fact; each alone is shared by thousands.
    first_author = pl.format("{} {}", "first_family", "year")
    numbers = pl.col("title").str.extract_all(r"\d+|\b[IVX]+\b").list.unique().list.sort().list.join(" ")
    keyed = records.select(
        "record_id",
        "source",
        "source_id",
        key(pl.col("title")).alias("title_key"),
        numbers.alias("title_numbers"),
        words(pl.col("abstract")).alias("abstract_words"),
        "abstract",
        "published_on",
        "organization_id",
        "author_count",
        first_author.alias("first_author"),
        *IDENTIFIERS,
    )
    abstract_key = keyed.select(key_of_words(pl.col("abstract_words"), pl.col("abstract"))).to_series()
    is_long_enough = abstract_key.str.len_chars() >= parameters.abstract_block_length
    start = abstract_key.str.head(parameters.abstract_block_length).to_frame("start").select(pl.when(is_long_enough).then("start")).to_series()
    word_count = pl.when(pl.col("abstract_words") != "").then(pl.col("abstract_words").str.count_matches(" ") + 1).fill_null(0)
    return keyed.with_columns(
        abstract_digest=_digests(abstract_key), start_digest=_digests(start), abstract_word_count=word_count.fill_null(0).cast(pl.UInt32)
    ).drop("abstract", "abstract_words")


def _digests(texts: pl.Series) -> pl.Series:
    digests = [None if text is None else blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest() for text in texts]
    return pl.Series(digests, dtype=pl.Binary)
