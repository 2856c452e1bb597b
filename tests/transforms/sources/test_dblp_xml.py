"""DBLP's XML: every field by value, character entities, damage, and the real samples."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from transforms.bronze import Bronze
from transforms.content import Content
from transforms.parsed import Capture, Limits, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import Format, dblp

Read = Callable[..., Bronze]
PROLOG = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE dblp SYSTEM "dblp.dtd">\n'
PAPER = """<article mdate="2019-03-04" key="journals/tiny/Lamp19" publtype="informal">
<author orcid="0000-0002-1825-0097">Ada Lamp 0002</author>
<author>Bj&ouml;rn Stone</author>
<title>Lamps &amp; <i>Lights</i> of H<sub>2</sub>O.</title>
<pages>1-9</pages>
<year>2019</year>
<month>March</month>
<volume>7</volume>
<journal>Tiny J.</journal>
<number>2</number>
<ee type="oa">https://doi.org/10.5555/Tiny.7</ee>
<ee>https://www.wikidata.org/entity/Q1</ee>
<url>db/journals/tiny/tiny7.html#Lamp19</url>
<cite>journals/tiny/Old18</cite>
<cite label="2">...</cite>
<note>in German</note>
<crossref>journals/tiny/2019</crossref>
</article>"""


def dump(*records: str) -> str:
    return PROLOG + "<dblp>\n" + "\n".join(records) + "\n</dblp>\n"


def only(found: Bronze) -> dict:
    assert found.rejects["reason"].to_list() == []
    (row,) = found.records.rows(named=True)
    return row


def article(inner: str, attributes: str = 'key="journals/tiny/A1" mdate="2020-01-01"') -> str:
    return f"<article {attributes}>{inner}</article>"


def test_every_field_of_a_record_has_its_place(read: Read) -> None:
    text = dump(PAPER)
    row = only(read(text))
    assert {name: value for name, value in row.items() if value is not None} == {
        "record_id": row["record_id"],
        "document_id": row["document_id"],
        "source": "dblp",
        "position": 1,
        "byte_offset": text.index("<article"),
        "byte_length": len(PAPER),
        "source_id": "journals/tiny/Lamp19",
        "kind": "article",
        "title": "Lamps & Lights of H2O.",
        "authors": '[{"name":"Ada Lamp 0002","id":"Ada Lamp 0002","orcid":"0000-0002-1825-0097"},{"name":"Björn Stone"}]',
        "published_on": "March 2019",
        "updated_on": "2019-03-04",
        "venue": "Tiny J.",
        "volume": "7",
        "issue": "2",
        "pages": "1-9",
        "doi": "10.5555/Tiny.7",
        "identifiers": '{"dblp":["journals/tiny/Lamp19"]}',
        "links": '[{"url":"https://doi.org/10.5555/Tiny.7","rel":"landing"},{"url":"https://www.wikidata.org/entity/Q1","rel":"landing"}]',
        "rest": row["rest"],
    }
    assert json.loads(row["rest"]) == {
        "publtype": "informal",
        "ee": {"type": "oa", "text": "https://doi.org/10.5555/Tiny.7"},
        "url": "db/journals/tiny/tiny7.html#Lamp19",
        "cite": ["journals/tiny/Old18", {"label": "2", "text": "..."}],
        "note": "in German",
        "crossref": "journals/tiny/2019",
    }


@pytest.mark.parametrize("kind", ["article", "inproceedings", "proceedings", "book", "incollection", "phdthesis", "mastersthesis", "data"])
def test_every_element_that_is_a_work_is_a_record(read: Read, kind: str) -> None:
    found = read(dump(f'<{kind} key="x/Y1" mdate="2020-01-01"><title>A Work.</title></{kind}>'))
    assert only(found)["kind"] == kind
    assert found.paths["is_known"].all()


@pytest.mark.parametrize("kind", ["www", "person"])
def test_a_person_is_passed_over_and_counted(read: Read, kind: str) -> None:
    found = read(dump(PAPER, f'<{kind} mdate="2009-06-08" key="homepages/1/1"><author>Ada Lamp</author><title>Home Page</title></{kind}>'))
    assert only(found)["kind"] == "article"
    assert found.documents.select("read_count", "kept_count", "rejected_count", "passed_count").row(0) == (1, 1, 0, 1)


def test_a_record_without_author_is_a_record(read: Read) -> None:
    row = only(read(dump(article("<title>The decay of references.</title><year>2003</year>"))))
    assert (row["title"], row["authors"]) == ("The decay of references.", None)


def test_editors_a_series_and_a_second_value_are_kept_in_rest(read: Read) -> None:
    text = (
        '<book key="books/x/Y1" mdate="2020-01-01"><editor orcid="0000-0002-1825-0097">Ada Lamp 0002</editor><editor>Bo Field</editor>'
        "<title>A Book.</title>"
        '<booktitle>Book</booktitle><publisher href="db/p.html">House</publisher><isbn>1</isbn><isbn>2</isbn><pages>I-X</pages><pages>1-9</pages>'
        '<series href="db/s.html">Row</series><school>A School</school></book>'
    )
    row = only(read(dump(text)))
    assert (row["authors"], row["venue"], row["publisher"], row["pages"]) == (None, "Book", "House", "I-X")
    assert json.loads(row["rest"]) == {
        "editors": [{"name": "Ada Lamp 0002", "id": "Ada Lamp 0002", "orcid": "0000-0002-1825-0097"}, {"name": "Bo Field"}],
        "publisher": {"href": "db/p.html", "text": "House"},
        "isbn": ["1", "2"],
        "pages": "1-9",
        "series": {"href": "db/s.html", "text": "Row"},
        "school": "A School",
    }


@pytest.mark.parametrize(
    ("fields", "venue"),
    [
        ("<booktitle>B</booktitle><journal>J</journal>", "J"),
        ("<school>S</school><booktitle>B</booktitle>", "B"),
        ("<school>S</school>", "S"),
        ("<journal> </journal><booktitle>B</booktitle>", "B"),
    ],
)
def test_the_venue_is_the_journal_else_the_book_else_the_school(read: Read, fields: str, venue: str) -> None:
    assert only(read(dump(article(f"<title>T</title>{fields}"))))["venue"] == venue


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("<year>1994</year>", "1994"),
        ("<month>August</month><year>1994</year>", "August 1994"),
        ("<year>1994</year><month>8</month>", "1994-08"),
        ("<year>1994</year><month>16-18 June</month>", "16-18 June 1994"),
        ('<year>" "</year>', '" "'),
        ("<month>August</month>", "August"),
        ("", None),
    ],
)
def test_the_date_is_as_printed_with_its_month(read: Read, fields: str, date: str | None) -> None:
    assert only(read(dump(article(f"<title>T</title>{fields}"))))["published_on"] == date


@pytest.mark.parametrize(
    ("links", "doi", "arxiv_id", "others"),
    [
        (["http://dx.doi.org/10.5555/978-3-540-1 3"], "10.5555/978-3-540-1 3", None, {}),
        (["HTTPS://DOI.ORG/10.5555/AbC"], "10.5555/AbC", None, {}),
        (["https://doi.org/10.5555/1", "https://doi.org/10.5555/2", "https://doi.org/10.5555/1"], "10.5555/1", None, {"doi": ["10.5555/2"]}),
        (["https://arxiv.org/abs/2503.02130"], None, "2503.02130", {}),
        (["http://arxiv.org/abs/cs/0001001"], None, "cs/0001001", {}),
        (["https://doi.org/10.48550/arXiv.2503.02130"], "10.48550/arXiv.2503.02130", "2503.02130", {}),
        (["https://arxiv.org/abs/2503.02130", "https://arxiv.org/abs/2503.99999"], None, "2503.02130", {"arxiv": ["2503.99999"]}),
        (["https://example.org/doi.org/10.5555/1", "db/x.html"], None, None, {}),
    ],
)
def test_ids_are_read_from_addresses_as_printed(read: Read, links: list[str], doi: str | None, arxiv_id: str | None, others: dict) -> None:
    row = only(read(dump(article("<title>T</title>" + "".join(f"<ee>\n {link}\n</ee>" for link in links)))))
    assert (row["doi"], row["arxiv_id"]) == (doi, arxiv_id)
    assert json.loads(row["identifiers"]) == {"dblp": ["journals/tiny/A1"], **others}
    assert json.loads(row["links"]) == [{"url": link, "rel": "landing"} for link in links]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-8", "US-ASCII"])
def test_letters_come_as_bytes_as_entities_or_as_numbers(read: Read, encoding: str) -> None:
    text = dump(article("<title>&Uuml;ber &#214;l und \u00e4 &lt;i&gt; &#x221E;</title>")).replace("ISO-8859-1", encoding)
    data = text.encode("latin-1" if encoding == "ISO-8859-1" else "utf-8")
    row = only(read(data))
    assert row["title"] == "Über Öl und ä <i> ∞"
    place = data[row["byte_offset"] :][: row["byte_length"]]
    assert (place[:8], place[-10:]) == (b"<article", b"</article>")


def test_no_entity_is_expanded_but_characters(read: Read) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    outside = '<!ENTITY file SYSTEM "file:///etc/hostname">'
    text = dump(article("<title>Ten &l11; and &file; laughs.</title>")).replace('"dblp.dtd">', f'"dblp.dtd" [<!ENTITY l0 "ha">{levels}{outside}]>')
    assert only(read(text))["title"] == "Ten &l11; and &file; laughs."


@pytest.mark.parametrize(
    "text",
    [
        dump(PAPER),
        PAPER,
        "\ufeff" + dump(PAPER),
        f"<list>\n {PAPER}\n</list>",
        f'<?xml version="1.0"?><dblpperson name="Ada Lamp"><person key="homepages/1/1" mdate="2020-01-01"/><r>{PAPER}</r></dblpperson>',
        dump(PAPER).replace("\n", "\r\n"),
        f"<!-- saved --><dblp>{PAPER}</dblp>",
        # Parts of the dump are passed around that end like this.
        dump(PAPER).replace("</dblp>", "<dblp>"),
    ],
    ids=["dump", "no root", "byte order mark", "another root", "a person's page", "CRLF", "no prolog", "end misprinted"],
)
def test_dblp_is_known_however_it_was_saved(read: Read, text: str) -> None:
    found = read(text)
    assert found.documents["format"].to_list() == ["dblp_xml"]
    assert only(found)["source_id"] == "journals/tiny/Lamp19"


@pytest.mark.parametrize(
    "data",
    [
        b'<article key="a"><title>T</title></article>',
        b'<html><article class="x"><a href="https://dblp.org">dblp</a></article></html>',
        b"{\"x\": \"<dblp><article key='a' mdate='b'>\"}",
        b"<collection id='2022.acl'><volume id='1'></volume></collection>",
        b"<dblpfoo></dblpfoo>",
        b"",
    ],
)
def test_other_xml_is_not_dblp(data: bytes) -> None:
    assert not dblp.matches(data)


def test_a_fault_costs_its_record_alone(read: Read) -> None:
    found = read(dump(article("<title>One.</title>"), article("<title>Two.</titel>"), article("<year>2000</year>"), article("<title>Four.</title>")))
    assert found.records.sort("position").select("position", "title").rows() == [(1, "One."), (4, "Four.")]
    assert found.rejects.sort("position").select("position", "code").rows() == [(2, "malformed"), (3, "no_title")]
    assert found.documents.select("read_count", "kept_count", "rejected_count").row(0) == (4, 2, 2)
    reasons = found.rejects.sort("position")["reason"].to_list()
    assert reasons[1].startswith("element 3 at byte ")
    assert "<article> journals/tiny/A1 has no title" in reasons[1]
    assert found.rejects.sort("position")["raw"][1] == article("<year>2000</year>")


def test_what_is_cut_off_is_said(read: Read) -> None:
    text = dump(PAPER, PAPER)
    cut = read(text[: text.rindex("<pages>")])
    assert (cut.records.height, cut.rejects["code"].to_list()) == (1, ["cut_off"])
    between = read(text[: text.rindex("<article")])
    assert (between.records.height, between.rejects["code"].to_list()) == (1, ["cut_off"])


def test_a_root_that_opens_anew_before_more_records_lacks_its_end(read: Read) -> None:
    found = read(dump(PAPER).replace("</dblp>", "") + dump(PAPER))
    assert (found.records.height, found.rejects["code"].to_list()) == (2, ["cut_off"])


def test_a_dump_without_any_record_is_rejected_whole(read: Read) -> None:
    found = read(dump())
    assert found.rejects.select("code", "position").rows() == [("no_paper", None)]


def test_an_encoding_that_cannot_be_read_is_rejected_whole(read: Read) -> None:
    found = read(dump(PAPER).replace("ISO-8859-1", "EBCDIC-37"))
    assert found.rejects.select("code", "position").rows() == [("not_utf8", None)]


def test_what_nobody_knows_is_kept_and_shows_as_drift(read: Read) -> None:
    found = read(
        dump(article('<title>T</title><mood level="3">glad<why><b>sun</b></why></mood><author zip="1">Bo</author>', 'key="k" mdate="m" zeal="9"'))
    )
    assert json.loads(only(found)["rest"]) == {
        "author": {"zip": "1", "text": "Bo"},
        "mood": {"level": "3", "why": "sun", "text": "glad"},
        "zeal": "9",
    }
    unknown = found.paths.filter(~pl.col("is_known"))["path"].to_list()
    assert sorted(unknown) == [
        "article/@zeal",
        "article/author/@zip",
        "article/mood",
        "article/mood/@level",
        "article/mood/why",
        "article/mood/why/b",
    ]


def test_a_record_beyond_the_limit_is_passed_over_and_said() -> None:
    text = dump(PAPER, article(f"<title>{'x' * 5000}</title>"), PAPER).encode()
    told = Told(Capture(None, "modified"), Limits(max_record_bytes=2000))  # type: ignore[arg-type]
    parts = list(dblp.parse(Content.of(text), told))
    assert [type(part) for part in parts[:3]] == [Record, Reject, Record]
    assert (parts[1].code, parts[1].position) == ("record_too_large", 2)


def test_a_long_dump_is_read_as_a_stream() -> None:
    class Counted(BytesIO):
        asked = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size in range(1, (1 << 20) + 1)
            Counted.asked += 1
            return super().read(size)

    data = dump(*[PAPER] * 8000).encode()
    parts = dblp.parse(Content(lambda: Counted(data)), Told(Capture(None, "modified")))  # type: ignore[arg-type]
    assert isinstance(next(parts), Record)
    assert Counted.asked <= 3 < len(data) >> 20
    assert sum(isinstance(part, Record) for part in parts) == 7999


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "kept", "passed"),
    [
        ("alexandria3k_dblp", 91, 0),
        ("evelasquez_dblp", 15, 8),
        ("florentin4_dblp", 85, 0),
        ("shenka123_dblp", 131, 0),
        ("som_research_data_example", 0, 21),
    ],
)
def test_the_real_samples(corpus: Path, read: Read, name: str, kept: int, passed: int) -> None:
    data = (corpus / "samples" / "dblp" / f"{name}.xml").read_bytes()
    form = recognize(data[: 1 << 16])
    assert isinstance(form, Format)
    assert form.name == "dblp_xml"
    found = read(data)
    assert found.documents.select("read_count", "kept_count", "rejected_count", "passed_count").row(0) == (kept, kept, 0, passed)
    assert found.paths["is_known"].all()
