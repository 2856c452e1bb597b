"""Drift: what each source had at which path, and since when."""

from datetime import date, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.drift import drift
from warehouse.schema import bronze

DAY = st.integers(1, 28)
SEEN = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c.d"]), st.sampled_from(["string", "null"]), st.booleans(), st.integers(1, 9)),
    unique_by=lambda row: row[:2],
    max_size=5,
)
DOCUMENTS = st.lists(st.tuples(st.sampled_from(["hf", "dblp"]), DAY | st.none(), DAY, SEEN), max_size=6)


@given(DOCUMENTS)
@settings(max_examples=60)
def test_a_path_is_dated_and_counted_over_all_documents_of_its_source(made: list[tuple]) -> None:
    documents = bronze.DOCUMENTS.conform(
        pl.DataFrame(
            [
                {
                    "document_id": f"d{n}",
                    "source": source,
                    "listed_on": date(2025, 1, listed) if listed else None,
                    "observed_at": datetime(2025, 2, observed),
                }
                for n, (source, listed, observed, _) in enumerate(made)
            ],
            schema=bronze.DOCUMENTS.polars_schema(),
            orient="row",
        )
    )
    facts = [(f"d{n}", *row) for n, (_, _, _, seen) in enumerate(made) for row in seen]
    names = ("document_id", "path", "type", "is_known", "value_count")
    paths = pl.DataFrame([dict(zip(names, fact, strict=True)) for fact in facts], schema=bronze.DOCUMENT_PATHS.polars_schema(), orient="row")
    found = drift(documents, paths)
    assert found.schema == bronze.DRIFT.polars_schema()
    keys = {(made[int(document[1:])][0], path, kind) for document, path, kind, _, _ in facts}
    assert {(row["source"], row["path"], row["type"]) for row in found.iter_rows(named=True)} == keys
    assert found.height == len(keys)
    for row in found.iter_rows(named=True):
        own = [
            (*made[int(fact[0][1:])][1:3], fact[3], fact[4])
            for fact in facts
            if (made[int(fact[0][1:])][0], *fact[1:3]) == (row["source"], row["path"], row["type"])
        ]
        listed = [date(2025, 1, day) for day, _, _, _ in own if day]
        assert (row["first_listed_on"], row["last_listed_on"]) == ((min(listed), max(listed)) if listed else (None, None))
        assert row["first_observed_at"] == min(datetime(2025, 2, day) for _, day, _, _ in own)
        assert (row["document_count"], row["value_count"]) == (len(own), sum(count for _, _, _, count in own))
        assert row["is_known"] == all(known for _, _, known, _ in own)
