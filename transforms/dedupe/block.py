"""Block: which pairs of records are worth comparing."""

from collections.abc import Iterator

import polars as pl

from transforms.dedupe.facts import FACTS, IDENTIFIERS, SCHEMES
from transforms.dedupe.parameters import Parameters

_NOT_TELLING = r"\b(?:and|der|des|die|for|from|the|using|with)\b"


def exact_groups(facts: pl.DataFrame, parameters: Parameters, apart: pl.Series | None = None) -> pl.DataFrame:
    """record_id, representative, rule, score: records that agree in all that is compared, the representative being the first of them by id.

    Those are records with equal title and equal facts, at least one of them, and equal abstracts. A title alone is no evidence: then the record
    represents itself, as do the records `apart`, of which a person has decided. Only representatives are compared with others, so that a paper
    listed a thousand times costs no million comparisons.
    """
    has_abstract = says_enough(parameters)
    has_fact = pl.any_horizontal(pl.col(fact).is_not_null() for fact in FACTS)
    first = pl.col("record_id").min()
    abstract = pl.when(has_abstract).then("abstract_digest")
    may_group = has_abstract | (has_fact & ~pl.col("is_generic"))
    # In a source that lists each paper once, equal records are two papers.
    if "distinct" in facts.columns:
        may_group &= pl.col("distinct").is_null()
    if apart is not None and len(apart):
        may_group &= ~pl.col("record_id").is_in(apart.implode())
    return facts.select(
        "record_id",
        pl.when(may_group).then(first.over("title_key", abstract, *FACTS)).otherwise("record_id").alias("representative"),
        pl.when(has_abstract).then(pl.lit("same_title_same_abstract")).otherwise(pl.lit("same_title_same_facts")).alias("rule"),
        pl.when(has_abstract).then(1.0).otherwise(parameters.score_same_facts).alias("score"),
    )


def representatives(facts: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The representatives among the records."""
    return facts.join(groups.filter(pl.col("record_id") == pl.col("representative")).select("record_id"), on="record_id", how="semi")


def candidate_pairs(facts: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_a < record_b: the pairs that share one of the block keys, each once.

    In a block of at most `window` records and one every pair is compared; in a larger one ("Editorial", a title that a hundred journals print every
    month) each record with the `window` that follow it in order of first author, year and place. So pairs grow as the records do, whatever
    they share.
    """
    placed = facts.sort("first_family", "year", "venue", "volume", "first_page", "title", "record_id").with_columns(
        place=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    found = [_neighbours(placed, block, parameters.window) for block in _block_keys()]
    numbers = pl.concat(found).unique()
    ids = placed.select("place", "record_id")
    pairs = numbers.join(ids.rename({"record_id": "a"}), left_on="place", right_on="place").join(
        ids.rename({"record_id": "b"}), left_on="place_b", right_on="place"
    )
    return pairs.select(record_a=pl.min_horizontal("a", "b"), record_b=pl.max_horizontal("a", "b")).sort("record_a", "record_b")


def says_enough(parameters: Parameters) -> pl.Expr:
    """Whether the abstract has enough words to be evidence."""
    return pl.col("abstract_word_count") > parameters.min_bigrams


def _block_keys() -> Iterator[pl.Expr]:
    """One expression per kind of block: records with the same value are in one block, null is in none."""
    yield pl.col("title_key")
    yield pl.col("start_digest")
    for name in (*IDENTIFIERS, *SCHEMES):
        yield pl.col(name)
    # A typing mistake or a lost word is at one end of a title, seldom at both. The ranges overlap, for a lost word makes five of six.
    telling = pl.col("title").str.replace_all(_NOT_TELLING, " ").str.extract_all(r"[\p{L}\p{N}]{3,}")
    count = telling.list.len()
    for end in (telling.list.head, telling.list.tail):
        yield pl.when(count >= 5).then(end(3)).list.join(" ")
        yield pl.when(count.is_between(3, 6)).then(end(2)).list.join(" ")
    # Who and when, with the word that a title begins or ends with.
    yield pl.format("{} {} {}", "first_family", "year", telling.list.first())
    yield pl.format("{} {} {}", "first_family", "year", telling.list.last())
    # Who or when, and where: a title in another language.
    yield pl.format("{} {}", "first_family", "first_page")
    yield pl.format("{} {} {}", "volume", "first_page", "year")
    # All who wrote it, in whatever order.
    yield pl.when(pl.col("names").str.contains("|", literal=True)).then(pl.col("names").str.extract_all(r"\p{L}{3,}").list.sort().list.join(" "))


def _neighbours(placed: pl.DataFrame, block: pl.Expr, window: int) -> pl.DataFrame:
    keyed = placed.select("place", block.hash().alias("block"), block.is_not_null().alias("has_block")).filter("has_block").drop("has_block")
    shared = keyed.with_columns(size=pl.len().over("block")).filter(pl.col("size") > 1).sort("block", "place")
    found = [shared.select("place", place_b="place").clear()]
    for step in range(1, window + 1):
        shared = shared.filter(pl.col("size") > step)
        near = shared.select(
            "place", pl.col("place").shift(-step).alias("place_b"), (pl.col("block") == pl.col("block").shift(-step)).alias("is_near")
        )
        found.append(near.filter("is_near").select("place", "place_b"))
    return pl.concat(found)
