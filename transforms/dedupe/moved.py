"""Moved: where the records that a person decided of stand now.

A record's id is its document's first digits and its position there. The document's bytes never change, but a later parser may count its records
otherwise: then an id names nothing, or another record.
"""

import polars as pl

from transforms.keys import folded, key

# What is kept of a record beside a decision (MARKS) and what is known of records now have the same columns.
MARK_SCHEMA = pl.Schema({"record_id": pl.String, "source": pl.String, "source_id": pl.String, "title": pl.String})
# Longer than any title; who prints a text for a title is not kept whole in the journal.
_TITLE_KEPT = 500

_DOCUMENT = pl.col("record_id").str.replace(r"-[^-]*$", "").alias("document")


def found_again(marked: pl.DataFrame, records: pl.DataFrame) -> dict[str, str]:
    """Which of the records (MARK_SCHEMA) each marked one is now, by the id that was marked; without those that cannot be told.

    A record is sought in its own document and source: by the source's own id and the title's key, then by that id alone, then by the key alone. Where
    several fit alike, it is the one that has not moved, if that is among them. What was marked with neither id nor title is found only where
    it stood.
    """
    now = _keyed(records.unique("record_id"))
    both = _keyed(marked.unique("record_id")).join(now, on=["document", "source"], suffix="_now")
    same_id = (pl.col("source_id") == pl.col("source_id_now")).fill_null(value=False)
    same_title = (pl.col("title_key") == pl.col("title_key_now")).fill_null(value=False)
    is_there = pl.col("record_id") == pl.col("record_id_now")
    is_bare = pl.col("source_id").is_null() & pl.col("title_key").is_null()
    likeness = pl.when(same_id & same_title).then(3).when(same_id).then(2).when(same_title).then(1).when(is_bare & is_there).then(1).otherwise(0)
    fitting = both.with_columns(likeness=likeness, is_there=is_there).filter(pl.col("likeness") > 0)
    best = fitting.filter(pl.col("likeness") == pl.col("likeness").max().over("record_id"))
    only = best.filter(pl.col("is_there") | (pl.len().over("record_id") == 1))
    return dict(only.select("record_id", "record_id_now").iter_rows())


def marks(records: pl.DataFrame) -> pl.DataFrame:
    """What is kept of records (rows with the columns of MARK_SCHEMA, of bronze or of staging): the same of both."""
    return records.select(*MARK_SCHEMA.names()).cast(MARK_SCHEMA).with_columns(folded(pl.col("title")).str.slice(0, _TITLE_KEPT))


def _keyed(records: pl.DataFrame) -> pl.DataFrame:
    title = key(pl.col("title"))
    return marks(records).select(*MARK_SCHEMA.names(), _DOCUMENT, title_key=pl.when(title != "").then(title)).drop("title")
