import json
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.bronze import Bronze
from transforms.sources import paperlists

Read = Callable[..., Bronze]
BIBTEX = """@inproceedings{lamp-etal-2022-small,
    title = "Small Models Seldom Right",
    author = "Lamp, Ada  and
      Hill, Bo",
    booktitle = "Proceedings of the 60th Meeting",
    month = may,
    year = "2022",
    publisher = "House",
    url = "https://aclanthology.org/2022.acl-short.96/",
    doi = "10.18653/v1/2022.acl-short.96",
    pages = "1--9",
}"""
PAPER = {
    "id": "2022.acl-short.96",
    "title": "Small Models Seldom Right",
    "track": "main",
    "status": "Short",
    "award": False,
    "abstract": "A table speaks.",
    "author": "Ada Lamp; Bo Hill",
    "authorids": "/a/ada-lamp/; /b/bo-hill/",
    "bibtex": BIBTEX,
    "pdf": "https://aclanthology.org/2022.acl-short.96.pdf",
    "site": "https://aclanthology.org/2022.acl-short.96/",
    "pdf_size": 183297,
    "gs_citation": 22,
    "aff": "House University; House University+C Lab",
    "aff_unique_index": "0;0+1",
    "email": ";",
    "author_num": 2,
}
TITLED = {"title": "T", "author": "A", "track": "main", "status": "Poster"}


def text(*papers: object) -> str:
    return json.dumps(list(papers), ensure_ascii=False)


def rows(found: Bronze) -> list[dict]:
    return found.records.sort("position").to_dicts()


def one(read: Read, paper: dict, name: str = "page.txt") -> dict:
    (row,) = rows(read(text(paper), name=name))
    return row


def test_a_paper_fills_the_columns(read: Read) -> None:
    found = read(text(PAPER), name="acl2022.json")
    (row,) = rows(found)
    expected = {
        "source": "paperlists",
        "position": 1,
        "source_id": "2022.acl-short.96",
        "title": "Small Models Seldom Right",
        "abstract": "A table speaks.",
        "status": "Short",
        "citation_count": 22,
        "venue": "Proceedings of the 60th Meeting",
        "published_on": "2022-05",
        "publisher": "House",
        "pages": "1--9",
        "doi": "10.18653/v1/2022.acl-short.96",
        "identifiers": '{"acl":["2022.acl-short.96"]}',
    }
    assert {name: row[name] for name in expected} == expected
    assert json.loads(row["authors"]) == [
        {"name": "Ada Lamp", "id": "/a/ada-lamp/", "affiliations": ["House University"]},
        {"name": "Bo Hill", "id": "/b/bo-hill/", "affiliations": ["House University", "C Lab"]},
    ]
    assert json.loads(row["links"]) == [
        {"url": "https://aclanthology.org/2022.acl-short.96/", "rel": "landing"},
        {"url": "https://aclanthology.org/2022.acl-short.96.pdf", "rel": "pdf"},
    ]
    assert json.loads(row["rest"]) == {
        "track": "main",
        "award": False,
        "bibtex": BIBTEX,
        "pdf_size": 183297,
        "aff_unique_index": "0;0+1",
        "author_num": 2,
        "_file_venue": "acl",
        "_file_year": 2022,
    }
    assert found.paths["is_known"].all()


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"arxiv": "arXiv:1802.09232"}, "arxiv_id", "arXiv:1802.09232"),
        ({"site": "https://openreview.net/forum?id=rJl-x_1"}, "identifiers", {"openreview": ["rJl-x_1"]}),
        ({"openreview": "https://openreview.net/forum?id=rJl"}, "identifiers", {"openreview": ["rJl"]}),
        ({"project": "https://arxiv.org/abs/1706.03762"}, "arxiv_id", None),
        (
            {"project": "a.example; https://b.example/x"},
            "links",
            [{"url": "a.example", "rel": "project"}, {"url": "https://b.example/x", "rel": "project"}],
        ),
        ({"github": "[![Code](/x.svg)](https://y.example)"}, "links", None),
        ({"github": "[![Code](/x.svg)](https://y.example)"}, "rest", {"github": "[![Code](/x.svg)](https://y.example)"}),
        ({"gs_citation": 0}, "citation_count", 0),
        ({"gs_citation": -1}, "citation_count", None),
        ({"gs_citation": -1}, "rest", {"gs_citation": -1}),
        ({"gs_citation": "7"}, "rest", {"gs_citation": "7"}),
        ({"replies_avg": [3, 1]}, "rest", {"replies_avg": [3, 1]}),
        ({"gender": ";;;", "aff": "", "tldr": None}, "rest", {}),
        ({"author": ";;"}, "authors", None),
        ({"author": "A;B;;C"}, "authors", [{"name": "A"}, {"name": "B"}, {"name": "C"}]),
        ({"author": "A; B", "aff": "X"}, "authors", [{"name": "A"}, {"name": "B"}]),
        ({"author": "A; B", "aff": "X"}, "rest", {"aff": "X"}),
        ({"author": "A; B", "aff": "C++ Lab; Y"}, "authors", [{"name": "A", "affiliations": ["C++ Lab"]}, {"name": "B", "affiliations": ["Y"]}]),
        ({"author": "Ada Lamp, Bo Hill"}, "authors", [{"name": "Ada Lamp"}, {"name": "Bo Hill"}]),
        ({"author": "OpenAI Bo Hill", "author_site": "Bo Hill"}, "authors", [{"name": "OpenAI Bo Hill"}]),
        ({"author": "OpenAI Bo Hill", "author_site": "Bo Hill"}, "rest", {"author_site": "Bo Hill"}),
        ({"author": "A;", "authorids": "x;y"}, "rest", {"authorids": "x;y"}),
        ({"bibtex": "@misc{\nl{\\'e}on2017,\ntitle={X},\nyear={2017}\n}"}, "published_on", "2017"),
        ({"bibtex": "https://aclanthology.org/2021.naacl-main.379.bib"}, "published_on", None),
        ({"id": 4068}, "source_id", None),
        ({"id": 4068}, "rest", {"id": 4068}),
        ({"author": ["A"]}, "rest", {"author": ["A"]}),
    ],
)
def test_a_field_goes_to_its_column(read: Read, fields: dict, column: str, value: object) -> None:
    row = rows(read(text(TITLED, TITLED | fields)))[1]
    found = row[column]
    if column == "rest":
        found = {name: one for name, one in json.loads(found).items() if name not in ("track", "bibtex")}
    elif isinstance(value, list | dict):
        found = json.loads(found)
    assert found == value


@pytest.mark.parametrize("name", ["2022.json", "acl.json", "acl2022.csv", "page.txt"])
def test_a_name_without_venue_and_year_says_nothing(read: Read, name: str) -> None:
    assert json.loads(one(read, TITLED, name)["rest"]) == {"track": "main"}


def test_a_paper_without_title_and_what_is_no_paper_are_rejected(read: Read) -> None:
    found = read(text(TITLED, TITLED | {"title": " "}, 7, TITLED))
    assert [row["position"] for row in rows(found)] == [1, 4]
    rejects = found.rejects.sort("position")
    assert rejects["code"].to_list() == ["no_title", "malformed"]
    assert rejects["raw"].to_list() == [json.dumps(TITLED | {"title": " "}), "7"]
    assert found.documents["read_count"][0] == 4


def test_what_follows_a_fault_is_one_reject(read: Read) -> None:
    found = read(text(TITLED, TITLED)[:-20])
    assert (found.records.height, found.rejects["code"].to_list()) == (1, ["malformed"])


def test_nesting_has_a_bound(read: Read) -> None:
    found = read(text(TITLED)[:-1] + ', {"title": "D", "x": ' + "[" * 600 + "]" * 600 + "}]")
    assert found.records.height == 1
    assert found.rejects["code"].to_list() == ["malformed"]


@pytest.mark.parametrize(
    "value",
    [
        [{"title": "T", "author": [{"family": "A"}], "status": "x", "track": "y"}],
        [{"title": "T", "author": "A"}],
        {"title": "T", "author": "A", "track": "main", "status": "x"},
        [{"paper": {"title": "T", "author": "A", "track": "x", "status": "y"}}],
        [],
    ],
)
def test_other_json_is_no_venue_file(value: object) -> None:
    assert not paperlists.matches(json.dumps(value).encode())


@pytest.mark.corpus
def test_the_venues(corpus: Path, read: Read) -> None:
    from zipfile import ZipFile

    counts = {}
    with ZipFile(corpus / "bulk/paperlists.zip") as archive:
        for name in archive.namelist():
            data = archive.read(name)
            assert paperlists.matches(data[: 1 << 16])
            found = read(data, name=name.rpartition("/")[2])
            assert found.paths["is_known"].all()
            counts[name] = (found.records.height, found.rejects.height)
    assert sum(kept for kept, _ in counts.values()) == 19_089
    assert {name: rejected for name, (_, rejected) in counts.items() if rejected} == {"iclr/iclr2017.json": 1}
