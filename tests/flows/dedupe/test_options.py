"""--distinct-within and --ignore."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.errors import InputError

COLUMNS = "record_id source title authors year venue volume pages doi"
Deduplicated = Callable[..., list[dict[str, str]]]
Papers = Callable[[list[dict[str, str]]], dict[str, str]]


@pytest.mark.parametrize("source", ["dblp", "a.csv", "a", "csv"])
def test_two_records_of_a_distinct_source_are_never_one(deduplicated: Deduplicated, papers: Papers, table, lamp, source: str) -> None:
    file = table("a.csv", COLUMNS, ["r1", "dblp", *lamp], ["r2", "dblp", *lamp], ["r3", "acm", *lamp])
    assert len(set(papers(deduplicated(file)).values())) == 1
    found = papers(deduplicated(file, distinct_within=[source]))
    assert found["r1"] != found["r2"]
    if source == "dblp":
        assert found["r3"] in (found["r1"], found["r2"])


def test_a_source_that_is_not_there_is_an_error_that_names_those_that_are(deduplicated: Deduplicated, table, lamp) -> None:
    file = table("a.csv", COLUMNS, ["r1", "dblp", *lamp], ["r2", "acm", *lamp])
    with pytest.raises(InputError, match="--distinct-within dblpp: no record is of this source; there are: ") as raised:
        deduplicated(file, distinct_within=["acm", "dblpp"])
    assert all(name in str(raised.value) for name in ("dblp", "acm", "a.csv", "csv"))


# Of each pair only what the test is about says that it is one paper: the titles are half alike.
BIB = """@article{{a, title={{Lamps and Their Houses, a Report from Norway}}, {a}}}
@article{{b, title={{Lamps in Their Houses: Another Report of Ours}}, {b}}}"""
IN_FIELDS = [
    ("doi", "doi={10.1000/x}"),
    ("url", "url={https://arxiv.org/abs/2503.02130}"),
    ("ee", "ee={https://aclanthology.org/2020.acl-main.1}"),
    ("url", "url={https://openreview.net/forum?id=abc_DEF12}"),
    ("eprint", "eprint={2503.02130}, archiveprefix={arXiv}"),
    ("arxiv", "eprint={2503.02130}, archiveprefix={arXiv}"),
    ("pmid", "pmid={123456}"),
    ("links", "url={https://doi.org/10.1000/x}"),
    ("identifiers", "pmid={123456}"),
    ("PDF", "pdf={https://arxiv.org/pdf/2503.02130}"),
]


@pytest.mark.parametrize(("name", "fields"), IN_FIELDS)
def test_what_stands_in_an_ignored_field_is_no_evidence(deduplicated: Deduplicated, papers: Papers, tmp_path: Path, name: str, fields: str) -> None:
    (tmp_path / "a.bib").write_text(BIB.format(a=fields, b=fields))
    assert len(set(papers(deduplicated("a.bib")).values())) == 1
    assert len(set(papers(deduplicated("a.bib", ignore=[name])).values())) == 2


@pytest.mark.parametrize("kind", ["csv", "jsonl", "ris"])
def test_so_it_is_in_other_formats(deduplicated: Deduplicated, papers: Papers, table, tmp_path: Path, kind: str) -> None:
    titles = ["Lamps and Their Houses, a Report from Norway", "Lamps in Their Houses: Another Report of Ours"]
    url = "https://arxiv.org/abs/2503.02130"
    file = tmp_path / f"a.{kind}"
    if kind == "csv":
        table("a.csv", "record_id,title,url".replace(",", " "), *[[str(at), title, url] for at, title in enumerate(titles)])
    elif kind == "jsonl":
        papers_of = [{"record_id": str(at), "title": title, "year": 2020 + at, "url": url} for at, title in enumerate(titles)]
        file.write_text("\n".join(map(json.dumps, papers_of)))
    else:
        file.write_text("".join(f"TY  - JOUR\nID  - {at}\nTI  - {title}\nUR  - {url}\nER  - \n" for at, title in enumerate(titles)))
    assert papers(deduplicated(file)) == {"0": "0", "1": "0"}
    assert papers(deduplicated(file, ignore=["url"])) == {"0": "0", "1": "1"}
    assert papers(deduplicated(file, ignore=["doi,arxiv_id"])) == {"0": "0", "1": "1"}


def test_the_key_stays_when_its_field_is_ignored(deduplicated: Deduplicated, tmp_path: Path) -> None:
    work = {
        "DOI": "10.1000/x",
        "type": "journal-article",
        "title": ["T"],
        "issued": {"date-parts": [[2004]]},
        "container-title": ["J"],
        "member": "1",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(work | {"prefix": "10.1000", "is-referenced-by-count": 1, "reference-count": 1}))
    assert [row["record_id"] for row in deduplicated("a.jsonl", ignore=["doi"])] == ["10.1000/x"]


def test_evidence_that_is_ignored_joins_nothing(deduplicated: Deduplicated, papers: Papers, table, lamp) -> None:
    file = table("a.csv", COLUMNS, ["r1", "x", *lamp], ["r2", "x", *lamp])
    assert len(set(papers(deduplicated(file)).values())) == 1
    every = "authors,year,venue,volume,pages,doi"
    assert len(set(papers(deduplicated(file, ignore=[every])).values())) == 2


@pytest.mark.parametrize(
    ("names", "said"), [("titel", "did you mean title"), ("doi,nothing", "Fields of your files: authors, doi"), ("Title", "without the title")]
)
def test_a_name_that_is_no_field_is_an_error_that_lists_what_there_is(deduplicated: Deduplicated, table, lamp, names: str, said: str) -> None:
    with pytest.raises(InputError, match=f"--ignore .*{said}"):
        deduplicated(table("a.csv", COLUMNS, ["r1", "x", *lamp]), ignore=[names])


def test_a_field_that_other_files_have_is_no_error(deduplicated: Deduplicated, table, lamp) -> None:
    assert deduplicated(table("a.csv", COLUMNS, ["r1", "x", *lamp]), ignore=["url,ee,site,pdf,oa,doi"])
