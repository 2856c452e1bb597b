"""Survivorship: the criteria by which one value of a field wins, and which of them each field has (survivorship.toml)."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import polars as pl

from transforms.author_lists import decoded
from transforms.keys import has_markup, key
from warehouse.schema.silver import FIELDS

FILE = "survivorship.toml"
# Sources whose entries people keep in order.
CURATED_SOURCES = ("acl", "dblp", "crossref")

_VALUE = pl.col("value")
# From fewer names an order of the alphabet says nothing.
_LEAST_SORTED = 3


def _is_alphabetical(lists: pl.Series) -> pl.Series:
    """Whether each list of authors has at least three, in the order of their family names."""
    author = pl.element().struct
    family = pl.coalesce(author.field("family"), author.field("name").str.extract(r"(\S+)$", 1)).str.to_lowercase()
    families = decoded(lists).to_frame("authors").select(pl.col("authors").list.eval(family))
    is_sorted = (pl.col("authors").list.len() >= _LEAST_SORTED) & (pl.col("authors") == pl.col("authors").list.sort())
    return families.select(is_sorted.fill_null(value=False)).to_series()


# What each criterion weighs, the larger the better, of one distinct value of a field: value (as text), record_count (how many records of the paper
# give it), is_doubtful (whether all of them say so themselves), is_curated, is_of_date (whether it is the year of the paper's date).
CRITERIA: dict[str, pl.Expr] = {
    # Without remains of TeX or HTML.
    "clean": ~has_markup(_VALUE),
    # Not in capitals alone.
    "not_shouted": _VALUE.ne(_VALUE.str.to_uppercase()),
    # A date whose year is printed; an abstract that is neither cut nor a summary.
    "not_doubtful": ~pl.col("is_doubtful"),
    # A record of a source whose entries people keep in order gives it.
    "curated_source": pl.col("is_curated"),
    "most_records": pl.col("record_count"),
    "most_words": _VALUE.str.count_matches(" "),
    "most_letters": key(_VALUE).str.len_chars(),
    "longest": _VALUE.str.len_chars(),
    "largest": _VALUE.cast(pl.Int64, strict=False),
    "earliest": -_VALUE.str.replace_all("-", "", literal=True).cast(pl.Int64, strict=False),
    "of_the_date": pl.col("is_of_date"),
    # JSON as our parsers print it has `},{` between two authors.
    "most_authors": _VALUE.str.count_matches("},{", literal=True),
    "not_alphabetical": ~_VALUE.map_batches(_is_alphabetical, return_dtype=pl.Boolean, is_elementwise=True),
}


def preferences(text: str) -> dict[str, tuple[str, ...]]:
    """The names of each field's criteria in order, from the text of survivorship.toml.

    Raises ValueError, saying what was found and what may stand there, for what is no TOML, a field or criterion that is not known, a field that is
    missing, and a criterion that a field has twice or that is none.
    """
    try:
        table: Mapping[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{FILE}: this is no TOML: {error}") from None
    if unknown := sorted(set(table) - set(FIELDS)):
        raise ValueError(f"{FILE}: silver.papers has no field {unknown[0]}; there are: {', '.join(FIELDS)}")
    if missing := [field for field in FIELDS if field not in table]:
        raise ValueError(f"{FILE}: {missing[0]} has no criteria; write {missing[0]} = [...] with some of: {', '.join(sorted(CRITERIA))}")
    return {field: _criteria(field, table[field]) for field in FIELDS}


def _criteria(field: str, names: object) -> tuple[str, ...]:
    if not isinstance(names, list) or not names:
        raise ValueError(f"{FILE}: {field} is {names!r}; it must be a list of criteria, some of: {', '.join(sorted(CRITERIA))}")
    for number, name in enumerate(names):
        if name not in CRITERIA:
            raise ValueError(f"{FILE}: {field} has {name!r}, which is no criterion; there are: {', '.join(sorted(CRITERIA))}")
        if name in names[:number]:
            raise ValueError(f"{FILE}: {field} has {name} twice; the second decides nothing, remove it")
    return tuple(names)


PREFERENCES = preferences(files("transforms.dedupe").joinpath(FILE).read_text(encoding="utf-8"))
