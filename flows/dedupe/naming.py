"""What records are called in the output: by their own key, else by their place."""

from collections import Counter

import polars as pl

# The ids of these are those of the sites that they were gathered from, and many records have none.
KEYLESS = ("paperlists",)
LISTING = {
    "record_id": pl.String,
    "document": pl.Int64,
    "position": pl.Int64,
    "printed_key": pl.String,
    "code": pl.String,
}


def named(listing: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The listing (LISTING; `code` is why a record was rejected) in order of documents and positions, with `number` (its place in that order) and
    `key`: the printed key, else document#place among its records, counted from 0. The second of a key is key~2.
    """
    ordered = listing.sort("document", "position", "record_id").with_columns(number=pl.int_range(pl.len(), dtype=pl.Int64))
    place = pl.int_range(pl.len()).over("document")
    of_document = pl.DataFrame({"document": range(len(names)), "name": names}, schema={"document": pl.Int64, "name": pl.String})
    ordered = ordered.join(of_document, on="document", how="left", maintain_order="left")
    printed = pl.col("printed_key").str.strip_chars().replace("", None)
    ordered = ordered.with_columns(key=pl.coalesce(printed, pl.format("{}#{}", "name", place)))
    repeat = pl.int_range(1, pl.len() + 1).over("key")
    ordered = ordered.with_columns(first="key", key=pl.when(repeat > 1).then(pl.format("{}~{}", "key", repeat)).otherwise("key"))
    if ordered["key"].n_unique() < ordered.height:
        # Somebody's own key ends like one of ours.
        ordered = ordered.with_columns(key=_apart(ordered["first"].to_list()))
    return ordered.drop("name", "first")


def _apart(keys: list[str]) -> pl.Series:
    taken, counts = set(keys), Counter[str]()
    found = []
    for key in keys:
        counts[key] += 1
        name = key
        if counts[key] > 1:
            while (name := f"{key}~{counts[key]}") in taken:
                counts[key] += 1
            taken.add(name)
        found.append(name)
    return pl.Series(found, dtype=pl.String)
