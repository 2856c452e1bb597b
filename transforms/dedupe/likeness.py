"""Likeness: the comparisons that look into texts, over arrays of pairs or for each pair that needs them."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from transforms.dedupe.titles import AS_DIGITS, LATER

# What stands beside the number of a part or an edition.
_OF_PARTS = frozenset(["part", "parts", "pt", "chapter", "volume", "vol", "number", "no", "paper", "edition", "ed", "edn", "section", "version"])
# Journals without issues number their articles so; no volume has so many pages.
_ARTICLE_NUMBER = 10_000


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
    """How two titles that are alike differ: `slip` within words (`learn ing`), `words_more` in one of them, `sequel` (only a part's number or an
    edition more), `one_word` that tells is another (`adults` for `children`), or `other_words`."""
    left, right = _without_acronyms(*([AS_DIGITS.get(word, word) for word in title.split()] for title in (a, b)))
    only_a, only_b = [word for word in left if word not in right], [word for word in right if word not in left]
    if not only_a and not only_b:
        return "slip"
    if not only_a or not only_b:
        return "sequel" if _is_sequel(only_a or only_b) else "words_more"
    if _is_slip(only_a, only_b):
        return "slip"
    if len(left) != len(right):
        return "other_words"
    exchanged = [(one, other) for one, other in zip(left, right, strict=True) if one != other]
    return "one_word" if len(exchanged) == 1 and _tells(*exchanged[0]) else "other_words"


def _is_slip(only_a: list[str], only_b: list[str]) -> bool:
    """Whether the words are spelled alike, all together and each by each."""
    each = len(only_a) != len(only_b) or all(fuzz.ratio(a, b) >= 60 for a, b in zip(only_a, only_b, strict=True))
    return each and fuzz.ratio("".join(only_a), "".join(only_b)) >= 75


def _without_acronyms(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """The titles' words without an acronym of what the other spells out (`ahus`), and without what only it spells out."""
    for _ in "ab":
        initials = "".join(word[0] for word in right)
        for word in left:
            at = initials.find(word) if 2 < len(word) <= 6 and word not in right else -1
            if at >= 0:
                spelled = right[at : at + len(word)]
                left = [other for other in left if other != word]
                right = right if set(spelled) <= set(left) else right[:at] + right[at + len(word) :]
                break
        left, right = right, left
    return left, right


def _is_sequel(words: list[str]) -> bool:
    """Whether these words say nothing but which part or edition it is, and not the first."""
    return any(word in LATER for word in words) and all(word in _OF_PARTS or word in LATER for word in words)


def _tells(a: str, b: str) -> bool:
    """Whether these two words make two titles: none of them is a small word, or both are a letter alone (`Case A`, `Case B`)."""
    return (len(a) == len(b) == 1) or (min(len(a), len(b)) > 3 and fuzz.ratio(a, b) < 75)


def pages_apart(*places: str | None) -> str:
    """`apart` where two ranges of pages (first and last of each) have no page in common and no way of printing one as the other is known; else
    `unclear`: half a range, a last page without its hundreds, pages counted from 1, the number of an article."""
    (first_a, last_a), (first_b, last_b) = _range(*places[:2]), _range(*places[2:])
    is_one_printed_otherwise = any(str(x).endswith(str(y)) for x in (first_a, last_a) for y in (first_b, last_b)) or any(
        str(y).endswith(str(x)) for x in (first_a, last_a) for y in (first_b, last_b)
    )
    # S34 and 1804, or e12 and 12: two ways of counting.
    letters = {"".join(sign for sign in place or "" if sign.isalpha()) for place in (places[0], places[2])}
    is_counted_anew = len(letters) > 1 or min(first_a, first_b) <= 1 or max(first_a, first_b) >= _ARTICLE_NUMBER
    overlap = first_a <= last_b and first_b <= last_a
    return "unclear" if overlap or is_one_printed_otherwise or is_counted_anew else "apart"


def _range(first: str | None, last: str | None) -> tuple[int, int]:
    begin, end = (int("".join(sign for sign in page or "" if sign in "0123456789")[:9] or 0) for page in (first, last))
    # A range that ends before it begins has a mistake in one of its numbers.
    return (begin, end) if end >= begin else (min(begin, end or begin), begin)


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
