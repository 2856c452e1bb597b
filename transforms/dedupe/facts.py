"""Facts: what deduplication compares of a record, small enough that a million records fit into memory."""

from hashlib import blake2b

import polars as pl

from transforms.dedupe.names import first_family, name_words, names_in_words, printed_names
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.titles import title_facts
from transforms.keys import key_of_words, words

# What names one paper wherever it is printed.
IDENTIFIERS = ("arxiv_id", "doi")
# Keys of catalogues in which a paper stands once: two of them are two papers.
CURATED = ("dblp", "acl", "openreview", "pmid")
# Keys of catalogues that know many papers twice.
UNCURATED = ("openalex", "semanticscholar")
SCHEMES = (*CURATED, *UNCURATED)

# What is compared beside title and abstract.
FACTS = (
    "published_on",
    "year",
    "names",
    "author_count",
    "organization_id",
    "venue",
    "volume",
    "issue",
    "first_page",
    "last_page",
    *IDENTIFIERS,
    *SCHEMES,
)

_IDENTIFIERS = pl.Struct({scheme: pl.List(pl.String) for scheme in SCHEMES})
# Polars keeps up to twelve bytes inside the row; two of a thousand million texts have one digest with a chance of one in 10^11.
_DIGEST_BYTES = 12
# Nobody's venue is longer, but anybody may send a longer one, and comparing takes the square of the length.
_COMPARED = 300


def facts(records: pl.DataFrame, parameters: Parameters = Parameters()) -> pl.DataFrame:
    """One row per record of staging.records, in their order: what is compared, without the text of the abstract.

    What title_facts says (title_key is null where the source lists an abstract apart); names, name_words and first_family; abstract_digest of the
    abstract's key, start_digest of its first `abstract_block_length` characters (null where it has fewer), abstract_word_count; FACTS; source
    and source_id. The facts of batches, concatenated, are the facts of all records: digests are of blake2b, the same in every process.
    """
    found = pl.concat([records.select("record_id", "source", "source_id"), title_facts(records["title"])], how="horizontal")
    printed = records.select(names=printed_names(pl.col("authors")), ids=pl.col("identifiers").str.json_decode(_IDENTIFIERS))
    names = printed.select(names=names_in_words(pl.col("names"))).with_columns(
        first_family=first_family(pl.col("names")), name_words=name_words(pl.col("names"))
    )
    place = records.select(
        "published_on",
        pl.coalesce("year", pl.col("published_on").dt.year()).alias("year"),
        pl.col("author_count").cast(pl.Int32),
        "organization_id",
        words(pl.col("venue")).str.head(_COMPARED).replace("", None).alias("venue"),
        _volume(),
        pl.coalesce(pl.col("issue").str.extract(r"(\d+)", 1), pl.col("volume").str.extract(r"\d+\s*\((\d+)\)", 1)).alias("issue"),
        *_pages(),
        *IDENTIFIERS,
    )
    keys = printed.select(pl.col("ids").struct.field(scheme).list.first().str.to_lowercase() for scheme in SCHEMES)
    return pl.concat([found, names, place, keys, _abstract_facts(records["abstract"], parameters)], how="horizontal")


def _abstract_facts(abstract: pl.Series, parameters: Parameters) -> pl.DataFrame:
    texts = abstract.to_frame("abstract").with_columns(words=words(pl.col("abstract")))
    texts = texts.select("words", key=key_of_words(pl.col("words"), pl.col("abstract")))
    is_long_enough = pl.col("key").str.len_chars() >= parameters.abstract_block_length
    start = texts.select(pl.when(is_long_enough).then(pl.col("key").str.head(parameters.abstract_block_length))).to_series()
    word_count = pl.when(pl.col("words") != "").then(pl.col("words").str.count_matches(" ") + 1)
    counted = texts.select(abstract_word_count=word_count.fill_null(0).cast(pl.UInt32))
    return counted.with_columns(abstract_digest=_digests(texts["key"]), start_digest=_digests(start))


def _volume() -> pl.Expr:
    """The number of the volume; null where it is the year."""
    volume = pl.col("volume").str.extract(r"(\d+)", 1)
    return pl.when(volume.cast(pl.Int64, strict=False).ne_missing(pl.col("year"))).then(volume).alias("volume")


def _pages() -> tuple[pl.Expr, pl.Expr]:
    """The first page and the last, as `pages 190-6`, `pp. 190--196` and `190` print them; 6 behind 190 is 196."""
    text = pl.col("pages").str.to_lowercase()
    first = text.str.extract(r"\b([a-z]{0,2}\d+)", 1).str.strip_chars_start("p").str.strip_chars_start("0")
    last = text.str.extract(r"\d\s*(?:[-–—:]+|to)\s*(?:[a-z]\.?)?(\d+)", 1)
    missing = first.str.len_chars().cast(pl.Int64) - last.str.len_chars().cast(pl.Int64)
    filled = pl.when(missing > 0).then(pl.concat_str(first.str.slice(0, pl.max_horizontal(missing, 0)), last)).otherwise(last)
    return first.replace("", None).alias("first_page"), filled.alias("last_page")


def _digests(texts: pl.Series) -> pl.Series:
    digests = [None if text is None else blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest() for text in texts]
    return pl.Series(digests, dtype=pl.Binary)
