"""Author names in one form for comparing, whatever order a source prints them in."""

import polars as pl

from transforms.keys import words

_AUTHOR = pl.List(pl.Struct({"name": pl.String, "given": pl.String, "family": pl.String}))
# Some two hundred names: comparing takes the square of the length, and nothing is learnt from the three thousandth.
_COMPARED = 3_000
# What stands in a list of authors and is none.
_NOBODY = r"\b(?:et|al|and others|others and|others|anonymous|anon|unknown)\b"


def printed_names(authors: pl.Expr) -> pl.Expr:
    """The names of an authors column of staging.records as printed, `Petrova, M|Aha, David W.`: family first; null where there is no list."""
    return authors.str.json_decode(_AUTHOR).list.eval(_turned()).list.join("|")


def names_in_words(printed: pl.Expr) -> pl.Expr:
    """The printed names in small letters, `petrova m|aha david w`; null where nobody is named."""
    names = words(printed, kept="|").str.replace_all(_NOBODY, "").str.replace_all(r"\s*\|[\s|]*", "|").str.strip_chars(" |")
    return names.str.head(_COMPARED).replace("", None)


def first_family(names: pl.Expr) -> pl.Expr:
    """The first word of the first name that is no initial and no short particle, of names in words."""
    return names.str.extract(r"^(?:[^|]*? )??([^| ]{3,})", 1).fill_null(names.str.extract(r"^([^| ]+)", 1))


def name_words(names: pl.Expr) -> pl.Expr:
    """The distinct words of two letters and more of names in words, as numbers: they are compared within one run only."""
    return names.str.extract_all(r"[\p{L}]{2,}").list.eval(pl.element().hash()).list.unique()


def _turned() -> pl.Expr:
    """One author, the family name first."""
    author = pl.element().struct
    name = author.field("name")
    # A DBLP name may end with a number that tells namesakes apart.
    in_order = name.str.replace(r" [0-9]{4}$", "").str.replace(r"^(.*\S)\s+(\S+)$", "$2, $1")
    parts = pl.concat_str(author.field("family"), author.field("given"), separator=", ", ignore_nulls=True).replace("", None)
    return pl.coalesce(parts, pl.when(name.str.contains(",", literal=True)).then(name).otherwise(in_order))
