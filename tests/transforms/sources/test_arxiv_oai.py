"""`arxiv_oai`: every metadata format by value, every trap, every fault, and what any bytes may do. The papers are invented."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.bronze import Bronze
from transforms.content import Content
from transforms.parsed import Capture, Limits, Page, Part, Passed, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import Format, arxiv_oai
from transforms.sources.arxiv_oai_answer import Token, error_code, last_datestamp, resumption_token

Parts = Callable[..., list[Part]]
Rows = Callable[..., list[dict[str, Any]]]

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
OPEN = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {XSI} xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
BESIDE = """
<responseDate>2019-03-05T23:10:23Z</responseDate>
<request verb="ListRecords" metadataPrefix="arXiv">http://export.arxiv.org/oai2</request>
"""


def header(arxiv_id: str = "1810.01234", day: str = "2019-01-15", sets: str = "<setSpec>cs</setSpec>", more: str = "") -> str:
    return f"<header{more}>\n <identifier>oai:arXiv.org:{arxiv_id}</identifier>\n <datestamp>{day}</datestamp>\n {sets}\n</header>"


def record(form: str, body: str, head: str = header(), beside: str = "") -> str:
    inner = f'<{form} xmlns="http://arxiv.org/OAI/{form}/" {XSI} xsi:schemaLocation="x http://arxiv.org/OAI/{form}.xsd">{body}</{form}>'
    return f"<record>\n{head}\n<metadata>\n {inner}\n</metadata>{beside}\n</record>"


def answer(*records: str, token: str = "", beside: str = BESIDE, verb: str = "ListRecords") -> str:
    joined = "\n".join(records)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{OPEN}{beside}<{verb}>\n{joined}\n{token}</{verb}>\n</OAI-PMH>\n'


def failed(code: str, message: str = "it will not do", beside: str = BESIDE) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{OPEN}{beside}<error code="{code}">{message}</error>\n</OAI-PMH>\n'


ARXIV = (
    "<id>1810.01234</id><created>2018-10-02</created><updated>2019-01-13</updated><authors>"
    "<author><keyname>LAMP Collaboration</keyname></author><author><keyname>:</keyname></author>"
    "<author><keyname>da Reed</keyname><forenames>Bo</forenames><suffix>Jr</suffix>"
    "<affiliation>Oslo</affiliation><affiliation>Bern</affiliation></author>"
    "</authors><title>Lamps of the\n  North</title><categories>math-ph math.MP</categories><comments>7 pages, 2 figures</comments>"
    "<proxy>ccsd</proxy><report-no>LAMP-1</report-no><msc-class>15A66</msc-class><acm-class>None</acm-class>"
    "<journal-ref>J. Lamps 12,\n  6 (2018)</journal-ref>"
    "<doi>10.1000/a.1, 10.1000/b.2;10.1000/c.3 10.1000/d.4</doi><license>http://arxiv.org/licenses/x/1.0/</license>"
    "<abstract>  We light &lt;b&gt;lamps&lt;/b&gt; &amp; caf&eacute;s\nat night.\n</abstract>"
)
RAW = (
    r"<id>1810.01234</id><submitter>Bo R\'eed</submitter>"
    '<version version="v1"><date>Tue, 2 Oct 2018 22:41:50 GMT</date><size>401kb</size><source_type>D</source_type></version>'
    '<version version="v2"><date>Sun, 13 Jan 2019 11:17:09 GMT</date><size>669kb</size></version>'
    r"<title>Lamps of $\alpha$</title><authors>Ada Quill (1), Bo R\'eed and \'Ed Stone (1) ((1) Oslo)</authors><categories>cs.LG</categories>"
    "<comments>7 pages</comments><doi>10.1000/a.1</doi><abstract>  We light lamps.\n</abstract>"
)


def dublin_core(body: str, arxiv_id: str = "1810.01234") -> str:
    spaces = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"<record>\n{header(arxiv_id)}\n<metadata><oai_dc:dc {spaces}>{body}</oai_dc:dc></metadata></record>"


DC = dublin_core(
    "<dc:title>Lamps of the North</dc:title><dc:creator>Quill, Ada</dc:creator><dc:creator>Reed Jr, Bo A.</dc:creator><dc:creator>LAMP</dc:creator>"
    "<dc:subject>Mathematics - Logic</dc:subject><dc:subject>03E75</dc:subject><dc:description>  We light lamps.\n</dc:description>"
    "<dc:description>Comment: 7 pages</dc:description><dc:date>2019-01-13</dc:date><dc:date>2018-10-02</dc:date><dc:type>text</dc:type>"
    "<dc:identifier>http://arxiv.org/abs/1810.01234</dc:identifier><dc:identifier>J. Lamps 12 (2018), 6</dc:identifier>"
    "<dc:identifier>doi:10.1000/a.1</dc:identifier>"
)
HEADER_KEPT = {"identifier": "oai:arXiv.org:1810.01234", "datestamp": "2019-01-15", "setSpec": ["cs"]}


def test_arxiv_by_value(rows: Rows) -> None:
    assert rows(answer(record("arXiv", ARXIV))) == [
        {
            "source_id": "1810.01234",
            "arxiv_id": "1810.01234",
            "title": "Lamps of the\n  North",
            "abstract": "  We light <b>lamps</b> & cafés\nat night.\n",
            "authors": [
                {"name": "LAMP Collaboration"},
                {"family": "da Reed", "given": "Bo", "suffix": "Jr", "affiliations": ["Oslo", "Bern"]},
            ],
            "published_on": "2018-10-02",
            "updated_on": "2019-01-13",
            "venue": "J. Lamps 12,\n  6 (2018)",
            "doi": "10.1000/a.1",
            "identifiers": {"doi": ["10.1000/b.2", "10.1000/c.3", "10.1000/d.4"]},
            "rest": {
                "categories": "math-ph math.MP",
                "msc-class": "15A66",
                "report-no": "LAMP-1",
                "license": "http://arxiv.org/licenses/x/1.0/",
                "proxy": "ccsd",
                "comments": "7 pages, 2 figures",
                "authors": [{"keyname": ":"}],
                "header": HEADER_KEPT,
            },
        }
    ]


def test_arxiv_raw_by_value(rows: Rows) -> None:
    (row,) = rows(answer(record("arXivRaw", RAW)))
    assert row == {
        "source_id": "1810.01234",
        "arxiv_id": "1810.01234",
        "title": r"Lamps of $\alpha$",
        "abstract": "  We light lamps.\n",
        "authors": [{"name": "Ada Quill", "affiliations": ["Oslo"]}, {"name": r"Bo R\'eed"}, {"name": r"\'Ed Stone", "affiliations": ["Oslo"]}],
        "published_on": "Tue, 2 Oct 2018 22:41:50 GMT",
        "updated_on": "Sun, 13 Jan 2019 11:17:09 GMT",
        "doi": "10.1000/a.1",
        "rest": {
            "categories": "cs.LG",
            "submitter": r"Bo R\'eed",
            "comments": "7 pages",
            "authors": r"Ada Quill (1), Bo R\'eed and \'Ed Stone (1) ((1) Oslo)",
            "versions": [
                {"version": "v1", "date": "Tue, 2 Oct 2018 22:41:50 GMT", "size": "401kb", "source_type": "D"},
                {"version": "v2", "date": "Sun, 13 Jan 2019 11:17:09 GMT", "size": "669kb"},
            ],
            "header": HEADER_KEPT,
        },
    }


def test_arxiv_old_has_no_date(rows: Rows) -> None:
    body = "<id>hep-th/9901001</id><title>Lamps</title><authors>A. Quill</authors><categories>hep-th</categories><acm-class>I.2.10</acm-class>"
    (row,) = rows(answer(record("arXivOld", body, header("hep-th/9901001")), verb="GetRecord"))
    assert (row["arxiv_id"], row["authors"], row["rest"]["acm-class"]) == ("hep-th/9901001", [{"name": "A. Quill"}], "I.2.10")
    assert "published_on" not in row


def test_dublin_core_by_value(rows: Rows) -> None:
    assert rows(answer(DC)) == [
        {
            "source_id": "1810.01234",
            "arxiv_id": "1810.01234",
            "kind": "text",
            "title": "Lamps of the North",
            "abstract": "  We light lamps.\n",
            "authors": [{"family": "Quill", "given": "Ada"}, {"family": "Reed", "given": "Bo A.", "suffix": "Jr"}, {"name": "LAMP"}],
            "published_on": "2018-10-02",
            "updated_on": "2019-01-13",
            "venue": "J. Lamps 12 (2018), 6",
            "doi": "10.1000/a.1",
            "links": [{"url": "http://arxiv.org/abs/1810.01234", "rel": "landing"}],
            "rest": {"subject": ["Mathematics - Logic", "03E75"], "comments": ["Comment: 7 pages"], "header": HEADER_KEPT},
        }
    ]


def test_the_new_server_prints_comments_without_the_word(rows: Rows) -> None:
    (row,) = rows(answer(dublin_core("<dc:title>T</dc:title><dc:description>Abstract.</dc:description><dc:description>9 pages</dc:description>")))
    assert (row["abstract"], row["rest"]["comments"]) == ("Abstract.", ["9 pages"])


@pytest.mark.parametrize(
    ("arxiv_id", "created", "updated", "expected"),
    [
        ("1601.04794", "2016-01-18", None, ("2016-01-18", None, None)),
        ("1601.04794", "2015-12-31", "2016-02-01", ("2015-12-31", "2016-02-01", None)),
        ("1601.04794", "2026-08-30", None, (None, "2026-08-30", None)),
        ("1601.04794", "2026-08-30", "2026-08-31", (None, "2026-08-31", "2026-08-30")),
        ("hep-th/9901001", "1999-01-04", None, ("1999-01-04", None, None)),
        ("hep-th/0001001", "1999-12-31", None, ("1999-12-31", None, None)),
        ("math.AG/0306266", "2013-06-18", None, (None, "2013-06-18", None)),
        ("odd", "2016-01-18", None, ("2016-01-18", None, None)),
        ("1601.04794", "January", None, ("January", None, None)),
    ],
    ids=["first", "the month before", "of the current version", "both later", "old id", "turn of the century", "old id, later", "odd id", "odd date"],
)
def test_created_is_the_first_version_only_where_the_id_agrees(
    rows: Rows, arxiv_id: str, created: str, updated: str | None, expected: tuple[str | None, ...]
) -> None:
    body = f"<id>{arxiv_id}</id><created>{created}</created>{f'<updated>{updated}</updated>' if updated else ''}<title>T</title>"
    (row,) = rows(answer(record("arXiv", body, header(arxiv_id))))
    assert (row.get("published_on"), row.get("updated_on"), row["rest"].get("created")) == expected


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([("v1", "A", "D")], ("A", None)),
        ([("v2", "B", "D"), ("v3", "C", "D")], (None, "C")),
        ([("v3", "C", "D")], (None, "C")),
        ([], (None, None)),
    ],
)
def test_only_version_one_dates_a_paper(rows: Rows, versions: list[tuple[str, str, str]], expected: tuple[str | None, str | None]) -> None:
    printed = "".join(f'<version version="{name}"><date>{day}</date><source_type>{flag}</source_type></version>' for name, day, flag in versions)
    (row,) = rows(answer(record("arXivRaw", f"<id>1810.01234</id>{printed}<title>T</title><authors>A. Quill</authors>")))
    assert (row.get("published_on"), row.get("updated_on")) == expected


@pytest.mark.parametrize(
    ("flag", "comments", "status"),
    [
        ("I", "", "withdrawn"),
        ("DI", "", "withdrawn"),
        ("D", "This paper has been withdrawn by the authors", "withdrawn"),
        ("D", "Withdrawn: see v1", "withdrawn"),
        ("D", "the proof of Theorem 3 is withdrawn", None),
        ("D", "7 pages", None),
    ],
)
def test_a_withdrawal_shows_in_the_source_type_or_in_a_comment(rows: Rows, flag: str, comments: str, status: str | None) -> None:
    version = f'<version version="v1"><date>x</date><source_type>{flag}</source_type></version>'
    (row,) = rows(answer(record("arXivRaw", f"{version}<title>T</title><authors>A</authors><comments>{comments}</comments>")))
    assert row.get("status") == status
    assert row["arxiv_id"] == "1810.01234"  # from the header


def test_what_the_parser_does_not_know_is_kept_and_shown_as_drift(parts: Parts) -> None:
    body = '<title lang="en">T</title><title>Second</title><grant year="2030"><id>g1</id></grant><authors><group>x</group></authors>'
    about = "<about><rights>free</rights></about>"
    told = Told(Capture(datetime(2026, 1, 1), "modified"))
    found = parts(answer(record("arXiv", body, header(more=' status="new"'), about)), told=told)
    rest = json.loads(found[0].values["rest"])
    assert rest["title/@lang"] == "en"
    assert rest["title"] == "Second"
    assert rest["grant"] == {"@year": "2030", "id": "g1"}
    assert rest["authors"] == ["x"]
    assert rest["header"]["@status"] == "new"
    assert rest["about"] == {"rights": "free"}
    unknown = [path for path, kind, _ in told.paths.rows() if (path, kind) not in arxiv_oai.KNOWN]
    assert "record/metadata/arXiv/grant/@year" in unknown
    assert "record/about/rights" in unknown
    assert "record/header/identifier" not in unknown


def test_a_deleted_record_is_passed(parts: Parts) -> None:
    gone = f"<record>{header(more=' status=' + chr(34) + 'deleted' + chr(34))}</record>"
    found = parts(answer(gone, record("arXiv", ARXIV)))
    assert [type(part) for part in found] == [Passed, Record, Page]
    assert found[0] == Passed("deleted")
    assert (found[1].position, found[-1].read_count) == (2, 1)


def test_an_answer_makes_rows_of_bronze(read: Callable[..., Bronze]) -> None:
    gone = f"<record>{header(more=' status=' + chr(34) + 'deleted' + chr(34))}</record>"
    found = read(answer(gone, record("arXiv", ARXIV), record("arXiv", ""), DC))
    (document,) = found.documents.rows(named=True)
    counts = ("read_count", "kept_count", "rejected_count", "passed_count")
    assert [document[name] for name in ("source", "format", *counts)] == ["arxiv", "arxiv_oai", 3, 2, 1, 1]
    assert (document["observed_at"], document["observed_at_source"]) == (datetime(2019, 3, 5, 23, 10, 23), "page")
    assert found.records["position"].to_list() == [2, 4]
    assert found.rejects["raw"][0].startswith("<record>")
    assert found.paths["is_known"].all()


@pytest.mark.parametrize("body", ["", "<title> \n</title>"])
def test_a_record_without_title_is_a_reject(parts: Parts, body: str) -> None:
    found = parts(answer(record("arXiv", body), record("arXiv", ARXIV)))
    assert [(part.code, part.position) for part in found if isinstance(part, Reject)] == [("no_title", 1)]
    assert "record 1 (oai:arXiv.org:1810.01234, byte " in found[0].reason
    assert found[-1].read_count == 2


def test_a_bad_record_costs_only_itself(parts: Parts) -> None:
    good = record("arXiv", ARXIV)
    text = answer(good, good.replace("</created>", "</crated>"), good, good.replace("</record>", ""), good)
    found = parts(text)
    assert [(part.position, part.code if isinstance(part, Reject) else None) for part in found[:-1]] == [
        (1, None),
        (2, "malformed"),
        (3, None),
        (4, "cut_off"),
        (5, None),
    ]
    data = text.encode()
    assert all(data[part.offset :].startswith(b"<record>") for part in found[:-1])
    assert "element 2 at byte" in found[1].reason


def test_an_answer_that_is_cut_off_says_so(parts: Parts) -> None:
    text = answer(record("arXiv", ARXIV), record("arXiv", ARXIV))
    inside = parts(text[: text.rindex("<abstract>")])
    between = parts(text[: text.index("</record>") + 9])
    assert [part.code for part in inside if isinstance(part, Reject)] == ["cut_off"]
    assert [part.code for part in between if isinstance(part, Reject)] == ["cut_off"]
    assert inside[-1].read_count == between[-1].read_count == 2


def test_a_record_that_is_too_large_costs_only_itself(parts: Parts) -> None:
    large = record("arXiv", ARXIV.replace("7 pages", "7" * 5000))
    found = parts(answer(large, record("arXiv", ARXIV)), limits=Limits(max_record_bytes=4000))
    assert [part.code for part in found if isinstance(part, Reject)] == ["record_too_large"]
    assert [part.position for part in found[:-1]] == [1, 2]


def test_no_entity_is_expanded(rows: Rows) -> None:
    bomb = '<!DOCTYPE OAI-PMH [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    text = answer(record("arXiv", "<title>&b; &f; &uuml;</title>")).replace(OPEN, bomb + OPEN)
    assert rows(text)[0]["title"] == "&b; &f; ü"


@pytest.mark.parametrize("code", ["badArgument", "badResumptionToken", "badVerb", "idDoesNotExist", "cannotDisseminateFormat"])
def test_an_error_is_a_whole_reject_that_names_it(parts: Parts, code: str) -> None:
    found = parts(failed(code, "It &amp; will not do."))
    assert found == [
        Reject("error_answer", f"the server answered with the error {code}: It & will not do; mend the request and fetch it again"),
        Page(read_count=1, listing_state=None),
    ]


def test_nothing_found_is_an_empty_answer(parts: Parts) -> None:
    (page,) = parts(failed("noRecordsMatch"))
    assert (page.read_count, page.listing_state) == (0, "normal")


def test_an_empty_list_is_an_empty_answer(parts: Parts) -> None:
    (page,) = parts(answer())
    assert page.read_count == 0


@pytest.mark.parametrize("verb", ["Identify", "ListIdentifiers", "ListSets"])
def test_an_answer_to_another_question_has_no_paper(parts: Parts, verb: str) -> None:
    found = parts(answer(beside=BESIDE.replace("ListRecords", verb), verb=verb))
    assert [part.code for part in found[:-1]] == ["no_paper"]
    assert verb in found[0].reason


def test_answers_behind_one_another_are_one_document(parts: Parts) -> None:
    later = BESIDE.replace("23:10:23", "23:12:00")
    text = answer(record("arXiv", ARXIV)) + answer(record("arXivRaw", RAW), DC, beside=later) + failed("badResumptionToken")
    found = parts(text)
    assert [part.position for part in found[:-1]] == [1, 2, 3, 4]
    assert [part.code for part in found if isinstance(part, Reject)] == ["error_answer"]
    assert found[-1].capture == Capture(datetime(2019, 3, 5, 23, 10, 23), "page")


@pytest.mark.parametrize(
    "text",
    [
        record("arXivRaw", RAW),
        '<?xml version="1.0"?>\n' + DC,
        f'<ListRecords xmlns="http://www.openarchives.org/OAI/2.0/">{DC}</ListRecords>',
        answer(record("arXivRaw", RAW)).replace("<record>", "<oai:record>").replace("</record>", "</oai:record>").replace("OAI-PMH", "oai:OAI-PMH"),
        "\ufeff" + answer(DC),
        answer(DC).replace('encoding="UTF-8"', 'encoding="US-ASCII"'),
    ],
    ids=["a record", "a record with a declaration", "a list", "prefixes", "BOM", "ASCII"],
)
def test_an_answer_is_known_in_whatever_clothes(rows: Rows, text: str) -> None:
    (row,) = rows(
        text.replace('xmlns="http://www.openarchives.org/OAI/2.0/"', 'xmlns:oai="http://www.openarchives.org/OAI/2.0/"', 1)
        if "<oai:" in text
        else text
    )
    assert row["arxiv_id"] == "1810.01234"


def test_latin_1_is_read(parts: Parts) -> None:
    text = answer(record("arXiv", "<title>Größe</title>")).replace("UTF-8", "ISO-8859-1")
    assert parts(text.encode("latin-1"))[0].values["title"] == "Größe"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<record><leader>00000</leader></record>",
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><request>https://zenodo.org/oai2d</request></OAI-PMH>',
        b"<feed>oai:arXiv.org:1</feed>",
        b"{oai:arXiv.org:1}",
        b"<OAI-PMH",
        "<OAI-PMH>http://arxiv.org/OAI/</OAI-PMH>".encode("utf-16"),
    ],
)
def test_what_is_something_else_is_not_taken(head: bytes) -> None:
    assert not arxiv_oai.matches(head)


def test_the_time_of_the_answer_counts_where_no_fetch_has_one(parts: Parts) -> None:
    text = answer(record("arXiv", ARXIV))
    assert parts(text)[-1].capture == Capture(datetime(2019, 3, 5, 23, 10, 23), "page")
    assert parts(text, seen_by="fetch")[-1].capture is None
    assert parts(text.replace("2019-03-05T", "2019-02-31T"))[-1].capture is None


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("", None),
        ("<resumptionToken/>", Token("")),
        ('<resumptionToken cursor="0" completeListSize="1463679">6460044|1001</resumptionToken>', Token("6460044|1001", None, 0, 1463679)),
        (
            "<resumptionToken expirationDate='2026-01-02T00:00:00Z'>verb%3DListRecords&amp;skip%3D2500\n</resumptionToken>",
            Token("verb%3DListRecords&skip%3D2500", "2026-01-02T00:00:00Z"),
        ),
        (
            "<resumptionToken expires='2026-01-02T00:00:00Z' cursor='x' completeListSize='99999999999999999999'>t</resumptionToken>",
            Token("t", "2026-01-02T00:00:00Z"),
        ),
    ],
)
def test_a_token_says_where_a_list_goes_on(token: str, expected: Token | None) -> None:
    assert resumption_token(answer(record("arXiv", ARXIV), token=token).encode()) == expected


def test_an_error_and_the_last_datestamp_can_be_asked_for() -> None:
    listed = answer(record("arXiv", ARXIV), record("arXiv", ARXIV, header(day="2019-02-03"))).encode()
    assert (error_code(listed), last_datestamp(listed)) == (None, "2019-02-03")
    wrong = failed("badVerb", "no  such\nverb").encode()
    assert (error_code(wrong), last_datestamp(wrong)) == (("badVerb", "no such verb"), None)
    assert resumption_token(wrong) is None


@given(st.binary(max_size=200))
def test_any_bytes_can_be_asked_for_a_token(data: bytes) -> None:
    for ask in (resumption_token, error_code, last_datestamp):
        assert ask(data) is None or b"<" in data


VALID = answer(record("arXiv", ARXIV), record("arXivRaw", RAW), DC, token="<resumptionToken>x</resumptionToken>").encode()
SPLICES = (
    b"<record>",
    b"</record>",
    b"<!--",
    b"<![CDATA[",
    b"]]>",
    b"&x;",
    b"\x00",
    b"\xff",
    b"</metadata>",
    b"<error code='x'>",
    b"</OAI-PMH>",
    b"'",
    b'"',
    b">",
)


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_behind_a_beginning_do_no_harm(check_parts: Callable[..., None], data: bytes) -> None:
    whole = (OPEN + BESIDE).encode() + data
    check_parts(whole, list(arxiv_oai.parse(Content.of(whole), Told(Capture(datetime(2026, 1, 1), "modified")))))
    check_parts(data, list(arxiv_oai.parse(Content.of(data), Told(Capture(datetime(2026, 1, 1), "modified")))))
    assert arxiv_oai.matches(data) in (True, False)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(["cut", "splice", "flip", "drop"]), st.integers(0, len(VALID)), st.sampled_from(SPLICES), st.integers(1, 80)),
        max_size=4,
    )
)
def test_a_damaged_answer_does_no_harm(check_parts: Callable[..., None], damages: list[tuple[str, int, bytes, int]]) -> None:
    data = VALID
    for sort, at, splice, length in damages:
        changed = {"cut": data[:at], "splice": data[:at] + splice + data[at:], "flip": data[:at] + splice[:1] + data[at + 1 :]}
        data = changed.get(sort, data[:at] + data[at + length :])
    found = list(arxiv_oai.parse(Content.of(data), Told(Capture(datetime(2026, 1, 1), "modified"))))
    check_parts(data, found)
    for part in found:
        if isinstance(part, Record):
            raw = data[part.offset : part.offset + part.length]
            assert raw.startswith(b"<record")
            assert raw.endswith(b">")
    if not damages:
        assert sum(isinstance(part, Record) for part in found) == 3


def test_four_thousand_records_take_a_moment() -> None:
    data = answer(*[record("arXiv", ARXIV), record("arXivRaw", RAW)] * 2000).encode()
    start = time.process_time()
    found = list(arxiv_oai.parse(Content.of(data), Told(Capture(datetime(2026, 1, 1), "modified"))))
    assert time.process_time() - start < 10
    assert found[-1].read_count == 4000


COUNTS = {
    "adsingest__arxiv_multi_20230125.xml": 3,
    "hepcrawl__arxiv-physics-hep-ex.xml": 3,
    "hepcrawl__arxiv-physics-hep-th.xml": 3,
    "hepcrawl__sample_arxiv_record.xml": 12,
    "mikesaelim__ListRecordsResponse.xml": 6,
    "mikesaelim__ErrorResponseNoRecordsMatch.xml": 0,
}


@pytest.mark.corpus
def test_real_answers(corpus: Path, parts: Parts) -> None:
    files = sorted((corpus / "samples" / "arxiv_oai").glob("*.xml"))
    assert len(files) == 28
    for file in files:
        data = file.read_bytes()
        told = Told(Capture(datetime(2026, 1, 1), "modified"))
        found = parts(data, told=told)
        records = [part for part in found if isinstance(part, Record)]
        rejects = [part.code for part in found if isinstance(part, Reject)]
        is_error = file.name.startswith("mikesaelim__Error") and "NoRecords" not in file.name
        assert (len(records), rejects) == (0 if is_error else COUNTS.get(file.name, 1), ["error_answer"] if is_error else []), file.name
        assert all(record.values["authors"] and record.values["abstract"] and record.values["published_on"] for record in records)
        form = recognize(data)
        assert isinstance(form, Format)
        assert [path for path, kind, _ in told.paths.rows() if (path, kind) not in form.known] == []
