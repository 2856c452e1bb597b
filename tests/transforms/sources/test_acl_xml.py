"""XML of the ACL Anthology: every field by value, ids of both styles, what a volume gives its papers, and the real files."""

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from transforms.bronze import Bronze
from transforms.sources import acl
from transforms.sources.acl_ids import is_id, paper_id

Read = Callable[..., Bronze]
META = """<meta><booktitle>Proceedings of the Tenth <fixed-case>T</fixed-case>iny Workshop</booktitle>
<editor id="bo-field"><first>Bo</first><last>Field</last></editor><publisher>House</publisher><address>Dublin, Ireland</address>
<month>May</month><year>2022</year><url hash="b8317652">2022.tiny-long</url><venue>tiny</venue><venue>ws</venue></meta>"""
PAPER = """<paper id="1" ingest-date="2022-06-01"><title><fixed-case>L</fixed-case>amps in <tex-math>O(n)</tex-math> <b>Steps</b></title>
<author id="ada-lamp" orcid="0000-0002-1825-0097"><first>Ada</first><last>Lamp</last><affiliation>Tiny University</affiliation>
<variant script="hani"><first>\u5149</first><last>\u706f</last></variant></author>
<author><last>Mono</last></author>
<pages>1-15</pages><abstract>We light <i>all</i> lamps, see
<url>https://example.org/lamps</url>.</abstract><url hash="a3b4bfc3">2022.tiny-long.1</url>
<attachment type="software" hash="fc212cbc">2022.tiny-long.1.software.zip</attachment><attachment type="poster">https://example.org/p.pdf</attachment>
<bibkey>lamp-mono-2022-lamps</bibkey><doi>10.5555/v1/2022.tiny-long.1</doi><video href="2022.tiny-long.1.mp4"/><language>eng</language>
<award>Best Paper</award>
<pwccode url="https://github.com/adalamp/lamps" additional="false">adalamp/lamps</pwccode>
<pwcdataset url="https://paperswithcode.com/dataset/dusk">DUSK</pwcdataset>
<revision id="1" href="2022.tiny-long.1v1" hash="85d7f237"/>
<revision id="2" href="2022.tiny-long.1v2" hash="013926bf" date="2022-07-01">A lamp more.</revision>
</paper>"""


def collection(*parts: str, name: str = "2022.tiny", volume: str = 'id="long" type="proceedings" ingest-date="2022-05-15"') -> str:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<collection id=\"{name}\">\n<volume {volume}>\n" + "\n".join(parts) + "\n</volume>\n</collection>\n"
    )


def only(found: Bronze) -> dict:
    assert found.rejects["reason"].to_list() == []
    (row,) = found.records.rows(named=True)
    return row


def paper(inner: str, number: str = "1") -> str:
    return f'<paper id="{number}"><title>A Lamp</title>{inner}</paper>'


def rest(row: dict) -> dict:
    return json.loads(row["rest"] or "{}")


def links(row: dict) -> list[tuple[str, str]]:
    return [(link["rel"], link["url"]) for link in json.loads(row["links"] or "[]")]


def test_every_field_of_a_paper_has_its_place(read: Read) -> None:
    text = collection(META, PAPER)
    found = read(text)
    row = only(found)
    assert {name: value for name, value in row.items() if value is not None} == {
        "record_id": row["record_id"],
        "document_id": row["document_id"],
        "source": "acl",
        "position": 4,
        "byte_offset": len(text[: text.index("<paper")].encode()),
        "byte_length": len(PAPER.encode()),
        "source_id": "2022.tiny-long.1",
        "kind": "paper",
        "title": "Lamps in $O(n)$ Steps",
        "abstract": "We light all lamps, see\nhttps://example.org/lamps.",
        "authors": row["authors"],
        "published_on": "May 2022",
        "listed_at": "2022-06-01",
        "venue": "Proceedings of the Tenth Tiny Workshop",
        "pages": "1-15",
        "publisher": "House",
        "language": "eng",
        "doi": "10.5555/v1/2022.tiny-long.1",
        "identifiers": '{"acl":["2022.tiny-long.1"]}',
        "links": row["links"],
        "rest": row["rest"],
    }
    assert json.loads(row["authors"]) == [
        {"given": "Ada", "family": "Lamp", "id": "ada-lamp", "orcid": "0000-0002-1825-0097", "affiliations": ["Tiny University"]},
        {"family": "Mono"},
    ]
    assert links(row) == [
        ("landing", "https://aclanthology.org/2022.tiny-long.1"),
        ("pdf", "https://aclanthology.org/2022.tiny-long.1.pdf"),
        ("data", "https://aclanthology.org/attachments/2022.tiny-long.1.software.zip"),
        ("other", "https://example.org/p.pdf"),
        ("video", "https://aclanthology.org/2022.tiny-long.1.mp4"),
        ("code", "https://github.com/adalamp/lamps"),
    ]
    assert rest(row) == {
        "author_details": {"number": 1, "variant": {"script": "hani", "first": "\u5149", "last": "\u706f"}},
        "url": {"hash": "a3b4bfc3", "text": "2022.tiny-long.1"},
        "attachment": [
            {"type": "software", "hash": "fc212cbc", "text": "2022.tiny-long.1.software.zip"},
            {"type": "poster", "text": "https://example.org/p.pdf"},
        ],
        "bibkey": "lamp-mono-2022-lamps",
        "video": {"href": "2022.tiny-long.1.mp4"},
        "award": "Best Paper",
        "pwccode": {"url": "https://github.com/adalamp/lamps", "additional": "false", "text": "adalamp/lamps"},
        "pwcdataset": {"url": "https://paperswithcode.com/dataset/dusk", "text": "DUSK"},
        "revision": [
            {"id": "1", "href": "2022.tiny-long.1v1", "hash": "85d7f237"},
            {"id": "2", "href": "2022.tiny-long.1v2", "hash": "013926bf", "date": "2022-07-01", "text": "A lamp more."},
        ],
        "volume_meta": {
            "address": "Dublin, Ireland",
            "url": {"hash": "b8317652", "text": "2022.tiny-long"},
            "venue": ["tiny", "ws"],
            "editors": [{"given": "Bo", "family": "Field", "id": "bo-field"}],
            "type": "proceedings",
        },
    }
    assert found.paths["is_known"].all(), found.paths.filter(~pl.col("is_known"))["path"].to_list()


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (("2022.acl", "long", "1"), "2022.acl-long.1"),
        (("2020.jeptalnrecital", "jep", "47"), "2020.jeptalnrecital-jep.47"),
        (("J89", "1", "1"), "J89-1001"),
        (("P07", "2", "33"), "P07-2033"),
        (("W04", "8", "1"), "W04-0801"),
        (("W19", "53", "101"), "W19-53101"),
        (("C69", "1", "1"), "C69-0101"),
        (("D19", "1", "1"), "D19-1001"),
        (("D19", "50", "1"), "D19-5001"),
        (("P07", "one", "1"), None),
        (("", "1", "1"), None),
        (("P07", "1", ""), None),
    ],
)
def test_an_id_follows_from_where_a_paper_stands(ids: tuple[str, str, str], expected: str | None) -> None:
    assert paper_id(*ids) == expected
    assert expected is None or is_id(expected)


@pytest.mark.parametrize(
    "text", ["", "P07-1", "p07-1001", "2022.acl-long", "2022.acl-long.1.pdf", "http://example.org/P07-1001", "P07-1001v2", "x" * 50_000]
)
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)


def test_the_papers_own_address_gives_the_id_where_it_differs(read: Read) -> None:
    row = only(read(collection(META, paper("<url>2022.tiny-short.7</url>"))))
    assert (row["source_id"], rest(row)["computed_id"]) == ("2022.tiny-short.7", "2022.tiny-long.1")
    assert row["identifiers"] == '{"acl":["2022.tiny-short.7"]}'


def test_a_paper_whose_file_is_elsewhere_has_the_id_of_its_place(read: Read) -> None:
    row = only(read(collection(META, paper("<url>http://www.example.org/pdf/106_Paper.pdf</url>"), name="L12", volume='id="1"')))
    assert row["source_id"] == "L12-1001"
    assert links(row) == [("landing", "https://aclanthology.org/L12-1001"), ("pdf", "http://www.example.org/pdf/106_Paper.pdf")]


def test_a_handle_in_the_place_of_the_doi_is_a_link(read: Read) -> None:
    row = only(read(collection(META, paper("<doi>http://hdl.handle.net/2065/12142</doi>"))))
    assert row["doi"] is None
    assert rest(row)["doi"] == "http://hdl.handle.net/2065/12142"
    assert ("landing", "http://hdl.handle.net/2065/12142") in links(row)


def test_a_field_named_volume_is_not_the_next_volume(read: Read) -> None:
    # Three old volumes have the number of their series in meta.
    meta = "<meta><booktitle>Proceedings 2009</booktitle><volume>7</volume><year>2009</year></meta>"
    found = read(collection(meta, paper("<url>U09-1001</url>"), paper("<volume>8</volume><issue>3</issue>", "2"), name="U09", volume='id="1"'))
    assert found.rejects.is_empty()
    assert found.records.sort("position").select("source_id", "volume", "issue").rows() == [("U09-1001", "7", None), ("U09-1002", "8", "3")]


def test_a_journals_meta_gives_title_volume_and_issue(read: Read) -> None:
    meta = (
        "<meta><booktitle>Tiny Letters, Volume 3, Issue 2</booktitle><journal-title>Tiny Letters</journal-title><journal-volume>3</journal-volume>"
        "<journal-issue>2</journal-issue><month>6</month><year>2023</year></meta>"
    )
    row = only(read(collection(meta, paper(""), name="2023.tl", volume='id="2" type="journal"')))
    assert [row[name] for name in ("venue", "volume", "issue", "published_on")] == ["Tiny Letters", "3", "2", "2023-06"]
    assert rest(row)["volume_meta"] == {"booktitle": "Tiny Letters, Volume 3, Issue 2", "type": "journal"}


def test_a_papers_own_words_go_before_its_volumes(read: Read) -> None:
    row = only(read(collection(META, paper("<journal>Baltic Lamps</journal><year>2021</year><month>June</month>"))))
    assert (row["venue"], row["published_on"]) == ("Baltic Lamps", "June 2021")
    assert rest(row)["volume_meta"]["booktitle"] == "Proceedings of the Tenth Tiny Workshop"


def test_each_volume_has_its_own_meta(read: Read) -> None:
    second = "<volume id='2'><meta><booktitle>Second</booktitle></meta>" + paper("") + "</volume><volume id='3'>" + paper("") + "</volume>"
    found = read(
        collection(META, paper("")).replace("</collection>", second + "</collection><collection id='2023.more'><volume id='1'>" + paper(""))
        + "</volume></collection>"
    )
    assert found.rejects["code"].to_list() == []
    assert found.records.sort("position").select("source_id", "venue", "listed_at").rows() == [
        ("2022.tiny-long.1", "Proceedings of the Tenth Tiny Workshop", "2022-05-15"),
        ("2022.tiny-2.1", "Second", None),
        ("2022.tiny-3.1", None, None),
        ("2023.more-1.1", None, None),
    ]


@pytest.mark.parametrize("status", ["retracted", "removed"])
def test_a_paper_that_was_taken_back_says_so(read: Read, status: str) -> None:
    row = only(
        read(
            collection(
                META, paper(f'<{status} date="2023-01-01">Lamp was off.</{status}><erratum id="1" hash="0923459d">2022.tiny-long.1e1</erratum>')
            )
        )
    )
    assert row["status"] == status
    assert rest(row)[status] == {"date": "2023-01-01", "text": "Lamp was off."}
    assert rest(row)["erratum"] == {"id": "1", "hash": "0923459d", "text": "2022.tiny-long.1e1"}


def test_front_matter_is_passed_over_unless_it_has_a_title(read: Read) -> None:
    found = read(collection(META, '<frontmatter><url hash="97cd3a2b">2022.tiny-long.0</url></frontmatter>', paper("")))
    assert only(found)["kind"] == "paper"
    assert found.documents["passed_count"].to_list() == [1]
    titled = read(collection(META, "<frontmatter><title>Welcome</title></frontmatter>"))
    assert (only(titled)["kind"], only(titled)["source_id"], only(titled)["title"]) == ("frontmatter", "2022.tiny-long.0", "Welcome")


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("<author><first>Ada</first><last>Lamp</last></author>", {"given": "Ada", "family": "Lamp"}),
        ("<author><last>Lamp</last><first>A. V.</first></author>", {"given": "A. V.", "family": "Lamp"}),
        ("<author><first/><last>Mono</last></author>", {"family": "Mono"}),
        ("<author><first>Mono</first></author>", {"given": "Mono", "name": "Mono"}),
        ("<author>The Lamp Group</author>", {"name": "The Lamp Group"}),
        ("<author><first/><last/></author>", None),
    ],
)
def test_an_author_has_a_name(read: Read, author: str, expected: dict | None) -> None:
    row = only(read(collection(META, paper(author))))
    assert json.loads(row["authors"] or "[]") == ([expected] if expected else [])


def test_editors_of_a_paper_and_unknown_parts_are_kept(read: Read) -> None:
    inner = (
        "<editor><first>Bo</first><last>Field</last></editor><author><last>Lamp</last><mood>glad</mood></author>"
        '<video href="http://example.org/v" tag="video"/>'
    )
    found = read(collection("<meta><booktitle>B</booktitle></meta>", paper(inner), volume='id="long"'))
    assert rest(only(found)) == {
        "editors": [{"given": "Bo", "family": "Field"}],
        "author_details": {"number": 1, "mood": "glad"},
        "video": {"href": "http://example.org/v", "tag": "video"},
    }
    assert found.paths.filter(~pl.col("is_known"))["path"].to_list() == ["paper/author/mood"]


def test_a_fault_costs_its_paper_alone(read: Read) -> None:
    found = read(collection(META, paper(""), paper("<doi>1</dio>", "2"), '<paper id="3"><title> </title></paper>', paper("", "4")))
    assert found.records.sort("position")["source_id"].to_list() == ["2022.tiny-long.1", "2022.tiny-long.4"]
    assert found.rejects.sort("position")["code"].to_list() == ["malformed", "no_title"]
    assert "2022.tiny-long.3 has no title" in found.rejects.sort("position")["reason"][1]
    assert found.documents.select("read_count", "kept_count", "rejected_count").row(0) == (4, 2, 2)


def test_papers_behind_a_damaged_volume_tag_get_no_id_of_the_volume_before(read: Read) -> None:
    text = collection(META, paper("")).replace("</collection>", '<volume id="short" type=><meta></meta>' + paper("", "9") + "</volume></collection>")
    found = read(text)
    assert found.rejects.select("code", "raw").rows() == [("malformed", '<volume id="short" type=>')]
    assert found.records.sort("position").select("source_id", "venue").rows()[1] == (None, None)


def test_a_paper_without_its_end_does_not_swallow_the_next_volume(read: Read) -> None:
    text = collection(META, paper("").replace("</paper>", "")).replace(
        "</collection>", '<volume id="short"><meta></meta>' + paper("") + "</volume></collection>"
    )
    found = read(text)
    assert found.rejects["code"].to_list() == ["cut_off"]
    assert found.records["source_id"].to_list() == ["2022.tiny-short.1"]


def test_what_is_cut_off_or_empty_is_said(read: Read) -> None:
    text = collection(META, paper(""), paper("", "2"))
    cut = read(text[: text.rindex("</title>")])
    assert (cut.records.height, cut.rejects["code"].to_list()) == (1, ["cut_off"])
    assert read(collection(META)).rejects.select("code", "position").rows() == [("no_paper", None)]


@pytest.mark.parametrize(
    "data",
    [
        b"<collection id='x'></collection>",
        b"<record><collection id='x'>Tiny</collection></record>",
        b"{\"a\": \"<collection id='x'><volume id='1'>\"}",
        b"",
    ],
)
def test_other_xml_is_not_the_anthology(data: bytes) -> None:
    assert not acl.matches(data)


@pytest.mark.corpus
def test_the_whole_anthology_of_2021(corpus: Path, read: Read) -> None:
    counts: Counter = Counter()
    ids: set[str] = set()
    with zipfile.ZipFile(corpus / "bulk" / "acl-anthology-2021.zip") as archive:
        for name in archive.namelist():
            if not name.endswith(".xml"):
                continue
            found = read(archive.read(name))
            row = found.documents.row(0, named=True)
            counts.update({"files": 1} | {key: row[f"{key}_count"] for key in ("read", "kept", "rejected", "passed")})
            assert found.paths["is_known"].all(), found.paths.filter(~pl.col("is_known"))["path"].to_list()
            assert found.records["rest"].str.contains('"computed_id"').sum() == 0
            ids.update(found.records["source_id"].drop_nulls())
    assert counts == {"files": 515, "read": 61686, "kept": 61686, "rejected": 0, "passed": 2006}
    assert len(ids) == 61686


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "kept"), [("2020.mwe", 20), ("E99", 52), ("J89", 58), ("P07", 204)])
def test_the_real_samples(corpus: Path, read: Read, name: str, kept: int) -> None:
    row = read((corpus / "samples" / "acl" / f"{name}.xml").read_bytes()).documents.row(0, named=True)
    assert (row["format"], row["kept_count"], row["rejected_count"]) == ("acl_xml", kept, 0)
