"""Authors, one by one, from what the parsers keep of them."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.authors import authorships


def rows(*lists: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    texts = [None if one is None else json.dumps(one) for one in lists]
    numbers = range(len(texts))
    papers = pl.DataFrame(
        {"paper_id": [f"p{n}" for n in numbers], "record_id": [f"r{n}" for n in numbers], "authors": texts}, schema_overrides={"authors": pl.String}
    )
    return authorships(papers).sort("paper_id", "position").to_dicts()


def test_authors_have_their_place_their_parts_and_the_record_they_are_from() -> None:
    first, second = rows([{"name": "Ann Lee", "id": "A1", "affiliations": ["X"]}, {"given": "Bo", "family": "Kim", "suffix": "Jr."}], None)[:2]
    assert first == {
        "paper_id": "p0",
        "position": 1,
        "name": "Ann Lee",
        "given": None,
        "family": None,
        "orcid": None,
        "source_author_id": "A1",
        "record_id": "r0",
    }
    assert (second["position"], second["name"], second["given"], second["family"]) == (2, "Bo Kim Jr.", "Bo", "Kim")


def test_the_parts_say_more_than_a_name_in_any_order() -> None:
    (one,) = rows([{"name": "Kim, Bo", "given": "Bo", "family": "Kim"}])
    assert one["name"] == "Bo Kim"


def test_an_entry_without_a_name_is_passed_over_and_its_place_stays_free() -> None:
    assert [(one["position"], one["name"]) for one in rows([{"name": "A"}, {"id": "x"}, {"name": " "}, {"name": "B"}])] == [(1, "A"), (4, "B")]


@pytest.mark.parametrize(
    ("printed", "orcid"),
    [
        ("0000-0001-2345-6789", "0000-0001-2345-6789"),
        ("https://orcid.org/0000-0001-2345-678x", "0000-0001-2345-678X"),
        ("0000000123456789", None),
        ("", None),
    ],
)
def test_an_orcid_is_its_digits_however_it_is_printed(printed: str, orcid: str | None) -> None:
    assert rows([{"name": "A", "orcid": printed}])[0]["orcid"] == orcid


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
AUTHORS = st.lists(st.fixed_dictionaries({}, optional={"name": NAMES, "given": NAMES, "family": NAMES, "orcid": NAMES, "id": NAMES}), max_size=5)


@given(st.lists(st.none() | AUTHORS, max_size=4))
@settings(max_examples=60)
def test_every_author_with_a_letter_in_the_name_is_there_once_in_the_printed_order(lists: list[list[dict[str, str]] | None]) -> None:
    found = rows(*lists)
    expected = {
        (f"p{n}", at)
        for n, authors in enumerate(lists)
        for at, author in enumerate(authors or (), 1)
        if any(char.isalpha() for key in ("name", "family") for char in author.get(key, ""))
    }
    keys = [(one["paper_id"], one["position"]) for one in found]
    assert len(set(keys)) == len(keys)
    assert expected <= set(keys)
    assert all(one["name"].strip() for one in found)
