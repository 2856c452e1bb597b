"""The parser and deduplication on real pages: how many papers they have, however the pages are written down."""

import textwrap
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from transforms.bronze import Bronze, combined
from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.resolve import resolve_records
from transforms.normalize import normalize

pytestmark = pytest.mark.corpus
Read = Callable[..., Bronze]
COUNTS = {"000": 87, "001": 76, "003": 39}


@pytest.fixture(scope="module")
def pages(corpus: Path) -> dict[str, str]:
    """The three dumps by the first three letters of their names."""
    found = {file.name[:3]: file.read_bytes().decode("utf-8") for file in sorted((corpus / "dumps").glob("*.txt"))}
    return {name: found[name] for name in COUNTS}


def titles(found: Bronze) -> list[str]:
    return found.records.sort("position")["title"].to_list()


def wrapped(text: str) -> str:
    """Every line that is longer than a title, that is every abstract, at 80 columns."""
    lines = text.split("\n")
    return "\n".join(
        "\n".join(textwrap.wrap(line, 80, break_on_hyphens=False, break_long_words=False)) if len(line) > 200 else line for line in lines
    )


@pytest.mark.parametrize("name", COUNTS)
def test_every_paper_is_kept_and_nothing_rejected(pages: dict[str, str], read: Read, name: str) -> None:
    found = read(pages[name])
    assert (found.records.height, found.rejects.height) == (COUNTS[name], 0)
    assert found.records["abstract"].null_count() == 0
    assert found.records["abstract"].str.len_chars().min() > found.records["title"].str.len_chars().max()


def test_the_layout_with_footers_has_facts_for_all_papers_but_one(pages: dict[str, str], read: Read) -> None:
    records = read(pages["003"]).records
    has_facts = pl.col("organization_handle").is_not_null() != pl.col("author_count").is_not_null()
    assert records.filter(has_facts & pl.col("published_on").is_not_null()).height == 38
    assert records.filter(pl.col("published_on").is_null() & ~has_facts).height == 1


@pytest.mark.parametrize(("name", "listed_on", "inferred"), [("000", None, None), ("001", None, None), ("003", date(2025, 12, 16), True)])
def test_a_page_is_dated_where_its_items_prove_the_year(
    pages: dict[str, str], read: Read, name: str, listed_on: date | None, inferred: bool | None
) -> None:
    documents = read(pages[name]).documents
    assert documents.select("listed_on", "listed_on_is_inferred", "listing_state").row(0) == (listed_on, inferred, "normal")


def test_every_date_lies_on_or_before_the_page(pages: dict[str, str], read: Read) -> None:
    found = read(pages["003"])
    records = normalize(found.records, found.documents)
    assert records["published_on"].count() == 38
    assert records["published_on"].max() <= date(2025, 12, 16)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text.rstrip("\n"),
        lambda text: text.replace(" ", "\u00a0"),
        wrapped,
        lambda text: wrapped(text).replace("\n", "\r\n"),
    ],
    ids=["no blank lines", "doubled", "CRLF", "BOM, no last line break", "NBSP", "wrapped", "wrapped, CRLF"],
)
def test_white_space_does_not_change_the_titles(pages: dict[str, str], read: Read, name: str, change: Callable[[str], str]) -> None:
    found = read(change(pages[name]))
    assert [title.replace("\u00a0", " ") for title in titles(found)] == titles(read(pages[name]))
    assert found.rejects.is_empty()


def test_the_pages_hold_170_papers_in_whatever_order_they_are_loaded(pages: dict[str, str], read: Read) -> None:
    documents = {name: read(text) for name, text in pages.items()}
    partitions = set()
    for order in permutations(documents):
        given, loaded = pl.DataFrame(schema=GIVEN_SCHEMA), []
        for sequence, name in enumerate(order):
            loaded.append(documents[name])
            rows = combined(loaded)
            found = resolve_records(normalize(rows.records, rows.documents), given)
            given = pl.concat([given, found.new_ids.with_columns(sequence=pl.lit(sequence, pl.Int64)).select(given.columns)])
        assert (found.members.height, found.members["paper_id"].n_unique()) == (202, 170)
        papers = found.members.group_by("paper_id").agg(pl.col("record_id").sort())
        partitions.add(frozenset(tuple(records) for records in papers["record_id"]))
    assert len(partitions) == 1
