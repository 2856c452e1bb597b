"""Block: which pairs of records are worth comparing."""

from collections.abc import Iterator

import polars as pl

from transforms.dedupe.facts import FACTS, IDENTIFIERS, SCHEMES
from transforms.dedupe.parameters import Parameters

_ORDER = ("first_family", "year", "venue", "volume", "first_page", "title", "record_id")
_ROWS_AT_ONCE = 100_000
_NOT_TELLING = r"\b(?:and|der|des|die|for|from|the|using|with)\b"


def group_keys(facts: pl.DataFrame, parameters: Parameters) -> pl.Series:
    """For each record a number that those share that agree in all that is compared (two others of ten million share one with a chance of one in
    400,000); null for a record that agrees with none for sure.

    Records agree that have equal title and equal facts, at least one of them, and equal abstracts. A title alone is no evidence.
    """
    has_abstract = says_enough(parameters)
    has_fact = pl.any_horizontal(pl.col(fact).is_not_null() for fact in FACTS)
    may_group = pl.col("title_key").is_not_null() & (has_abstract | (has_fact & ~pl.col("is_generic")))
    # In a source that lists each paper once, equal records are two papers.
    if "distinct" in facts.columns:
        may_group &= pl.col("distinct").is_null()
    abstract = pl.when(has_abstract).then("abstract_digest").alias("abstract")
    return facts.select(pl.when(may_group).then(pl.struct("title_key", abstract, *FACTS).hash()).alias("group")).to_series()


def exact_groups(facts: pl.DataFrame, parameters: Parameters, apart: pl.Series | None = None) -> pl.DataFrame:
    """record_id, representative, rule, score: records of one group_keys, the representative being the first of them by id.

    A record without such a key represents itself, as do the records `apart`, of which a person has decided. Only representatives are compared with
    others, so that a paper listed a thousand times costs no million comparisons.
    """
    is_apart = pl.col("record_id").is_in(apart.implode()) if apart is not None and len(apart) else pl.lit(value=False)
    has_identifier = pl.any_horizontal(pl.col(name).is_not_null() for name in (*IDENTIFIERS, *SCHEMES))
    grouped = facts.select("record_id", has_abstract=says_enough(parameters), has_identifier=has_identifier)
    grouped = grouped.with_columns(group_keys(facts, parameters))
    grouped = grouped.with_columns(group=pl.when(~is_apart).then("group"))
    return grouped.select(
        "record_id",
        pl.when(pl.col("group").is_not_null()).then(pl.col("record_id").min().over("group")).otherwise("record_id").alias("representative"),
        # Of one group all is the same: the strongest of it is named.
        pl.when("has_identifier")
        .then(pl.lit("same_identifier"))
        .when("has_abstract")
        .then(pl.lit("same_title_same_abstract"))
        .otherwise(pl.lit("same_title_same_facts"))
        .alias("rule"),
        pl.when(pl.col("has_identifier") | pl.col("has_abstract")).then(1.0).otherwise(parameters.score_same_facts).alias("score"),
    )


def representatives(facts: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The representatives among the records."""
    if (groups["record_id"] == groups["representative"]).all():
        return facts
    return facts.join(groups.filter(pl.col("record_id") == pl.col("representative")).select("record_id"), on="record_id", how="semi")


def candidate_pairs(facts: pl.DataFrame, members: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """place_a, place_b (rows of these facts, the record with the smaller id first): the pairs that share one of the blocks, each once. `members` are
    the blocks' members among the records.

    In a block of at most `window` records and one every pair is compared; in a larger one ("Editorial", a title that a hundred journals print every
    month) each record with the `window` that follow it in order of first author, year and place. So pairs grow as the records do, whatever
    they share.
    """
    # Rows and ranks are numbers: with the ids themselves, pairs of a million records would take a gigabyte.
    in_order = facts.select(pl.arg_sort_by(*_ORDER)).to_series().cast(pl.UInt32)
    place = _inverse(in_order)
    rank = _inverse(facts.select(pl.arg_sort_by("record_id")).to_series().cast(pl.UInt32))
    placed = members.select("block", place=place.gather(members["row"]))
    # A quarter of the blocks at a time: their pairs, each of which may stand in several, take many times the memory of the members.
    found = [_neighbours(placed.filter(pl.col("block") % 4 == part), parameters.window).unique() for part in range(4)]
    places = pl.concat(found).unique()
    one, other = in_order.gather(places["place"]), in_order.gather(places["place_b"])
    pairs = pl.DataFrame({"one": one, "other": other, "is_turned": rank.gather(one) > rank.gather(other)})
    return pairs.select(
        place_a=pl.when("is_turned").then("other").otherwise("one"), place_b=pl.when("is_turned").then("one").otherwise("other")
    ).sort("place_a", "place_b")


def _inverse(rows: pl.Series) -> pl.Series:
    """For each row its place among these, which are all rows."""
    return rows.to_frame("row").with_row_index("place").sort("row")["place"]


def identified(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """record_a, record_b of pairs of places in these facts, sorted."""
    ids = facts["record_id"]
    return pl.DataFrame({f"record_{side}": ids.gather(pairs[f"place_{side}"]) for side in "ab"}).sort("record_a", "record_b")


def block_members(facts: pl.DataFrame) -> pl.DataFrame:
    """row (of the record in these facts), block: one row per record and block that it is in. A block is a number, the same whatever is around the
    record. Should two of ten million blocks have one number (a chance of one in 400,000), some pairs more are compared."""
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "block": pl.UInt64})]
    # The words of titles are many times as large as the numbers that are made of them.
    for first in range(0, facts.height, _ROWS_AT_ONCE):
        rows = facts.slice(first, _ROWS_AT_ONCE).with_columns(row=pl.int_range(first, first + pl.len(), dtype=pl.UInt32), telling=_telling_words())
        for kind, block in enumerate(_block_keys()):
            parts.append(rows.filter(block.is_not_null()).select("row", block=block.hash(seed=kind)))
    return pl.concat(parts)


def says_enough(parameters: Parameters) -> pl.Expr:
    """Whether the abstract has enough words to be evidence."""
    return pl.col("abstract_word_count") > parameters.min_bigrams


def _telling_words() -> pl.Expr:
    """The words of a title that are not found in every title."""
    return pl.col("title").str.replace_all(_NOT_TELLING, " ").str.extract_all(r"[\p{L}\p{N}]{3,}")


def _block_keys() -> Iterator[pl.Expr]:
    """One expression per kind of block, of facts with `telling`: records with the same value are in one block, null is in none."""
    yield pl.col("title_key")
    yield pl.col("start_digest")
    for name in (*IDENTIFIERS, *SCHEMES):
        yield pl.col(name)
    # A typing mistake or a lost word is at one end of a title, seldom at both. The ranges overlap, for a lost word makes five of six.
    telling = pl.col("telling")
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


def _neighbours(placed: pl.DataFrame, window: int) -> pl.DataFrame:
    """place, place_b of members (block, place) that are at most `window` places apart in a block."""
    shared = placed.with_columns(size=pl.len().over("block")).filter(pl.col("size") > 1).sort("block", "place")
    found = [shared.select("place", place_b="place").clear()]
    for step in range(1, window + 1):
        shared = shared.filter(pl.col("size") > step)
        near = shared.select(
            "place", pl.col("place").shift(-step).alias("place_b"), (pl.col("block") == pl.col("block").shift(-step)).alias("is_near")
        )
        found.append(near.filter("is_near").select("place", "place_b"))
    return pl.concat(found)
