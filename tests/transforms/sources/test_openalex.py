import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bronze import Bronze
from transforms.recognize import recognize
from transforms.sources import Format
from transforms.sources.inverted_index import abstract_of

Read = Callable[..., Bronze]
LOCATION = {
    "is_oa": True,
    "landing_page_url": "https://doi.org/10.5555/rest.1",
    "pdf_url": "https://example.org/rest.pdf",
    "source": {"id": "https://openalex.org/S11", "display_name": "Journal of Rest", "host_organization_name": "Rest Press"},
    "version": "publishedVersion",
}
ARXIV = {"landing_page_url": "http://arxiv.org/abs/2101.11408v2", "pdf_url": "https://arxiv.org/pdf/2101.11408", "source": None}
WORK = {
    "id": "https://openalex.org/W4000000001",
    "doi": "https://doi.org/10.5555/rest.1",
    "title": "Tables at Rest",
    "display_name": "Tables at Rest",
    "ids": {
        "openalex": "https://openalex.org/W4000000001",
        "doi": "https://doi.org/10.5555/rest.1",
        "mag": "400001",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/29456",
    },
    "publication_year": 2021,
    "publication_date": "2021-01-11",
    "type": "article",
    "language": "en",
    "authorships": [
        {
            "author_position": "first",
            "author": {"id": "https://openalex.org/A1", "display_name": "Lena Fisch", "orcid": "https://orcid.org/0000-0001"},
            "institutions": [{"id": "https://openalex.org/I1", "display_name": "Uni Bern"}],
            "raw_author_name": "Fisch, L.",
            "raw_affiliation_strings": ["Dept. of Rest, Uni Bern"],
        },
        {"author": {"id": None, "display_name": "Bo Ohm"}, "institutions": [], "raw_affiliation_strings": ["EPFL", ""]},
        {"author": {"id": None, "display_name": "Cy Ray"}, "raw_affiliation_string": "MIT"},
    ],
    "abstract_inverted_index": {"Tables": [0], "rest": [1, 4], "where": [2], "others": [3]},
    "primary_location": LOCATION,
    "best_oa_location": LOCATION,
    "locations": [LOCATION, ARXIV],
    "open_access": {"is_oa": True, "oa_url": "https://example.org/free"},
    "biblio": {"volume": "5", "issue": "8", "first_page": "11", "last_page": "19"},
    "cited_by_count": 42,
    "is_retracted": False,
    "updated_date": "2025-06-11T00:03:37.532706",
    "grants": [],
}


def work(**changes: Any) -> str:
    return json.dumps({name: value for name, value in {**WORK, **changes}.items() if value != "-"})


def only(read: Read, **changes: Any) -> dict[str, Any]:
    found = read(work(**changes))
    assert found.rejects.is_empty()
    (record,) = found.records.rows(named=True)
    return record


def test_a_work_by_its_values(read: Read) -> None:
    record = only(read)
    assert {name: value for name, value in record.items() if value is not None and name not in ("record_id", "document_id", "rest")} == {
        "source": "openalex",
        "position": 1,
        "byte_offset": 0,
        "byte_length": len(work()),
        "source_id": "W4000000001",
        "kind": "article",
        "title": "Tables at Rest",
        "abstract": "Tables rest where others rest",
        "authors": record["authors"],
        "published_on": "2021-01-11",
        "updated_on": "2025-06-11T00:03:37.532706",
        "venue": "Journal of Rest",
        "volume": "5",
        "issue": "8",
        "pages": "11-19",
        "publisher": "Rest Press",
        "language": "en",
        "citation_count": 42,
        "arxiv_id": "2101.11408v2",
        "doi": "https://doi.org/10.5555/rest.1",
        "identifiers": '{"openalex":["W4000000001"],"pmid":["29456"]}',
        "links": record["links"],
    }
    assert json.loads(record["authors"]) == [
        {"name": "Fisch, L.", "id": "https://openalex.org/A1", "orcid": "https://orcid.org/0000-0001", "affiliations": ["Uni Bern"]},
        {"name": "Bo Ohm", "affiliations": ["EPFL"]},
        {"name": "Cy Ray", "affiliations": ["MIT"]},
    ]
    assert json.loads(record["links"]) == [
        {"url": "https://example.org/rest.pdf", "rel": "pdf"},
        {"url": "https://doi.org/10.5555/rest.1", "rel": "landing"},
        {"url": "https://example.org/free", "rel": "landing"},
    ]
    kept = ("authorships", "primary_location", "best_oa_location", "locations", "open_access", "is_retracted", "grants")
    assert json.loads(record["rest"]) == {"ids": {"mag": "400001"}, **{name: WORK[name] for name in kept}}


@pytest.mark.parametrize(
    ("index", "abstract", "left"),
    [
        ({"one": [0], "two": [2]}, "one two", None),
        ({"two": [5, 900], "one": [0]}, "one two two", None),
        ({"a": [1], "b": [1], "c": [0]}, "c a b", None),
        ({"far": [10**12], "near": [3]}, "near far", None),
        ({"back": [-1], "here": [0]}, "here", {"back": [-1]}),
        ({"text": ["0"], "here": [0], "x": [1.5, 2]}, "here x", {"text": ["0"], "x": [1.5]}),
        ({"no": 3, "list": {"0": 1}, "here": [0]}, "here", {"no": 3, "list": {"0": 1}}),
        ({"empty": ""}, None, {"empty": ""}),
        ({"": [1], "a\nb": [0]}, "a\nb ", None),
        ({}, None, None),
    ],
)
def test_an_abstract_is_put_together_from_whatever_places(read: Read, index: Any, abstract: str | None, left: Any) -> None:
    record = only(read, abstract_inverted_index=index)
    assert record["abstract"] == abstract
    assert json.loads(record["rest"]).get("abstract_inverted_index") == left


@given(st.lists(st.sampled_from(["the", "rest", "of", "tables", "", "é"]), min_size=1, max_size=40))
def test_an_index_gives_back_the_text_that_it_was_made_of(words: list[str]) -> None:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    assert abstract_of(index) == (" ".join(words) or None, {})


PLACES = st.lists(st.integers() | st.none() | st.booleans() | st.floats() | st.text(max_size=2), max_size=4)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), PLACES))
def test_each_word_is_placed_or_left_whatever_its_places_are(index: dict[str, Any]) -> None:
    abstract, left = abstract_of(index)
    assert len((abstract or "").split()) + sum(map(len, left.values())) == sum(map(len, index.values()))


@pytest.mark.parametrize("index", [["a"], "text", 7])
def test_an_index_that_is_none_stays_in_the_rest(read: Read, index: Any) -> None:
    record = only(read, abstract_inverted_index=index)
    assert record["abstract"] is None
    assert json.loads(record["rest"])["abstract_inverted_index"] == index


def test_the_words_of_an_abstract_are_no_paths(read: Read) -> None:
    paths = set(read(work()).paths["path"])
    assert "abstract_inverted_index" in paths
    assert not [path for path in paths if path.startswith("abstract_inverted_index.")]


@pytest.mark.parametrize(
    ("changes", "arxiv_id", "others"),
    [
        ({"doi": "https://doi.org/10.48550/arXiv.2101.11408", "locations": []}, "2101.11408", None),
        ({"doi": "https://doi.org/10.48550/arxiv.2101.00001"}, "2101.00001", ["2101.11408v2"]),
        ({"locations": [{"landing_page_url": "https://arxiv.org/abs/hep-th/9901001"}]}, "hep-th/9901001", None),
        ({"locations": [{"pdf_url": "https://ARXIV.org/pdf/math.AG/0101001v3.pdf?download=1"}]}, "math.AG/0101001v3", None),
        ({"primary_location": ARXIV, "locations": [ARXIV, LOCATION]}, "2101.11408v2", None),
        ({"locations": [{"landing_page_url": "https://arxiv.org/abs/"}, {"landing_page_url": 5}, 7]}, None, None),
        ({"locations": None}, None, None),
    ],
)
def test_the_arxiv_id_is_in_the_doi_or_in_a_location(read: Read, changes: Any, arxiv_id: str | None, others: list[str] | None) -> None:
    record = only(read, **changes)
    assert record["arxiv_id"] == arxiv_id
    assert json.loads(record["identifiers"]).get("arxiv") == others


@pytest.mark.parametrize(
    ("biblio", "pages", "left"),
    [
        ({"first_page": "7", "last_page": "7"}, "7", None),
        ({"first_page": "e4", "last_page": None}, "e4", None),
        ({"first_page": None, "last_page": "9"}, "-9", None),
        ({"first_page": 7, "last_page": "9"}, "-9", {"first_page": 7}),
        ({}, None, {}),
        (["7"], None, ["7"]),
    ],
)
def test_pages(read: Read, biblio: Any, pages: str | None, left: Any) -> None:
    record = only(read, biblio=biblio)
    assert record["pages"] == pages
    assert json.loads(record["rest"]).get("biblio") == left


def test_other_vintages_and_other_facts(read: Read) -> None:
    assert only(read, is_retracted=True)["status"] == "retracted"
    assert only(read, publication_date="-")["published_on"] == "2021"
    assert only(read, title=None)["title"] == "Tables at Rest"
    different = only(read, display_name="Tables at rest!")
    assert (different["title"], json.loads(different["rest"])["display_name"]) == ("Tables at Rest", "Tables at rest!")
    old = only(read, primary_location="-", host_venue={"display_name": "Old Rest", "publisher": "Old Press"}, id=None)
    assert (old["venue"], old["publisher"], old["source_id"]) == ("Old Rest", "Old Press", "W4000000001")
    moved = only(read, ids={"openalex": "https://openalex.org/W9"})
    assert (moved["source_id"], moved["identifiers"]) == ("W4000000001", '{"openalex":["W4000000001","W9"]}')


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cited_by_count", "many"),
        ("cited_by_count", 2**63),
        ("doi", 10.5),
        ("type", ["a"]),
        ("authorships", {"a": 1}),
        ("language", 3),
    ],
)
def test_a_value_of_an_unexpected_type_is_kept_in_the_rest(read: Read, field: str, value: Any) -> None:
    assert json.loads(only(read, **{field: value})["rest"])[field] == value


def test_what_is_no_work_is_passed_over_and_what_has_no_title_rejected(read: Read) -> None:
    lines = [work(), work(id="https://openalex.org/A5"), work(title=None, display_name=" ")]
    found = read("\n".join(lines))
    document = found.documents.row(0, named=True)
    assert (document["read_count"], document["kept_count"], document["rejected_count"], document["passed_count"]) == (2, 1, 1, 1)
    assert found.rejects["code"].to_list() == ["no_title"]


PAGE = {"meta": {"count": 2, "db_response_time_ms": 7}, "results": [WORK, {**WORK, "id": "https://openalex.org/W2"}], "group_by": []}


@pytest.mark.parametrize("data", [json.dumps(PAGE), json.dumps(PAGE, indent=1), json.dumps(PAGE["results"])], ids=["a page", "indented", "an array"])
def test_a_page_of_the_api_is_read_record_by_record(read: Read, data: str) -> None:
    records = read(data).records.sort("position")
    assert records["source_id"].to_list() == ["W4000000001", "W2"]
    assert records["position"].to_list() == [1, 2]
    places = records.select("byte_offset", "byte_length").rows()
    assert [json.loads(data[offset : offset + length])["id"][-2:] for offset, length in places] == ["01", "W2"]


def test_an_empty_page_has_no_work(read: Read) -> None:
    document = read(json.dumps({**PAGE, "results": []})).documents.row(0, named=True)
    assert (document["format"], document["read_count"], document["rejected_count"]) == ("openalex", 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        {"id": "https://openalex.org/A1", "display_name": "Lena Fisch", "works_count": 4, "cited_by_count": 3},
        {"id": "x", "title": "T", "abstract": "A"},
        {"error": "Invalid query parameters error.", "message": "no"},
    ],
)
def test_other_json_is_not_taken_for_works(data: Any) -> None:
    found = recognize(json.dumps(data).encode())
    assert not isinstance(found, Format) or found.name != "openalex"
