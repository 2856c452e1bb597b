"""Listings that repeat the one before them."""

from datetime import datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.listings import repeats
from warehouse.schema import bronze


def found(*listings: tuple[str, str, int, bool, list[str | None]]) -> list[int]:
    """Which of these listings (source, format, day seen, whether it is dated, the ids of its papers) repeat the one before them."""
    seen = [
        {"document_id": f"d{n}", "source": source, "format": form, "observed_at": datetime(2025, 1, day)}
        for n, (source, form, day, _, _) in enumerate(listings)
    ]
    # As the load finds them: of dated listings, the papers that have ids.
    papers = [
        {"document_id": f"d{n}", "papers": " ".join(filter(None, ids))} for n, (*_, is_dated, ids) in enumerate(listings) if is_dated and any(ids)
    ]
    documents = bronze.DOCUMENTS.conform(pl.DataFrame(seen, schema=bronze.DOCUMENTS.polars_schema(), orient="row"))
    listed = pl.DataFrame(papers, schema={"document_id": pl.String, "papers": pl.String}).sample(fraction=1.0, shuffle=True, seed=3)
    return sorted(int(document_id[1:]) for document_id in repeats(documents, listed))


def test_the_same_papers_in_the_same_order_are_a_repeat_of_the_listing_seen_before() -> None:
    assert found(("hf", "hf_json", 2, True, ["1", "2"]), ("hf", "hf_json", 1, True, ["1", "2"])) == [0]
    assert found(("hf", "hf_json", 1, True, ["1", "2"]), ("hf", "hf_json", 2, True, ["2", "1"])) == []
    assert found(("hf", "hf_json", 1, True, ["1"]), ("hf", "hf_json", 2, True, ["2"]), ("hf", "hf_json", 3, True, ["1"])) == []


def test_listings_of_other_sources_formats_or_without_date_or_ids_say_nothing() -> None:
    assert found(("hf", "hf_json", 1, True, ["1"]), ("arxiv", "arxiv_atom", 2, True, ["1"]), ("hf", "hf_text", 3, True, ["1"])) == []
    assert found(("hf", "hf_json", 1, False, ["1"]), ("hf", "hf_json", 2, True, ["1"])) == []
    assert found(("hf", "hf_json", 1, True, [None]), ("hf", "hf_json", 2, True, [None])) == []
    assert found(("hf", "hf_json", 1, True, []), ("hf", "hf_json", 2, True, [])) == []


LISTINGS = st.lists(
    st.tuples(
        st.sampled_from(["hf", "arxiv"]), st.just("x"), st.integers(1, 9), st.booleans(), st.lists(st.sampled_from(["1", "2", None]), max_size=3)
    ),
    max_size=7,
)


@given(LISTINGS)
@settings(max_examples=60)
def test_exactly_those_that_equal_the_one_before_are_found(listings: list[tuple]) -> None:
    expected = []
    last: dict[str, list[str]] = {}
    for n, (source, _, _, is_dated, papers) in sorted(enumerate(listings), key=lambda one: (one[1][2], one[0])):
        ids = [paper for paper in papers if paper]
        if is_dated and ids:
            if last.get(source) == ids:
                expected.append(n)
            last[source] = ids
    assert found(*listings) == sorted(expected)
