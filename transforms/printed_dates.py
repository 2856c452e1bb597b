"""Dates in the words of any source: `16-18 June 2003`, `2003/06//`, `Tue, 15 Sep 2026 00:00:00 GMT`, `Spring 2001`.

No part of a date is made up: a month without a day gives no day, a season gives a year. Of a range the first day counts. Of a time the day counts as
it is printed, whatever its zone.
"""

import polars as pl

from transforms.dates import MONTHS
from transforms.keys import folded

_YEAR = r"(?P<year>[0-9]{4})"
_MONTH = r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_FIRST_MONTH, _LATER_MONTH = rf"(?P<month>{_MONTH})", rf"(?:{_MONTH})"
_DAY = r"(?P<day>[0-9]{1,2})"
_LATER = r"[0-9]{1,2}"
_MM, _DD = r"(?P<month>0?[1-9]|1[0-2])", r"(?P<day>0?[1-9]|[12][0-9]|3[01])"
# A day that can be no month tells the two apart in 16/06/2003 and 06/16/2003; in 06/07/2003 nothing does.
_DAY_ONLY = r"(?P<day>1[3-9]|2[0-9]|3[01])"
_TIME = r"\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?(?: ?[ap]m\b)?(?: ?(?:gmt|utc|z|[ecmp][sd]t)\b)?(?: ?[+-][0-9]{2}:?[0-9]{2}\b)?"

# The first form that is all of the text counts. A number of 13 digits are milliseconds since 1970, as OpenReview's API has them: from 2001 on.
_IN_DIGITS = (
    rf"{_YEAR}-{_MM}-{_DD}(?:[^0-9].*)?",
    rf"{_YEAR}/{_MM}/{_DD}(?:[^0-9].*)?",
    rf"{_YEAR}[.]{_MM}[.]{_DD}",
    rf"{_YEAR}[-/.]?(?:0[1-9]|1[0-2])(?:[/ ].*)?",
    r"(?P<year>1[6-9][0-9]{2}|20[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12][0-9]|3[01])(?:t?[0-9]{4}(?:[0-9]{2})?z?)?",
    rf"{_DAY_ONLY}[/-]{_MM}[/-]{_YEAR}(?: .*)?",
    rf"{_MM}[/-]{_DAY_ONLY}[/-]{_YEAR}(?: .*)?",
    rf"{_DD}[.] ?{_MM}[.] ?{_YEAR}",
    r"(?P<milliseconds>1[0-9]{12})(?:[.]0)?",
)
_IN_WORDS = (
    # June 16, June 16-18, June 30-July 2: a page may leave the year out.
    rf"{_FIRST_MONTH} {_DAY}(?:-(?:{_LATER_MONTH} )?{_LATER})?(?: {_YEAR})?",
    rf"{_FIRST_MONTH} {_DAY} {_YEAR}-.*",
    rf"{_DAY}(?:-{_LATER})?[ -]{_FIRST_MONTH}[ -]{_YEAR}(?:-.*)?",
    rf"{_DAY} {_FIRST_MONTH}-{_LATER} {_LATER_MONTH} {_YEAR}",
    rf"{_YEAR}[ -]{_FIRST_MONTH}[ -]{_DAY}(?:-.*)?",
    rf"{_YEAR}[ -](?:{_MONTH}|spring|summer|autumn|fall|winter)\b.*",
)
# Nothing more exact was found: the year that begins the text, as in `2003 (to appear)` and `2003.0`, or that ends it, as in `Spring 2001`.
_YEAR_ALONE = (
    rf"\W?c?{_YEAR}(?:[-/ .,;)\]].{{0,40}})?",
    r"[^0-9]{0,60}\b(?P<year>1[6-9][0-9]{2}|20[0-9]{2})(?: ?[-/–—] ?[0-9]{2,4})?\W?",
    r".{0,60}\b(?P<year>1[6-9][0-9]{2}|20[0-9]{2})\W?",
)
_CLEANED = (
    (r"[{}]|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ] ?", ""),
    (r"[~.,]|\bof\b", " "),
    (r"([0-9])(?:st|nd|rd|th)\b", "${1}"),
    (_TIME, " "),
    (r"[‐-―−/]|\b(?:and|to)\b|&", "-"),
    (r" *-[- ]*", "-"),
    (r" +", " "),
)
_PARTS = ("year", "month", "day")


def read_dates(printed: pl.Series) -> pl.DataFrame:
    """One row per distinct text: `printed`, `year`, `month` (1 to 12) and `day`, each null where it is not printed.

    A day that its month has not is given as it is printed.
    """
    texts = printed.drop_nulls().unique().alias("printed").to_frame()
    rest = texts.with_columns(text=folded(pl.col("printed")).str.to_lowercase()).drop_nulls("text")
    found = [_parts(rest.head(0), _YEAR_ALONE[0])]
    rest = _read(rest, _IN_DIGITS, found)
    whole = rest
    cleaned = pl.col("text")
    for pattern, replacement in _CLEANED:
        cleaned = cleaned.str.replace_all(pattern, replacement)
    rest = _read(rest.with_columns(cleaned.str.strip_chars(" -")), _IN_WORDS, found)
    _read(whole.join(rest, on="printed", how="semi"), _YEAR_ALONE, found)
    return pl.concat(found)


def _read(rest: pl.DataFrame, forms: tuple[str, ...], found: list[pl.DataFrame]) -> pl.DataFrame:
    """Add what these forms read to `found`; the texts that none of them reads come back."""
    for form in forms:
        if rest.is_empty():
            break
        pattern = f"^(?:{form})$"
        is_of_form = pl.col("text").str.contains(pattern)
        found.append(_parts(rest.filter(is_of_form), pattern))
        rest = rest.filter(~is_of_form)
    return rest


def _parts(texts: pl.DataFrame, pattern: str) -> pl.DataFrame:
    read = texts.select("printed", pl.col("text").str.extract_groups(pattern).alias("parts")).unnest("parts")
    if "milliseconds" in read.columns:
        at = pl.from_epoch(pl.col("milliseconds").cast(pl.Int64), "ms")
        return read.select("printed", year=at.dt.year(), month=at.dt.month().cast(pl.Int32), day=at.dt.day().cast(pl.Int32))
    read = read.with_columns(pl.lit(None, pl.String).alias(part) for part in _PARTS if part not in read.columns)
    named = pl.col("month").str.slice(0, 3).replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.Int32)
    # No calendar of ours has a year 0.
    return read.filter(pl.col("year").ne_missing("0000")).select(
        "printed",
        year=pl.col("year").cast(pl.Int32),
        month=pl.coalesce(pl.col("month").cast(pl.Int32, strict=False), named),
        day=pl.col("day").cast(pl.Int32),
    )


_MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)}
