"""Authors, one by one: within a paper the union of what its records say."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.authors import authorships

Author = dict[str, Any]


def rows(*lists: Any, source: str = "hf") -> list[dict[str, Any]]:
    """The authorships of papers of one record each."""
    return united(*([one] for one in lists), source=source)


def united(*papers: list[Any], source: str = "hf") -> list[dict[str, Any]]:
    """The authorships of papers p0, p1, ... of these lists of authors, the best first; list n of paper m is that of record rm-n, of source `source`,
    or of that which stands before it: ("dblp", [...])."""
    records, ranked = [], []
    for number, lists in enumerate(papers):
        for rank, one in enumerate(lists, 1):
            of_source, authors = one if isinstance(one, tuple) else (source, one)
            record = {"paper_id": f"p{number}", "record_id": f"r{number}-{rank}"}
            records.append(record | {"source": of_source})
            if authors is not None:
                value = authors if isinstance(authors, str) else json.dumps(authors)
                ranked.append(record | {"field": "authors", "rank": rank, "value": value})
    schema = dict.fromkeys(("paper_id", "record_id", "source"), pl.String)
    of_ranked = {**dict.fromkeys(("paper_id", "record_id", "field"), pl.String), "rank": pl.Int64, "value": pl.String}
    found = authorships(pl.DataFrame(records, schema=schema), pl.DataFrame(ranked, schema=of_ranked))
    return found.sort("paper_id", "position").to_dicts()


def names(*lists: list[str] | list[Author]) -> list[str]:
    """The names of one paper's authors; a list may be of names alone."""
    return [one["name"] for one in united([[{"name": one} if isinstance(one, str) else one for one in authors] for authors in lists])]


def person(family: str, given: str) -> Author:
    return {"family": family, "given": given}


def test_authors_have_their_place_their_parts_and_the_record_they_are_from() -> None:
    authors = [{"name": "Ann Lee", "id": "https://openalex.org/A1", "affiliations": ["X"]}, {"given": "Bo", "family": "Kim", "suffix": "Jr."}]
    first, second = rows(authors, None, source="openalex")
    assert first == {
        "paper_id": "p0",
        "position": 1,
        "name": "Ann Lee",
        "given": None,
        "family": None,
        "orcid": None,
        "source_author_id": "openalex:A1",
        "source_author_ids": '["openalex:A1"]',
        "affiliations": '["X"]',
        "record_id": "r0-1",
        "author_id": "openalex:A1",
    }
    assert (second["position"], second["name"], second["given"], second["family"]) == (2, "Bo Kim Jr.", "Bo", "Kim")
    assert (second["author_id"], second["source_author_ids"], second["affiliations"]) == ("p0/2", None, None)


def test_the_parts_say_more_than_a_name_in_any_order() -> None:
    (one,) = rows([{"name": "Kim, Bo", "given": "Bo", "family": "Kim"}])
    assert one["name"] == "Bo Kim"


def test_an_entry_without_a_name_is_passed_over_and_its_place_stays_free() -> None:
    assert [(one["position"], one["name"]) for one in rows([{"name": "A"}, {"id": "x"}, {"name": " "}, {"name": "B"}])] == [(1, "A"), (4, "B")]


@pytest.mark.parametrize("odd", ['{"name":"A"}', '["A"]', '[{"name":["x"]}]', "5", '"x"', "null", "[null]", "[", "[{}]", '[{"name":{"a":1}}]'])
def test_what_is_no_list_of_authors_names_nobody_and_costs_no_other_list(odd: str) -> None:
    assert [(one["paper_id"], one["name"]) for one in rows([{"name": "A"}], odd, [{"name": "B"}])] == [("p0", "A"), ("p2", "B")]


def test_an_odd_entry_costs_itself_alone() -> None:
    assert [one["name"] for one in rows(["A", {"name": "B", "affiliations": {"x": 1}}, {"name": 5}, {"name": "C", "orcid": []}])] == ["B", "C"]


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
    (one,) = rows([{"name": "A", "orcid": printed}])
    assert (one["orcid"], one["author_id"]) == (orcid, f"orcid:{orcid}" if orcid else "p0/1")


def test_what_the_id_of_an_author_means_is_known_by_its_source() -> None:
    assert [rows([{"name": "A", "id": "7"}], source=source)[0]["author_id"] for source in ("hf", "csv", "semanticscholar", "dblp")] == [
        "p0/1",
        "p0/1",
        "semanticscholar:7",
        "dblp:7",
    ]


@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        ([["A. Lee", "B. Kim"], ["Ann Lee", "Bo Kim"]], ["Ann Lee", "Bo Kim"]),
        ([["Ann Lee", "B. Kim"], ["A. Lee", "Bo Kim"]], ["Ann Lee", "Bo Kim"]),
        ([["Ann Lee", "Bo Kim"], ["Lee, A.", "Kim, B."]], ["Ann Lee", "Bo Kim"]),
        ([["Lee A", "Kim B"], ["Ann Lee", "Bo Kim"]], ["Ann Lee", "Bo Kim"]),
        ([["ANN LEE", "BO KIM"], ["Ann Lee", "Bo Kim"]], ["Ann Lee", "Bo Kim"]),
        ([["Jurgen Muller"], ["Jürgen Müller"]], ["Jürgen Müller"]),
        ([["Juergen Mueller"], ["Jürgen Müller"]], ["Jürgen Müller"]),
        ([['J{\\"u}rgen M{\\"u}ller'], ["Jürgen Müller"]], ["Jürgen Müller"]),
        ([["JÃ¼rgen MÃ¼ller"], ["Jürgen Müller"]], ["Jürgen Müller"]),
        ([["J. Muller"], ["Juergen Mueller"], ["J. Müller"]], ["Juergen Mueller"]),
        ([["Wei Wang 0001"], ["Wei Wang"]], ["Wei Wang"]),
        # One list in the order of names, the other cut short, the third with one more.
        ([["Cy Poe", "Ann Lee", "Bo Kim"], ["Ann Lee", "Bo Kim", "Cy Poe"]], ["Cy Poe", "Ann Lee", "Bo Kim"]),
        ([["Cy Poe", "Ann Lee", "Bo Kim"], ["C. Poe", "et al."]], ["Cy Poe", "Ann Lee", "Bo Kim"]),
        ([["Cy Poe", "et al."], ["C. Poe", "A. Lee", "B. Kim"], ["Cy Poe", "Ann Lee"]], ["Cy Poe", "Ann Lee", "B. Kim"]),
        ([["Cy Poe", "Ann Lee"], ["A. Lee", "Di Oh", "C. Poe", "Bo Kim"]], ["Cy Poe", "Ann Lee", "Di Oh", "Bo Kim"]),
        # Particles, turned order, other spellings.
        ([["Jan van der Berg"], ["Berg, J. van der"], ["van der Berg, J."]], ["Jan van der Berg"]),
        ([["Zhang San", "Li Si"], ["San Zhang", "Si Li"]], ["Zhang San", "Li Si"]),
        ([["Ivan Petrov", "Ann Lee"], ["I. Petroff", "A. Lee"]], ["Ivan Petrov", "Ann Lee"]),
        ([["Ann Lee", "李 明"], ["Ann Lee", "Ming Li"]], ["Ann Lee", "Ming Li"]),
        ([["Wei Wang", "Wen Wang"], ["W. Wang", "W. Wang"]], ["Wei Wang", "Wen Wang"]),
        ([["Wei Wang", "Wen Wang"], ["Wen Wang", "Wei Wang"]], ["Wei Wang", "Wen Wang"]),
        ([["W. Wang"], ["Wei Wang", "Wen Wang"]], ["Wei Wang", "Wen Wang"]),
        # One family name is two people where the initials differ.
        ([["Ann Lee"], ["Bo Lee"]], ["Ann Lee", "Bo Lee"]),
        ([["Ann Lee"], ["Cy Poe"]], ["Ann Lee", "Cy Poe"]),
        ([["Plato"], ["Plato", "Ann Lee"]], ["Plato", "Ann Lee"]),
    ],
)
def test_the_authors_of_a_paper_are_the_union_each_once_in_the_best_spelling(lists: list[list[str]], wanted: list[str]) -> None:
    assert names(*lists) == wanted


def test_parts_and_whole_names_are_one_author() -> None:
    assert names(["A. Lee", "Bo van der Kim"], [person("Lee", "Ann"), person("van der Kim", "B.")]) == ["Ann Lee", "Bo van der Kim"]


def test_an_eastern_name_keeps_the_order_that_is_printed() -> None:
    assert names([{"name": "李 明", "given": "李", "family": "明"}, "山田太郎"]) == ["李 明", "山田太郎"]


def test_ids_and_affiliations_come_from_whoever_says_them() -> None:
    dblp = ("dblp", [{"name": "Ann Lee 0001", "id": "Ann Lee 0001"}, {"name": "Bo Kim"}])
    openalex = ("openalex", [{"name": "A. Lee", "id": "A1", "orcid": "0000-0001-2345-6789", "affiliations": ["X"]}, {"name": "Bo Kim", "id": "A2"}])
    first, second = united([("arxiv", [{"name": "Ann Lee"}, {"name": "B. Kim", "affiliations": ["Y", "Z"]}]), dblp, openalex])
    assert (first["name"], first["record_id"], first["orcid"], first["affiliations"]) == ("Ann Lee", "r0-1", "0000-0001-2345-6789", '["X"]')
    assert (first["source_author_ids"], first["author_id"]) == ('["dblp:Ann Lee 0001","openalex:A1"]', "orcid:0000-0001-2345-6789")
    assert (second["name"], second["record_id"], second["affiliations"], second["author_id"]) == ("Bo Kim", "r0-2", '["Y","Z"]', "openalex:A2")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
AUTHORS = st.lists(st.fixed_dictionaries({}, optional={"name": NAMES, "given": NAMES, "family": NAMES, "orcid": NAMES, "id": NAMES}), max_size=5)


@given(st.lists(st.none() | AUTHORS, max_size=4))
@settings(max_examples=40)
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


PEOPLE = st.lists(st.builds(person, st.sampled_from(["Lee", "Kim", "Wang", "Li"]), st.sampled_from(["Ann", "A.", "Bo", "B.", "Wei", ""])), max_size=5)


@given(st.lists(PEOPLE, min_size=1, max_size=3))
@settings(max_examples=60)
def test_nobody_of_any_list_is_lost_and_two_of_one_list_stay_two(lists: list[list[Author]]) -> None:
    found = united(lists)
    assert len({one["position"] for one in found}) == len(found) >= max(map(len, lists))
    assert [one["position"] for one in found] == list(range(1, len(found) + 1))
    families = [one["family"] for one in found]
    for of_list in lists:
        for family in {one["family"] for one in of_list}:
            assert families.count(family) >= sum(one["family"] == family for one in of_list)
