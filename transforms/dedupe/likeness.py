"""Likeness: the comparisons that look into texts, over arrays of pairs or for each pair that needs them."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist


def scores(both: pl.DataFrame, left: str, right: str, scorer: Callable[..., float]) -> pl.Series:
    """0 to 1; null where either says nothing."""
    there = both.select(a=f"{left}_a", b=f"{right}_b").with_columns(there=pl.col("a").is_not_null() & pl.col("b").is_not_null())
    asked = there.filter("there")
    if asked.is_empty():
        return pl.Series([None] * both.height, dtype=pl.Float32)
    found = cpdist(asked["a"].to_list(), asked["b"].to_list(), scorer=scorer, workers=-1) / 100
    places = there.with_row_index().filter("there").select("index", found=pl.Series(found, dtype=pl.Float32))
    return there.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("index")).join(places, on="index", how="left", maintain_order="left")["found"]


def of_distinct(both: pl.DataFrame, left: str, right: str, function: Callable[[Any, Any], float]) -> pl.Series:
    """The function's value for each pair; it is asked once for each two different texts."""
    pairs = both.select(left, right)
    distinct = pairs.drop_nulls().unique()
    found = distinct.with_columns(pl.Series("found", [function(a, b) for a, b in distinct.iter_rows()], dtype=pl.Float32))
    return pairs.join(found, on=[left, right], how="left", maintain_order="left")["found"]


def of_pairs(both: pl.DataFrame, columns: Sequence[str], is_asked: pl.Expr, function: Callable[..., str]) -> pl.Series:
    """The function's word for each pair that is asked for; `unknown` for the others."""
    asked = both.select(is_asked.fill_null(value=False).alias("is_asked")).to_series()
    words = iter([function(*row) for row in both.select(columns).filter(asked).iter_rows()])
    return pl.Series([next(words) if is_asked else "unknown" for is_asked in asked], dtype=pl.String)


def change(a: str, b: str) -> str:
    """How two titles that are alike differ: by a slip within words (`learn ing`), by words more, or by another word (`adults` for `children`)."""
    left, right = a.split(), b.split()
    only_a, only_b = [word for word in left if word not in right], [word for word in right if word not in left]
    if not only_a or not only_b:
        return "words_more"
    return "slip" if fuzz.ratio("".join(only_a), "".join(only_b)) >= 75 else "other_words"


def part(a: str, b: str) -> str:
    """Whether one title stands in the other as a whole, at least three words of it: a subtitle left out, a title cut off, a journal pasted behind."""
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) == len(longer) or shorter.count(" ") < 2:
        return "unknown"
    if longer.startswith(shorter + " "):
        return "begins"
    return "within" if f" {shorter} " in f" {longer} " else "unknown"


def shifted(*places: str | None) -> str:
    """Whether all numbers of one place (volume, issue and first page of each), two at least, are among the other's: an export put the issue where the
    volume belongs."""
    a, b = ({number for number in place if number} for place in (places[:3], places[3:]))
    return "shifted" if min(len(a), len(b)) >= 2 and (a <= b or b <= a) else "unknown"
