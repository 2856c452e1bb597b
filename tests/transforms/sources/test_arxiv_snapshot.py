import json
from collections.abc import Callable
from typing import Any

import pytest

from transforms.bronze import Bronze
from transforms.recognize import recognize
from transforms.sources import Format
from transforms.sources.arxiv_snapshot import split_dois

Read = Callable[..., Bronze]
PAPER = {
    "id": "2101.11408",
    "submitter": "Lena Fisch",
    "authors": "Lena Fisch (1 and 2), Jo\\~ao Gro\\ss (1) ((1) Uni Bern, (2) EPFL)",
    "title": "Parsing Tables at\n  Rest",
    "comments": "Software at https://example.org/rest and\n 12 pages",
    "journal-ref": "Practice and Experience 51 (8), 2021",
    "doi": "10.1002/spe.2984",
    "report-no": None,
    "categories": "cs.DS cs.MS",
    "license": "http://creativecommons.org/licenses/by/4.0/",
    "abstract": "  Tables rest on disks.\nWe read them ....\n",
    "versions": [{"version": "v1", "created": "Mon, 11 Jan 2021 20:31:27 GMT"}, {"version": "v2", "created": "Sat, 30 Jan 2021 23:57:29 GMT"}],
    "update_date": "2022-11-07",
    "authors_parsed": [["Fisch", "Lena", "", "1 and 2"], ["Groß", "João", "Jr."]],
}


def paper(**changes: Any) -> str:
    return json.dumps({name: value for name, value in {**PAPER, **changes}.items() if value != "-"})


def only(read: Read, **changes: Any) -> dict[str, Any]:
    (record,) = read(paper(**changes)).records.rows(named=True)
    return record


def test_a_line_by_its_values(read: Read) -> None:
    record = only(read)
    assert {name: value for name, value in record.items() if value is not None and name not in ("record_id", "document_id")} == {
        "source": "arxiv",
        "position": 1,
        "byte_offset": 0,
        "byte_length": len(paper()),
        "source_id": "2101.11408",
        "arxiv_id": "2101.11408",
        "title": "Parsing Tables at\n  Rest",
        "abstract": "  Tables rest on disks.\nWe read them ....\n",
        "authors": '[{"family":"Fisch","given":"Lena","affiliations":["1 and 2"]},{"family":"Groß","given":"João","suffix":"Jr."}]',
        "published_on": "Mon, 11 Jan 2021 20:31:27 GMT",
        "updated_on": "2022-11-07",
        "venue": "Practice and Experience 51 (8), 2021",
        "doi": "10.1002/spe.2984",
        "rest": record["rest"],
    }
    kept = ("submitter", "authors", "comments", "categories", "license", "versions")
    assert json.loads(record["rest"]) == {name: PAPER[name] for name in kept}


def test_old_ids_and_ids_printed_as_numbers_keep_their_digits(read: Read) -> None:
    assert only(read, id="hep-th/9901001")["source_id"] == "hep-th/9901001"
    record = read(paper().replace('"2101.11408"', "2101.11400")).records.row(0, named=True)
    assert (record["source_id"], record["arxiv_id"]) == ("2101.11400", "2101.11400")


@pytest.mark.parametrize(
    ("printed", "first", "others"),
    [
        ("10.1364/A.23.002578 10.1364/A.32.002407", "10.1364/A.23.002578", ["10.1364/A.32.002407"]),
        ("10.1/a;10.2/b ; 10.3/c", "10.1/a", ["10.2/b", "10.3/c"]),
        ("10.1/a, 10.2/b,", "10.1/a", ["10.2/b"]),
        ("10.1002/(SICI)1097-0258(19980815)17:15<1661::AID>3.0.CO;2-2", "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID>3.0.CO;2-2", []),
        ("10.1007/978-3 3", "10.1007/978-3 3", []),
        ("doi:10.1/a", "doi:10.1/a", []),
    ],
)
def test_several_dois_in_one_field(read: Read, printed: str, first: str, others: list[str]) -> None:
    assert split_dois(printed) == [first, *others]
    record = only(read, doi=printed)
    assert record["doi"] == first
    assert json.loads(record["identifiers"] or "{}") == ({"doi": others} if others else {})


def test_authors_that_are_not_parsed_are_cut_from_the_line(read: Read) -> None:
    record = only(read, authors_parsed="-", authors="Ana Lopez, B. Ohm and\n  Cy Ray, and Dee Wu")
    assert [author["name"] for author in json.loads(record["authors"])] == ["Ana Lopez", "B. Ohm", "Cy Ray", "Dee Wu"]


@pytest.mark.parametrize("rows", [["Fisch Lena"], [["Fisch", 7, ""]], {"0": "Fisch"}, [[]]])
def test_parsed_authors_of_another_form_stay_in_the_rest(read: Read, rows: Any) -> None:
    record = only(read, authors_parsed=rows, authors="Lena Fisch")
    assert json.loads(record["authors"]) == [{"name": "Lena Fisch"}]
    assert json.loads(record["rest"])["authors_parsed"] == rows


def test_an_author_without_family_name_has_a_name(read: Read) -> None:
    rows = [["", "Plato", ""], ["", "", "III"], ["Solo"]]
    record = only(read, authors_parsed=rows)
    assert json.loads(record["authors"]) == [{"name": "Plato"}, {"family": "Solo"}]
    assert json.loads(record["rest"])["authors_parsed"] == rows


@pytest.mark.parametrize(
    ("comments", "status"),
    [
        ("This paper has been withdrawn by the\n  authors due to an error", "withdrawn"),
        ("Withdrawn by the author", "withdrawn"),
        ("this submission was  withdrawn", "withdrawn"),
        ("a lemma was withdrawn from section 3", None),
        ("replaces the withdrawn version", None),
        (None, None),
        (17, None),
    ],
)
def test_a_paper_is_withdrawn_where_its_comments_plainly_say_so(read: Read, comments: Any, status: str | None) -> None:
    assert only(read, comments=comments)["status"] == status


@pytest.mark.parametrize(
    ("versions", "date"),
    [
        ([{"version": "v2", "created": "B"}, {"version": "v1", "created": "A"}], "A"),
        ([{"version": "v3", "created": "C"}], "C"),
        ([], None),
        ("v1", None),
        ([{"version": "v1", "created": 7}], None),
    ],
)
def test_the_date_is_the_first_versions(read: Read, versions: Any, date: str | None) -> None:
    record = only(read, versions=versions)
    assert record["published_on"] == date
    assert json.loads(record["rest"])["versions"] == versions


@pytest.mark.parametrize("field", ["abstract", "update_date", "doi", "title_note"])
@pytest.mark.parametrize("value", [7, ["x"], {"a": 1}, True])
def test_a_value_of_an_unexpected_type_is_kept_in_the_rest(read: Read, field: str, value: Any) -> None:
    assert json.loads(only(read, **{field: value})["rest"])[field] == value


def test_drift_is_told_from_what_is_known(read: Read) -> None:
    paths = read(paper() + "\n" + paper(doi=7, funding=["ERC"])).paths
    assert set(paths.filter(~paths["is_known"])["path"]) == {"doi", "funding", "funding[]"}
    assert set(paths.filter(~paths["is_known"])["type"]) == {"integer", "array", "string"}


def test_a_fault_costs_its_line_alone(read: Read) -> None:
    lines = [
        b"\xef\xbb\xbf" + paper(id="1").encode(),
        b'{"id": "2", "title": "Torn',
        b"",
        paper(id="4").encode().replace(b"Rest", b"R\xff"),
        b'["an", "array"]',
        b"null",
        paper(id="7", title=" ").encode(),
        paper(id="8", title=["x"]).encode(),
        b"[" * 500 + b"]" * 500,
        b'{"title":' + b"[" * 300 + b"]" * 300 + b"}",
        paper(id="11", title='</td><script>"; DROP TABLE papers; --\\u0000').encode().replace(b"\\\\u0000", b"\\ud800"),
        paper(id="12").encode()[:-30],
    ]
    found = read(b"\n".join(lines))
    assert found.records.sort("position")["position"].to_list() == [1, 11]
    assert found.records.sort("position")["byte_offset"][0] == 3
    assert found.records.sort("position")["title"][1] == '</td><script>"; DROP TABLE papers; --\ufffd'
    rejects = {row["position"]: row for row in found.rejects.iter_rows(named=True)}
    assert {position: row["code"] for position, row in rejects.items()} == {
        2: "malformed",
        4: "not_utf8",
        5: "malformed",
        7: "no_title",
        8: "no_title",
        9: "malformed",
        10: "malformed",
        12: "cut_off",
    }
    assert "line 2: unexpected end of data" in rejects[2]["reason"]
    assert "byte 0xFF is not UTF-8" in rejects[4]["reason"]
    assert "an array where an object was expected" in rejects[5]["reason"]
    assert "deep" in rejects[10]["reason"]
    assert "the document ends within it; get the file again" in rejects[12]["reason"]
    assert rejects[2]["raw"] == lines[1].decode()
    document = found.documents.row(0, named=True)
    assert (document["read_count"], document["kept_count"], document["rejected_count"], document["passed_count"]) == (10, 2, 8, 1)


def test_a_line_that_is_cut_within_a_letter_is_cut_off(read: Read) -> None:
    data = json.dumps({**PAPER, "title": "Zwölf"}, ensure_ascii=False).encode()
    cut = data[: data.index("ö".encode()) + 1]
    assert read(paper().encode() + b"\n" + cut).rejects["code"].to_list() == ["cut_off"]


def test_a_line_beyond_the_limit_is_refused_and_the_next_one_read(read: Read) -> None:
    long = paper(abstract="x" * (17 << 20))
    found = read("\n".join([paper(id="1"), long, paper(id="3")]))
    assert found.records.sort("position")["source_id"].to_list() == ["1", "3"]
    (reject,) = found.rejects.rows(named=True)
    assert (reject["code"], reject["position"], reject["byte_length"]) == ("record_too_large", 2, len(long) + 1)
    assert "max_record_bytes" in reject["reason"]


@pytest.mark.parametrize(
    "data",
    [
        paper(),
        "\ufeff\r\n " + paper(),
        '{"id": "torn\n' + paper(),
        "[\n" + paper() + ",\n" + paper() + "]",
        json.dumps(PAPER, indent=2),
        paper(abstract="long " * 20_000),
    ],
    ids=["a line", "behind a mark", "behind a torn line", "an array", "indented", "one that the head cuts"],
)
def test_it_is_known_by_its_fields(data: str) -> None:
    found = recognize(data.encode()[: 1 << 16])
    assert isinstance(found, Format)
    assert found.name == "arxiv_snapshot"


def test_an_array_and_an_indented_record_are_read_too(read: Read) -> None:
    assert read("[" + paper(id="1") + "," + paper(id="2") + "]").records.sort("position")["source_id"].to_list() == ["1", "2"]
    text = json.dumps(PAPER, indent=2)
    (record,) = read(text + "\n").records.rows(named=True)
    assert (record["byte_offset"], record["byte_length"]) == (0, len(text))
