import json
from collections.abc import Callable
from typing import Any

import pytest

from transforms.bronze import Bronze
from transforms.recognize import recognize
from transforms.sources import Format

Read = Callable[..., Bronze]
WORK = {
    "DOI": "10.5555/REST.1",
    "URL": "http://dx.doi.org/10.5555/rest.1",
    "type": "journal-article",
    "prefix": "10.5555",
    "member": "297",
    "title": ["Tables at Rest", "Tische in Ruhe"],
    "subtitle": ["A Study"],
    "container-title": ["Journal of Rest &amp; Sleep"],
    "publisher": "Rest Press",
    "volume": "5",
    "issue": "8",
    "page": "11-19",
    "language": "en",
    "abstract": "<jats:p>Tables rest.</jats:p>",
    "author": [
        {"given": "Lena", "family": "Fisch", "suffix": "Jr.", "sequence": "first", "ORCID": "http://orcid.org/0000-0001", "affiliation": []},
        {"name": "Rest Consortium", "sequence": "additional", "affiliation": [{"name": "Uni Bern"}, {"id": []}]},
        {"given": "Madonna", "sequence": "additional"},
        {"sequence": "additional"},
    ],
    "editor": [{"given": "Ed", "family": "Itor", "affiliation": []}],
    "issued": {"date-parts": [[2021, 5]]},
    "created": {"date-parts": [[2021, 5, 17]], "date-time": "2021-05-17T00:00:00Z", "timestamp": 1621209600000},
    "is-referenced-by-count": 3,
    "resource": {"primary": {"URL": "https://example.org/rest"}},
    "link": [
        {"URL": "https://example.org/rest.pdf", "content-type": "application/pdf"},
        {"URL": "https://example.org/rest.pdf", "content-type": "unspecified"},
        {"URL": "https://example.org/rest.xml", "content-type": "text/xml"},
    ],
}


def work(**changes: Any) -> dict[str, Any]:
    changed = {**WORK, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in changed.items() if value != "-"}


def only(read: Read, **changes: Any) -> dict[str, Any]:
    found = read(json.dumps(work(**changes)))
    assert found.rejects.is_empty()
    (record,) = found.records.rows(named=True)
    return record


def test_a_work_by_its_values(read: Read) -> None:
    record = only(read)
    assert {name: value for name, value in record.items() if value is not None and name not in ("record_id", "document_id", "rest")} == {
        "source": "crossref",
        "position": 1,
        "byte_offset": 0,
        "byte_length": len(json.dumps(WORK)),
        "source_id": "10.5555/REST.1",
        "doi": "10.5555/REST.1",
        "kind": "journal-article",
        "title": "Tables at Rest",
        "abstract": "<jats:p>Tables rest.</jats:p>",
        "authors": record["authors"],
        "published_on": "2021-05",
        "venue": "Journal of Rest &amp; Sleep",
        "volume": "5",
        "issue": "8",
        "pages": "11-19",
        "publisher": "Rest Press",
        "language": "en",
        "citation_count": 3,
        "links": record["links"],
    }
    assert json.loads(record["authors"]) == [
        {"given": "Lena", "family": "Fisch", "suffix": "Jr.", "orcid": "http://orcid.org/0000-0001"},
        {"name": "Rest Consortium", "affiliations": ["Uni Bern"]},
        {"name": "Madonna"},
    ]
    assert json.loads(record["links"]) == [
        {"url": "https://example.org/rest", "rel": "landing"},
        {"url": "https://example.org/rest.pdf", "rel": "pdf"},
        {"url": "https://example.org/rest.xml", "rel": "other"},
    ]
    kept = ("URL", "prefix", "member", "subtitle", "author", "editor", "created", "resource", "link")
    assert json.loads(record["rest"]) == {"title": ["Tische in Ruhe"], **{name: WORK[name] for name in kept}}


@pytest.mark.parametrize(
    ("changes", "date"),
    [
        ({"issued": {"date-parts": [[2021]]}}, "2021"),
        ({"issued": {"date-parts": [[2021, 5, 7]]}}, "2021-05-07"),
        ({"issued": {"date-parts": [["2021", "05"]]}}, "2021-05"),
        ({"issued": {"date-parts": [[2021, None, 7]]}}, "2021"),
        ({"issued": {"date-parts": [[None]]}}, "2021-05-17"),
        ({"issued": {"date-parts": [[None]]}, "published_print": {"date-parts": [[2020, 12]]}}, "2020-12"),
        ({"issued": {"date-parts": []}, "published_online": {"date-parts": [[2019]]}, "published": {"date-parts": [[2018]]}}, "2018"),
        ({"issued": {"date-parts": [[[2021]]]}, "created": "-"}, None),
        ({"issued": "2021", "created": "-"}, None),
        ({"issued": {"date-parts": [2021]}, "created": "-"}, None),
        ({"issued": {"date-parts": [[-1, 10**30]]}, "created": "-"}, None),
    ],
)
def test_a_date_has_one_to_three_parts_or_none(read: Read, changes: Any, date: str | None) -> None:
    record = only(read, **changes)
    assert record["published_on"] == date
    if date is None:
        assert "issued" in json.loads(record["rest"])


def test_a_date_with_more_than_parts_stays_in_the_rest(read: Read) -> None:
    rest = json.loads(only(read, issued={"date-parts": [[2021], [2022]]})["rest"])
    assert rest["issued"] == {"date-parts": [[2021], [2022]]}
    assert json.loads(only(read, issued="-")["rest"])["created"] == WORK["created"]


@pytest.mark.parametrize("title", [[], [""], [" "], None, "-", [7], {"a": 1}])
def test_a_work_without_title_is_rejected(read: Read, title: Any) -> None:
    found = read(json.dumps(work(title=title)))
    assert (found.records.height, found.rejects["code"].to_list()) == (0, ["no_title"])
    assert found.rejects["reason"][0].startswith("line 1: ")


def test_a_title_that_is_no_list_is_read_all_the_same(read: Read) -> None:
    assert only(read, title="Plain")["title"] == "Plain"
    assert only(read, title=["", "Second"])["title"] == "Second"


def test_editors_are_no_authors(read: Read) -> None:
    record = only(read, author="-")
    assert record["authors"] is None
    assert json.loads(record["rest"])["editor"] == WORK["editor"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"update_to": [{"DOI": "10.5555/old", "type": "correction", "label": "Correction"}]}, "correction"),
        ({"update_to": [{"DOI": "10.5555/old"}, {"type": "retraction"}]}, "retraction"),
        ({"updated_by": [{"DOI": "10.5555/new", "type": "retraction"}]}, "retracted"),
        ({"updated_by": [{"type": "correction"}]}, None),
        ({"updated_by": [{"type": "correction"}, {"type": "retraction"}], "update_to": [{"type": "erratum"}]}, "retracted"),
        ({"update_to": {"type": "retraction"}, "updated_by": "retraction"}, None),
    ],
)
def test_corrections_and_retractions(read: Read, changes: Any, status: str | None) -> None:
    record = only(read, **changes)
    assert (record["status"], record["kind"]) == (status, "journal-article")
    rest = json.loads(record["rest"])
    assert {name: rest[name.replace("_", "-")] for name in changes} == changes


@pytest.mark.parametrize("kind", ["journal", "journal-issue", "component", "grant", "book-series"])
def test_what_is_no_paper_by_its_type_is_passed_over(read: Read, kind: str) -> None:
    document = read(json.dumps(work()) + "\n" + json.dumps(work(type=kind))).documents.row(0, named=True)
    assert (document["read_count"], document["kept_count"], document["passed_count"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("volume", 5),
        ("publisher", ["P"]),
        ("is-referenced-by-count", "3"),
        ("author", {"family": "F"}),
        ("container-title", {"a": 1}),
    ],
)
def test_a_value_of_an_unexpected_type_is_kept_in_the_rest(read: Read, field: str, value: Any) -> None:
    assert json.loads(only(read, **{field: value})["rest"])[field] == value


WORKS = [work(), work(DOI="10.5555/rest.2")]
LISTED = {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": {"facets": {}, "total-results": 2, "items": WORKS}}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("value", [{"items": WORKS}, LISTED, WORKS], ids=["an older file", "an answer with a list", "an array"])
def test_the_layouts_of_many_works(read: Read, value: Any, indent: int | None) -> None:
    found = read(json.dumps(value, indent=indent))
    records = found.records.sort("position")
    assert records["doi"].to_list() == ["10.5555/REST.1", "10.5555/rest.2"]
    assert records["position"].to_list() == [1, 2]
    assert found.documents["format"].to_list() == ["crossref"]


@pytest.mark.parametrize("indent", [None, 2])
def test_the_layouts_of_one_work(read: Read, indent: int | None) -> None:
    answer = {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": WORK}
    for value in (answer, WORK):
        (record,) = read(json.dumps(value, indent=indent)).records.rows(named=True)
        assert record["doi"] == "10.5555/REST.1"


def test_several_indented_works_behind_one_another(read: Read) -> None:
    text = "\n".join(json.dumps(one, indent=2) for one in WORKS)
    records = read(text).records.sort("position")
    assert records["doi"].to_list() == ["10.5555/REST.1", "10.5555/rest.2"]
    spans = records.select("byte_offset", "byte_length").rows()
    assert [json.loads(text[offset : offset + length]) for offset, length in spans] == WORKS


def test_a_failed_answer_is_rejected(read: Read) -> None:
    answer = {"status": "failed", "message-type": "validation-failure", "message": [{"type": "parameter-not-allowed", "value": "x"}]}
    (reject,) = read(json.dumps(answer)).rejects.rows(named=True)
    assert reject["code"] == "error_answer"
    assert "ask the source again" in reject["reason"]
    assert "parameter-not-allowed" in reject["raw"]


def test_drift_is_told_from_what_is_known(read: Read) -> None:
    paths = read(json.dumps(work(volume=5, mood="calm"))).paths
    assert set(paths.filter(~paths["is_known"]).select("path", "type").rows()) == {("volume", "integer"), ("mood", "string")}


@pytest.mark.parametrize(
    "data",
    [
        {"status": "ok", "message": {"DOI": "10.1/a"}},
        {"message": "Not Found", "code": 404},
        {"DOI": "10.1/a"},
        {"items": [{"id": 1, "title": "x"}]},
    ],
)
def test_other_json_is_not_taken_for_works(data: Any) -> None:
    found = recognize(json.dumps(data).encode())
    assert not isinstance(found, Format) or found.name != "crossref"
