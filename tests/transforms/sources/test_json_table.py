import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.content import Content
from transforms.parsed import Capture, Part, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import FORMATS, Format, json_table

Rows = Callable[..., list[dict[str, Any]]]
GOOD = {"record_id": "r1", "title": "A Good One", "authors": "Lamp, A and Hill, B", "year": 1994, "venue": "J. Houses", "number": 2, "doi": "10.1/a"}


def test_a_line_has_a_tables_column_names_for_keys(rows: Rows) -> None:
    (found,) = rows(json.dumps(GOOD) + "\n")
    people = [{"family": "Lamp", "given": "A"}, {"family": "Hill", "given": "B"}]
    assert found == {
        "source_id": "r1",
        "title": "A Good One",
        "authors": people,
        "published_on": "1994",
        "venue": "J. Houses",
        "issue": "2",
        "doi": "10.1/a",
    }


def test_lines_and_an_array_say_the_same(rows: Rows) -> None:
    papers = [GOOD, GOOD | {"record_id": "r2", "my own": ["x", {"y": 1}]}]
    lines = rows("\n".join(map(json.dumps, papers)))
    assert lines == rows(json.dumps(papers, indent=2))
    assert lines[1]["rest"] == {"my own": ["x", {"y": 1}]}


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (["Ann Lamp", "Bo Hill"], [{"name": "Ann Lamp", "given": "Ann", "family": "Lamp"}, {"name": "Bo Hill", "given": "Bo", "family": "Hill"}]),
        ([{"first": "Ann", "last": "Lamp"}], [{"family": "Lamp", "given": "Ann"}]),
        ([{"name": "Ann Lamp", "affiliation": "Houses"}], [{"name": "Ann Lamp"}]),
        ("Ann Lamp", [{"name": "Ann Lamp", "given": "Ann", "family": "Lamp"}]),
    ],
)
def test_authors_come_as_text_as_a_list_or_in_parts(rows: Rows, authors: object, expected: list[dict]) -> None:
    (found,) = rows(json.dumps(GOOD | {"authors": authors}))
    assert [{part: one[part] for part in ("name", "given", "family") if part in one} for one in found["authors"]] == expected


def test_what_of_the_authors_cannot_be_read_stays_in_the_rest(rows: Rows) -> None:
    (found,) = rows(json.dumps(GOOD | {"authors": [{"name": "Ann Lamp"}, 7, {"age": 3}]}))
    assert found["authors"] == [{"name": "Ann Lamp"}]
    assert found["rest"] == {"authors": [{"name": "Ann Lamp"}, 7, {"age": 3}]}


def test_an_id_that_was_written_as_a_number_keeps_its_digits(rows: Rows) -> None:
    (found,) = rows('{"title": "T", "year": 2025.0, "arxiv_id": 2503.02130}')
    assert (found["arxiv_id"], found["published_on"]) == ("2503.02130", "2025")


def test_one_format_matches_and_no_other() -> None:
    for text in (json.dumps(GOOD), json.dumps([GOOD, GOOD], indent=1), json.dumps(GOOD) + "\n" + json.dumps(GOOD)):
        assert [form.name for form in FORMATS if form.matches(text.encode())] == ["json_table"]


@pytest.mark.parametrize(
    "value", [{"title": "A page", "url": "https://a.example"}, {"name": "left-pad", "author": "x", "version": "1"}, {"error": "no"}, {"title": 3}]
)
def test_an_object_that_is_no_paper_is_not_taken_for_one(value: dict) -> None:
    assert not json_table.matches(json.dumps(value).encode())


def test_a_faulty_line_costs_itself_and_says_its_key(parts: Callable[..., list[Part]]) -> None:
    found = parts(json.dumps(GOOD) + '\n{"id": "k2", "title": null}\n{"title": "cut\n' + json.dumps(GOOD))
    rejects = [part for part in found if isinstance(part, Reject)]
    assert [(one.position, one.code, one.source_id) for one in rejects] == [(2, "no_title", "k2"), (3, "malformed", None)]
    assert sum(isinstance(part, Record) for part in found) == 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["title", "authors", "year", "doi", "abstract", "url", "record_id", "pages", "citations", "x"])


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=6), min_size=1, max_size=4), st.booleans())
def test_whatever_the_values_are_each_record_is_kept_or_rejected(check_parts: Callable[..., None], papers: list[dict], is_array: bool) -> None:
    first = [GOOD, *papers]
    data = (json.dumps(first) if is_array else "\n".join(map(json.dumps, first))).encode()
    form = recognize(data[:65536])
    assert isinstance(form, Format)
    found = list(form.parse(Content.of(data), Told(Capture(datetime(2026, 1, 1), "modified"))))
    check_parts(data, found)
    assert sum(isinstance(part, Record | Reject) for part in found) == len(first)
