import json
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.bronze import Bronze
from transforms.content import HEAD_BYTES
from transforms.recognize import recognize
from transforms.sources import Format, csv_table

Read = Callable[..., Bronze]
HEADER = "record_id,source,title,authors,year,venue,volume,number,pages,doi,abstract\n"
GOOD = 'r1,cora,A Good One,"Lamp, A and Hill, B",1994,J. Houses,76,2,1-9,10.1/a,"Words, and\nmore ""words""."\n'


def rows(found: Bronze) -> list[dict]:
    return found.records.sort("position").to_dicts()


def one(read: Read, text: str) -> dict:
    found = read(text)
    assert found.rejects.is_empty()
    (row,) = rows(found)
    return row


def test_a_row_fills_the_columns(read: Read) -> None:
    found = read(HEADER + GOOD)
    (row,) = rows(found)
    expected = {
        "source": "csv",
        "source_id": "r1",
        "title": "A Good One",
        "published_on": "1994",
        "venue": "J. Houses",
        "volume": "76",
        "issue": "2",
        "pages": "1-9",
        "doi": "10.1/a",
        "abstract": 'Words, and\nmore "words".',
        "position": 2,
        "byte_offset": len(HEADER),
        "byte_length": len(GOOD) - 1,
        "rest": '{"source":"cora"}',
    }
    assert {name: row[name] for name in expected} == expected
    assert json.loads(row["authors"]) == [{"family": "Lamp", "given": "A"}, {"family": "Hill", "given": "B"}]
    assert found.paths["is_known"].all()


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Key,Item Type,Publication Year,Author,Title,Publication Title,ISSN,Url,Abstract Note,Date,Issue,Extra",
            'K1,journalArticle,2004,"Lamp, Ada; Hill, Bo",T,J,1234,https://arxiv.org/abs/1706.03762,Abs,2004-07-15,3,x',
            {
                "source_id": "K1",
                "kind": "journalArticle",
                "published_on": "2004-07-15",
                "venue": "J",
                "abstract": "Abs",
                "issue": "3",
                "arxiv_id": "1706.03762",
                "rest": '{"Publication Year":"2004","ISSN":"1234","Extra":"x"}',
            },
        ),
        (
            "Authors,Author full names,Title,Year,Source title,Page start,Page end,Cited by,DOI,Link,PubMed ID,Document Type,Source,EID",
            '"Lamp A.; Hill B.","Lamp, Ada (123)",T,2004,J,1,9,7,10.1/a,https://s.example/x,55,Article,Scopus,2-s2.0-1',
            {
                "source_id": "2-s2.0-1",
                "kind": "Article",
                "venue": "J",
                "pages": "1-9",
                "citation_count": 7,
                "doi": "10.1/a",
                "identifiers": '{"pmid":["55"]}',
                "rest": '{"Author full names":"Lamp, Ada (123)","Source":"Scopus"}',
            },
        ),
        (
            "PT\tAU\tAF\tTI\tSO\tPY\tVL\tBP\tEP\tDI\tUT\tTC\tID",
            "J\tLamp, A\tLamp, Ada\tT\tJ\t2004\t1\t5\t9\t10.1/a\tWOS:1\t3\tKEYWORDS",
            {
                "title": "T",
                "source_id": "WOS:1",
                "pages": "5-9",
                "citation_count": 3,
                "venue": "J",
                "rest": '{"PT":"J","AU":"Lamp, A","ID":"KEYWORDS"}',
            },
        ),
        (
            "Authors,Title,Publication,Volume,Number,Pages,Year,Publisher",
            '"Lamp, Ada; Hill, Bo; ",T,J,1,2,3-4,2004,P',
            {"venue": "J", "publisher": "P", "issue": "2"},
        ),
        (
            "Cites,Authors,Title,Year,Source,ArticleURL,GSRank",
            '12,"A Lamp, B Hill",T,2004,J,https://x.example/y,1',
            {"venue": "J", "citation_count": 12},
        ),
        ("paper_id;TITLE;Jahr;arxiv", "2503.0213;T;2004;704.001", {"source_id": "2503.0213", "arxiv_id": "704.001", "rest": '{"Jahr":"2004"}'}),
        (
            "id,title,upvotes,github,pdf_url",
            "x,T,5,https://github.com/a/b,https://a.example/p",
            {"upvote_count": 5, "links": '[{"url":"https://a.example/p","rel":"pdf"},{"url":"https://github.com/a/b","rel":"code"}]'},
        ),
        ("id,title,upvotes,url", "x,T,many,none given", {"upvote_count": None, "rest": '{"upvotes":"many","url":"none given"}'}),
        ("title,title,,year", "T,U,V,nan", {"title": "T", "published_on": None, "rest": '{"title (2)":"U","column 3":"V"}'}),
        ("dblp key,title,openreview id", "conf/x/Y,T,abc", {"identifiers": '{"dblp":["conf/x/Y"],"openreview":["abc"]}'}),
        ("id,title", "DBLP:conf/x/Y,T", {"identifiers": '{"dblp":["conf/x/Y"]}', "source_id": "DBLP:conf/x/Y"}),
    ],
    ids=[
        "Zotero",
        "Scopus",
        "Web of Science",
        "Google Scholar",
        "Publish or Perish",
        "semicolons",
        "counts and links",
        "odd values",
        "odd names",
        "keys",
        "prefix",
    ],
)
def test_tables_of_many_makers(read: Read, header: str, row: str, expected: dict) -> None:
    found = one(read, f"{header}\n{row}\n")
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("first", ["", "sep=,\n"], ids=["header first", "separator first"])
def test_the_way_it_is_written_changes_nothing(read: Read, mark: str, line_break: str, first: str) -> None:
    data = (mark + (first + HEADER + GOOD + "\n" + GOOD).replace("\n", line_break)).encode()
    found = rows(read(data))
    assert [row["title"] for row in found] == ["A Good One"] * 2
    start = 3 if first else 2
    assert [row["position"] for row in found] == [start, start + 3]
    for row in found:
        assert data[row["byte_offset"] : row["byte_offset"] + row["byte_length"]] == GOOD.strip().replace("\n", line_break).encode()


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("r2,cora,Short,1994\n", "malformed", "it has 4 fields where the header has 11"),
        ("r2,cora,One, Two,A,1994,J,1,2,3,4,5\n", "malformed", "it has 12 fields where the header has 11"),
        ('r2,cora,"Open,A,1994,J,1,2,3,4,5\n', "malformed", "a quote that opens in it does not close"),
        ('r2,cora,"Two\nLines",1994\n', "malformed", "it has 4 fields"),
        ("r2,cora,,A,1994,J,1,2,3,4,5\n", "no_title", "it has no title"),
        ("r2,cora,nan,A,1994,J,1,2,3,4,5\n", "no_title", "it has no title"),
    ],
)
def test_a_broken_row_costs_itself(read: Read, row: str, code: str, words: str) -> None:
    found = read(HEADER + GOOD + row + GOOD)
    (reject,) = found.rejects.to_dicts()
    assert (found.records.height, reject["code"], reject["position"], reject["byte_offset"]) == (2, code, 4, len(HEADER + GOOD))
    assert words in reject["reason"]
    assert "row at line 4" in reject["reason"]
    assert reject["raw"] == row.rstrip("\n")


def test_a_stray_quote_at_the_end_of_the_file_costs_its_line(read: Read) -> None:
    found = read('id,title\n1,A\n2,"B\n3,C\n4,D\n')
    assert (found.records["title"].to_list(), found.rejects["position"].to_list()) == (["A", "C", "D"], [3])


def test_a_quote_within_a_field_is_a_letter(read: Read) -> None:
    assert one(read, 'id,title\n1,The 5" disk\n')["title"] == 'The 5" disk'


def test_a_byte_that_is_not_utf_8_costs_its_row(read: Read) -> None:
    found = read(b"id,title\n1,A\n" + "2,Café\n".encode("latin-1") + b"3,C\n")
    assert (found.records.height, found.rejects["code"].to_list()) == (2, ["not_utf8"])
    assert "byte 0xE9" in found.rejects["reason"][0]


def test_a_line_beyond_the_limit_costs_itself(read: Read) -> None:
    found = read(f"id,title\n1,A\n2,{'x' * 5000}\n3,C\n", max_line_bytes=1000)
    assert (found.records.height, found.rejects["code"].to_list()) == (2, ["record_too_large"])


def test_a_header_alone_is_no_paper(read: Read) -> None:
    assert read("id,title,year\n").rejects["code"].to_list() == ["no_paper"]


def test_drift_has_the_columns(read: Read) -> None:
    paths = {row["path"]: row["is_known"] for row in read("ID,Title,Mood\n1,A,good\n").paths.to_dicts()}
    assert paths == {"id": True, "title": True, "Mood": False}


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"title\nA\n",
        b"name,city\nA,B\n",
        b"Title, author and year are what a reader needs.\nThe rest is not.\n",
        b'{"title": 1, "year": 2}\n',
        b'["title","year"]\n["A",1]\n',
        b"new\nGet trending papers in your email inbox!\nDaily Papers\n",
        b"title,year\n\x00",
        b"Title, Year\nwhat follows is prose\n",
    ],
)
def test_other_texts_are_no_table(head: bytes) -> None:
    assert not csv_table.matches(head)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "kept", "without_title"),
    [("cora", 1841, 38), ("cytology_screening", 1856, 0), ("dblp_acm", 4910, 0), ("digital_work", 7159, 0), ("haematology", 1413, 2)],
)
def test_the_labelled_tables(corpus: Path, read: Read, name: str, kept: int, without_title: int) -> None:
    data = (corpus / f"er/{name}/records.csv").read_bytes()
    form = recognize(data[:HEAD_BYTES])
    assert isinstance(form, Format)
    assert form.name == "csv"
    found = read(data)
    assert (found.records.height, found.rejects["code"].to_list()) == (kept, ["no_title"] * without_title)
    assert found.paths["is_known"].all()
    assert found.records["source_id"].null_count() == 0
