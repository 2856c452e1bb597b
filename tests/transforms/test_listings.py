"""Listings that repeat the one before them."""

from datetime import date, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.listings import with_repeats
from warehouse.schema import bronze

DOCUMENT_NAMES = ("document_id", "source", "format", "observed_at", "listed_on", "listing_state", "kept_count")


def repeats(*listings: tuple[str, str, int, bool, list[str | None]]) -> list[int]:
    """Which of these listings (source, format, day seen, whether it is dated, the ids of its papers) repeat the one before them."""
    documents = [
        (f"d{n}", source, form, datetime(2025, 1, seen), date(2025, 1, 1) if is_dated else None, "normal", len(papers))
        for n, (source, form, seen, is_dated, papers) in enumerate(listings)
    ]
    records = [(f"d{n}-{at}", f"d{n}", at, paper) for n, listing in enumerate(listings) for at, paper in enumerate(listing[4], 1)]
    found = with_repeats(
        bronze.DOCUMENTS.conform(
            pl.DataFrame([dict(zip(DOCUMENT_NAMES, row, strict=True)) for row in documents], schema=bronze.DOCUMENTS.polars_schema(), orient="row")
        ),
        pl.DataFrame(
            [dict(zip(("record_id", "document_id", "position", "source_id"), row, strict=True)) for row in records],
            schema=bronze.RECORDS.polars_schema(),
            orient="row",
        ).sample(fraction=1.0, shuffle=True, seed=3),
    )
    states = dict(found.select("document_id", "listing_state").iter_rows())
    assert set(states.values()) <= {"normal", "repeat"}
    return [n for n in range(len(listings)) if states[f"d{n}"] == "repeat"]


def test_the_same_papers_in_the_same_order_are_a_repeat_of_the_listing_seen_before() -> None:
    assert repeats(("hf", "hf_json", 2, True, ["1", "2"]), ("hf", "hf_json", 1, True, ["1", "2"])) == [0]
    assert repeats(("hf", "hf_json", 1, True, ["1", "2"]), ("hf", "hf_json", 2, True, ["2", "1"])) == []
    assert repeats(("hf", "hf_json", 1, True, ["1"]), ("hf", "hf_json", 2, True, ["2"]), ("hf", "hf_json", 3, True, ["1"])) == []


def test_listings_of_other_sources_formats_or_without_date_or_ids_say_nothing() -> None:
    assert repeats(("hf", "hf_json", 1, True, ["1"]), ("arxiv", "arxiv_atom", 2, True, ["1"]), ("hf", "hf_text", 3, True, ["1"])) == []
    assert repeats(("hf", "hf_json", 1, False, ["1"]), ("hf", "hf_json", 2, True, ["1"])) == []
    assert repeats(("hf", "hf_json", 1, True, [None]), ("hf", "hf_json", 2, True, [None])) == []
    assert repeats(("hf", "hf_json", 1, True, []), ("hf", "hf_json", 2, True, [])) == []


LISTINGS = st.lists(
    st.tuples(
        st.sampled_from(["hf", "arxiv"]), st.just("x"), st.integers(1, 9), st.booleans(), st.lists(st.sampled_from(["1", "2", None]), max_size=3)
    ),
    max_size=7,
)


@given(LISTINGS)
@settings(max_examples=60)
def test_exactly_those_that_equal_the_one_before_are_repeats(listings: list[tuple]) -> None:
    expected = []
    last: dict[str, list[str]] = {}
    for n, (source, _, _, is_dated, papers) in sorted(enumerate(listings), key=lambda one: (one[1][2], one[0])):
        ids = [paper for paper in papers if paper]
        if is_dated and ids:
            if last.get(source) == ids:
                expected.append(n)
            last[source] = ids
    assert repeats(*listings) == sorted(expected)
