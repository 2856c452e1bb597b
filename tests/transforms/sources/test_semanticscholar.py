import json
from collections.abc import Callable
from typing import Any

import pytest

from transforms.bronze import Bronze
from transforms.recognize import recognize
from transforms.sources import Format

Read = Callable[..., Bronze]
PAPER = {
    "corpusid": 116229089,
    "externalids": {
        "ACL": None,
        "DBLP": "conf/rest/Fisch21",
        "ArXiv": "2101.11408",
        "MAG": "2737512523",
        "CorpusId": "116229089",
        "PubMed": "29456",
        "DOI": "10.5555/rest.1",
        "PubMedCentral": None,
    },
    "url": "https://www.semanticscholar.org/paper/de7a1175",
    "title": "休息的桌子",
    "authors": [{"authorId": "73567229", "name": "L. Fisch"}, {"authorId": None, "name": "B. Ohm"}],
    "venue": "",
    "publicationvenueid": None,
    "year": 2017,
    "referencecount": 0,
    "citationcount": 7,
    "influentialcitationcount": 0,
    "isopenaccess": False,
    "s2fieldsofstudy": [{"category": "Education", "source": "s2-fos-model"}],
    "publicationtypes": ["Review"],
    "publicationdate": "2017-07-25",
    "journal": {"name": "Journal of Rest", "pages": "96-96", "volume": "5"},
    "updated": "2022-01-27T03:09:05.837Z",
}
ANSWER = {
    "paperId": "de7a1175",
    "corpusId": 116229089,
    "externalIds": {"CorpusId": 116229089, "PubMed": 29456, "DOI": "10.5555/rest.1", "MAG": "2737512523"},
    "url": "https://www.semanticscholar.org/paper/de7a1175",
    "title": "Tables at Rest",
    "abstract": "Tables rest.",
    "venue": "Rest Conference",
    "year": 2021,
    "citationCount": 3,
    "openAccessPdf": {"url": "https://example.org/rest.pdf", "status": "GREEN"},
    "publicationTypes": ["JournalArticle", "Review"],
    "publicationDate": None,
    "journal": {"name": "Rest Conference", "volume": "5"},
    "authors": [{"authorId": "73567229", "name": "L. Fisch", "affiliations": ["Uni Bern"], "hIndex": 3}],
    "tldr": {"model": "tldr@v2", "text": "They rest."},
}
ABSTRACT = {
    "corpusid": 116229089,
    "openaccessinfo": {
        "externalids": {"MAG": "2737512523", "ACL": None, "DOI": "10.5555/rest.1", "PubMedCentral": None, "ArXiv": None},
        "license": None,
        "url": "https://example.org/rest.pdf",
        "status": "BRONZE",
    },
    "abstract": "Tables rest.",
    "updated": "2022-01-27T03:09:05.837Z",
}
PLACE = ("record_id", "document_id", "position", "byte_offset", "byte_length")


def given(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None and name not in PLACE}


def only(read: Read, value: Any) -> dict[str, Any]:
    found = read(json.dumps(value))
    assert found.rejects.is_empty()
    (record,) = found.records.rows(named=True)
    return record


def test_a_line_of_the_papers_by_its_values(read: Read) -> None:
    record = only(read, PAPER)
    assert given(record) == {
        "source": "semanticscholar",
        "source_id": "116229089",
        "kind": "Review",
        "title": "休息的桌子",
        "authors": '[{"name":"L. Fisch","id":"73567229"},{"name":"B. Ohm"}]',
        "published_on": "2017-07-25",
        "updated_on": "2022-01-27T03:09:05.837Z",
        "venue": "Journal of Rest",
        "volume": "5",
        "pages": "96-96",
        "citation_count": 7,
        "arxiv_id": "2101.11408",
        "doi": "10.5555/rest.1",
        "identifiers": '{"semanticscholar":["116229089"],"dblp":["conf/rest/Fisch21"],"pmid":["29456"]}',
        "links": '[{"url":"https://www.semanticscholar.org/paper/de7a1175","rel":"landing"}]',
        "rest": record["rest"],
    }
    assert json.loads(record["rest"]) == {
        "externalids": {"MAG": "2737512523", "PubMedCentral": None},
        "referencecount": 0,
        "influentialcitationcount": 0,
        "isopenaccess": False,
        "s2fieldsofstudy": PAPER["s2fieldsofstudy"],
    }


def test_an_answer_of_the_graph_api_by_its_values(read: Read) -> None:
    record = only(read, ANSWER)
    assert given(record) == {
        "source": "semanticscholar",
        "source_id": "116229089",
        "kind": "JournalArticle",
        "title": "Tables at Rest",
        "abstract": "Tables rest.",
        "authors": '[{"name":"L. Fisch","id":"73567229","affiliations":["Uni Bern"]}]',
        "published_on": "2021",
        "venue": "Rest Conference",
        "volume": "5",
        "citation_count": 3,
        "doi": "10.5555/rest.1",
        "identifiers": '{"semanticscholar":["116229089"],"pmid":["29456"]}',
        "links": '[{"url":"https://www.semanticscholar.org/paper/de7a1175","rel":"landing"},{"url":"https://example.org/rest.pdf","rel":"pdf"}]',
        "rest": record["rest"],
    }
    assert json.loads(record["rest"]) == {
        "paperId": "de7a1175",
        "externalIds": {"MAG": "2737512523"},
        "openAccessPdf": ANSWER["openAccessPdf"],
        "publicationTypes": ["JournalArticle", "Review"],
        "authors": ANSWER["authors"],
        "tldr": ANSWER["tldr"],
    }


def test_a_line_of_the_abstracts_is_a_record_without_title(read: Read) -> None:
    found = read(json.dumps(ABSTRACT))
    record = found.records.row(0, named=True)
    assert found.documents["format"].to_list() == ["s2_abstracts"]
    assert given(record) == {
        "source": "semanticscholar",
        "source_id": "116229089",
        "abstract": "Tables rest.",
        "updated_on": "2022-01-27T03:09:05.837Z",
        "doi": "10.5555/rest.1",
        "identifiers": '{"semanticscholar":["116229089"]}',
        "links": '[{"url":"https://example.org/rest.pdf","rel":"other"}]',
        "rest": record["rest"],
    }
    assert json.loads(record["rest"]) == {
        "openaccessinfo": {"externalids": {"MAG": "2737512523", "PubMedCentral": None}, "license": None, "status": "BRONZE"}
    }


def test_an_abstract_that_says_nothing_or_is_nobodys_is_rejected(read: Read) -> None:
    lines = [ABSTRACT, {**ABSTRACT, "abstract": None}, {**ABSTRACT, "corpusid": None}, {**ABSTRACT, "corpusid": {"a": 1}}]
    found = read("\n".join(map(json.dumps, lines)))
    assert found.records.height == 1
    assert found.rejects.sort("position")["code"].to_list() == ["no_title", "malformed", "malformed"]


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("9007199254740993", "9007199254740993"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('"77"', "77"),
    ],
)
def test_an_id_keeps_its_digits_however_it_is_printed(read: Read, printed: str, text: str) -> None:
    data = json.dumps({**PAPER, "externalids": None}).replace("116229089", printed)
    record = read(data).records.row(0, named=True)
    assert (record["source_id"], record["identifiers"]) == (text, f'{{"semanticscholar":["{text}"]}}')


def test_ids_of_other_places(read: Read) -> None:
    without = {name: value for name, value in ANSWER.items() if name != "corpusId"}
    assert only(read, without)["source_id"] == "116229089"
    assert only(read, {**without, "externalIds": {}})["source_id"] == "de7a1175"
    acl = only(read, {**PAPER, "externalids": {"ACL": "2021.rest-1.1", "CorpusId": "5"}})
    assert json.loads(acl["identifiers"]) == {"semanticscholar": ["116229089"], "acl": ["2021.rest-1.1"]}
    assert json.loads(acl["rest"])["externalids"] == {"CorpusId": "5"}


@pytest.mark.parametrize(
    "changes",
    [
        {"authors": []},
        {"authors": [{"authorId": "1"}]},
        {"authors": [{"name": "A", "aliases": ["B"]}]},
        {"authors": ["A"]},
        {"journal": "Rest"},
        {"year": "2017"},
        {"publicationtypes": "Review"},
        {"externalids": ["x"]},
        {"citationcount": 1.5},
    ],
)
def test_what_does_not_fit_stays_in_the_rest(read: Read, changes: Any) -> None:
    rest = json.loads(only(read, {**PAPER, **changes})["rest"])
    assert {name: rest.get(name, []) for name in changes} == changes


def test_a_journal_of_another_name_stays_beside_the_venue(read: Read) -> None:
    record = only(read, {**PAPER, "venue": "REST"})
    assert (record["venue"], json.loads(record["rest"])["journal"]) == ("REST", {"name": "Journal of Rest"})


@pytest.mark.parametrize("wrap", [lambda papers: {"total": 2, "offset": 0, "data": papers}, lambda papers: papers], ids=["a search", "a batch"])
def test_answers_with_many_papers(read: Read, wrap: Callable[[list[Any]], Any]) -> None:
    found = read(json.dumps(wrap([ANSWER, None, None, {**ANSWER, "corpusId": 5}, {**ANSWER, "title": None}])))
    assert found.records.sort("position")["source_id"].to_list() == ["116229089", "5"]
    assert found.rejects["code"].to_list() == ["no_title"]
    document = found.documents.row(0, named=True)
    assert (document["read_count"], document["kept_count"], document["rejected_count"], document["passed_count"]) == (3, 2, 1, 2)


def test_a_search_that_finds_nothing(read: Read) -> None:
    document = read('{"total": 0, "offset": 0, "data": []}').documents.row(0, named=True)
    assert (document["format"], document["read_count"]) == ("s2_papers", 0)


@pytest.mark.parametrize(
    "data",
    [
        {"corpusid": 1, "model": "tldr@v2", "text": "They rest."},
        {"citingcorpusid": 1, "citedcorpusid": 2, "isinfluential": False},
        {"authorid": "1", "name": "L. Fisch", "papercount": 2, "hindex": 3},
        {"data": [{"id": 1, "title": "x"}]},
    ],
)
def test_other_datasets_are_not_taken_for_papers(data: Any) -> None:
    found = recognize(json.dumps(data).encode())
    assert not isinstance(found, Format) or not found.name.startswith("s2_")


def test_nothing_in_the_lines_that_are_described_is_unknown(read: Read) -> None:
    for value in (PAPER, ABSTRACT):
        paths = read(json.dumps(value)).paths
        assert paths["is_known"].all()
    paths = read(json.dumps(ANSWER)).paths
    assert paths.filter(~paths["is_known"])["path"].to_list() == ["authors[].hIndex", "externalIds.PubMed"]
