"""`arxiv_atom`: answers of the API and announcements by value, errors, and what any bytes may do. The papers are invented."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.content import Content
from transforms.parsed import Capture, Limits, Page, Part, Record, Reject, Told
from transforms.sources import arxiv_atom

Parts = Callable[..., list[Part]]
Rows = Callable[..., list[dict[str, Any]]]

SPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom"'
ENTRY = """<entry>
    <id>http://arxiv.org/abs/2605.01234v2</id>
    <title>Lamps of the
  North</title>
    <updated>2026-05-12T12:00:00Z</updated>
    <link href="https://arxiv.org/abs/2605.01234v2" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/2605.01234v2" rel="related" type="application/pdf" title="pdf"/>
    <link href="https://doi.org/10.1000/a.1" rel="related" title="doi"/>
    <summary>We light lamps &amp; caf&eacute;s.</summary>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <published>2026-05-10T12:00:00Z</published>
    <arxiv:comment>25 pages</arxiv:comment>
    <arxiv:journal_ref>J. Lamps 12 (2026) 6</arxiv:journal_ref>
    <arxiv:doi>10.1000/a.1 10.1000/b.2</arxiv:doi>
    <arxiv:primary_category term="cs.CL"/>
    <author><name>Ada Quill</name><arxiv:affiliation>Oslo</arxiv:affiliation></author>
    <author><name>Bo Reed</name></author>
  </entry>"""
ERROR = """<entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_1234.12345</id><title>Error</title>
    <summary>incorrect id format for 1234.12345</summary><updated>2026-05-11T00:00:00Z</updated>
    <link href="http://arxiv.org/api/errors#incorrect_id_format_for_1234.12345" rel="alternate" type="text/html"/>
    <author><name>arXiv api core</name></author></entry>"""


def feed(*entries: str, head: str = "<updated>2026-05-13T11:50:16Z</updated>", encoding: str = "UTF-8") -> str:
    printed = "\n  ".join(entries)
    start = f"<?xml version='1.0' encoding='{encoding}'?>\n<feed {SPACES}>\n  <id>https://arxiv.org/api/x</id><title>arXiv Query</title>"
    return f"{start}{head}\n  {printed}\n</feed>\n"


def announced(arxiv_id: str, kind: str, day: str = "2026-09-24") -> str:
    return f"""<entry><id>oai:arXiv.org:{arxiv_id}</id><title>Lamps</title><updated>{day}T04:05:00+00:00</updated>
    <link href="https://arxiv.org/abs/{arxiv_id[:-2]}" rel="alternate" type="text/html"/>
    <summary>arXiv:{arxiv_id} Announce Type: {kind}
Abstract: We light lamps.</summary><category term="cs.CL"/><published>{day}T00:00:00-04:00</published>
    <arxiv:announce_type>{kind}</arxiv:announce_type><dc:rights>http://arxiv.org/licenses/x/1.0/</dc:rights>
    <dc:creator>Ada Quill, Bo Reed</dc:creator></entry>"""


RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
  <title>cs.NI updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.NI</link>
  <lastBuildDate>Tue, 15 Sep 2026 04:00:10 +0000</lastBuildDate><pubDate>Tue, 15 Sep 2026 00:00:00 -0400</pubDate>
  <item><title>Lamps on Wires</title><link>https://arxiv.org/abs/2609.01234</link>
    <description>arXiv:2609.01234v1 Announce Type: new
Abstract: We light lamps.</description>
    <guid isPermaLink="false">oai:arXiv.org:2609.01234v1</guid><category>cs.NI</category>
    <pubDate>Tue, 15 Sep 2026 00:00:00 -0400</pubDate><arxiv:announce_type>new</arxiv:announce_type>
    <arxiv:DOI>10.1000/a.1</arxiv:DOI><arxiv:journal_reference>J. Lamps 12</arxiv:journal_reference>
    <dc:rights>http://arxiv.org/licenses/x/1.0/</dc:rights><dc:creator>Ada Quill, Bo Reed</dc:creator></item>
</channel></rss>
"""


def test_an_answer_of_the_api_by_value(rows: Rows) -> None:
    assert rows(feed(ENTRY)) == [
        {
            "source_id": "2605.01234v2",
            "arxiv_id": "2605.01234v2",
            "title": "Lamps of the\n  North",
            "abstract": "We light lamps & cafés.",
            "authors": [{"name": "Ada Quill", "affiliations": ["Oslo"]}, {"name": "Bo Reed"}],
            "published_on": "2026-05-10T12:00:00Z",
            "updated_on": "2026-05-12T12:00:00Z",
            "venue": "J. Lamps 12 (2026) 6",
            "doi": "10.1000/a.1",
            "identifiers": {"doi": ["10.1000/b.2"]},
            "links": [
                {"url": "https://arxiv.org/abs/2605.01234v2", "rel": "landing"},
                {"url": "https://arxiv.org/pdf/2605.01234v2", "rel": "pdf"},
                {"url": "https://doi.org/10.1000/a.1", "rel": "other"},
            ],
            "rest": {
                "id": "http://arxiv.org/abs/2605.01234v2",
                "comment": "25 pages",
                "primary_category": "cs.CL",
                "category": ["cs.CL", "cs.LG"],
            },
        }
    ]


def test_an_answer_of_the_api_is_dated_by_itself_and_lists_no_day(parts: Parts) -> None:
    page = parts(feed(ENTRY))[-1]
    assert page == Page(read_count=1, capture=Capture(datetime(2026, 5, 13, 11, 50, 16), "page"))
    assert parts(feed(ENTRY), seen_by="fetch")[-1].capture is None
    assert parts(feed(ENTRY, head=""))[-1].capture is None


def test_an_announcement_dates_only_what_is_new(rows: Rows, parts: Parts) -> None:
    text = feed(announced("2609.01234v1", "new"), announced("2301.00001v3", "replace"), announced("hep-th/9901001v1", "cross"))
    new, replaced, crossed = rows(text)
    assert new["published_on"] == new["listed_at"] == "2026-09-24T00:00:00-04:00"
    assert new["abstract"] == "We light lamps."
    assert new["authors"] == [{"name": "Ada Quill"}, {"name": "Bo Reed"}]
    assert new["rest"]["announce_type"] == "new"
    assert new["rest"]["rights"] == "http://arxiv.org/licenses/x/1.0/"
    assert (replaced["arxiv_id"], replaced["listed_at"]) == ("2301.00001v3", "2026-09-24T00:00:00-04:00")
    assert all("published_on" not in row and "updated_on" not in row for row in (replaced, crossed))
    assert crossed["arxiv_id"] == "hep-th/9901001v1"
    assert parts(text)[-1].listed_on == date(2026, 9, 24)


def test_announcements_of_two_days_have_no_day(parts: Parts) -> None:
    page = parts(feed(announced("2609.01234v1", "new"), announced("2609.01235v1", "new", "2026-09-25")))[-1]
    assert (page.listed_on, page.listed_on_is_inferred) == (None, None)


def test_rss_by_value(rows: Rows, parts: Parts) -> None:
    assert rows(RSS) == [
        {
            "source_id": "2609.01234v1",
            "arxiv_id": "2609.01234v1",
            "title": "Lamps on Wires",
            "abstract": "We light lamps.",
            "authors": [{"name": "Ada Quill"}, {"name": "Bo Reed"}],
            "published_on": "Tue, 15 Sep 2026 00:00:00 -0400",
            "listed_at": "Tue, 15 Sep 2026 00:00:00 -0400",
            "venue": "J. Lamps 12",
            "doi": "10.1000/a.1",
            "links": [{"url": "https://arxiv.org/abs/2609.01234", "rel": "landing"}],
            "rest": {
                "id": "oai:arXiv.org:2609.01234v1",
                "announce_type": "new",
                "creator": "Ada Quill, Bo Reed",
                "category": ["cs.NI"],
                "rights": "http://arxiv.org/licenses/x/1.0/",
                "guid/@isPermaLink": "false",
            },
        }
    ]
    page = parts(RSS)[-1]
    assert (page.listed_on, page.listed_on_is_inferred) == (date(2026, 9, 15), False)
    assert page.capture == Capture(datetime(2026, 9, 15, 4, 0, 10), "page")


def test_the_type_of_an_announcement_may_stand_in_its_text_only(rows: Rows) -> None:
    text = RSS.replace("<arxiv:announce_type>new</arxiv:announce_type>", "").replace("Type: new", "Type: replace-cross")
    (row,) = rows(text)
    assert (row["rest"]["announce_type"], row.get("published_on")) == ("replace-cross", None)


def test_a_comment_tells_a_withdrawal(rows: Rows) -> None:
    (row,) = rows(feed(ENTRY.replace("25 pages", "This paper has been withdrawn by the author")))
    assert row["status"] == "withdrawn"


def test_an_error_of_the_api_is_a_whole_reject(parts: Parts) -> None:
    reject, page = parts(feed(ERROR))
    assert (reject.code, reject.position, page.read_count) == ("error_answer", None, 1)
    assert "incorrect id format for 1234.12345; mend the request" in reject.reason


def test_an_error_among_papers_is_one_reject(parts: Parts) -> None:
    found = parts(feed(ERROR, ENTRY))
    assert [(type(part), part.position) for part in found[:-1]] == [(Record, 2), (Reject, 1)]


def test_an_answer_without_entries_is_empty(parts: Parts) -> None:
    (page,) = parts(feed())
    assert (page.read_count, page.listed_on) == (0, None)


def test_what_the_parser_does_not_know_is_kept(rows: Rows) -> None:
    more = '<link href="https://x.org/" rel="related" title="data"/><arxiv:grant n="1">g</arxiv:grant></entry>'
    (row,) = rows(feed(ENTRY.replace("</entry>", more)))
    assert row["rest"]["grant"] == {"@n": "1", "text": "g"}
    assert row["rest"]["link"] == [{"href": "https://x.org/", "rel": "related", "title": "data"}]
    assert row["links"][-1] == {"url": "https://x.org/", "rel": "other"}


def test_an_id_of_another_form_is_the_sources_key_only(rows: Rows) -> None:
    (row,) = rows(feed(ENTRY.replace("http://arxiv.org/abs/2605.01234v2", "tag:x.org,2026:1", 1)))
    assert (row["source_id"], row.get("arxiv_id")) == ("tag:x.org,2026:1", None)


def test_faults_cost_their_own_entry(parts: Parts) -> None:
    bad = ENTRY.replace("</name>", "</nome>", 1)
    untitled = ENTRY.replace("Lamps of the\n  North", " ")
    found = parts(feed(bad, ENTRY, untitled, ENTRY.replace("25 pages", "2" * 4000)), limits=Limits(max_record_bytes=3000))
    assert [(part.position, getattr(part, "code", None)) for part in found[:-1]] == [
        (1, "malformed"),
        (2, None),
        (3, "no_title"),
        (4, "record_too_large"),
    ]
    assert found[-1].read_count == 4


def test_a_feed_that_is_cut_off_says_so(parts: Parts) -> None:
    text = feed(ENTRY, ENTRY)
    assert [part.code for part in parts(text[: text.rindex("<author>")]) if isinstance(part, Reject)] == ["cut_off"]
    assert [part.code for part in parts(text[: text.index("</entry>") + 8]) if isinstance(part, Reject)] == ["cut_off"]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='http://x.org'/></entry></feed>",
        b"<html>http://arxiv.org/schemas/atom</html>",
        b"<rss><channel><title>News</title></channel></rss>",
        b"rss.arxiv.org",
    ],
)
def test_what_is_something_else_is_not_taken(head: bytes) -> None:
    assert not arxiv_atom.matches(head)


VALID = feed(ENTRY, announced("2609.01234v1", "new"), ENTRY).encode()
SPLICES = (b"<entry>", b"</entry>", b"<!--", b"<![CDATA[", b"]]>", b"&x;", b"\x00", b"\xff", b"</feed>", b"'", b'"', b">")


def parsed(data: bytes) -> list[Part]:
    return list(arxiv_atom.parse(Content.of(data), Told(Capture(datetime(2026, 1, 1), "modified"))))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_behind_a_beginning_do_no_harm(check_parts: Callable[..., None], data: bytes) -> None:
    for whole in (data, f"<feed {SPACES}>".encode() + data):
        check_parts(whole, parsed(whole))
        assert arxiv_atom.matches(whole) in (True, False)


@settings(max_examples=100)
@given(
    st.sampled_from([VALID, RSS.encode()]),
    st.lists(
        st.tuples(st.sampled_from(["cut", "splice", "flip", "drop"]), st.integers(0, len(VALID)), st.sampled_from(SPLICES), st.integers(1, 80)),
        max_size=4,
    ),
)
def test_a_damaged_feed_does_no_harm(check_parts: Callable[..., None], data: bytes, damages: list[tuple[str, int, bytes, int]]) -> None:
    for sort, at, splice, length in damages:
        changed = {"cut": data[:at], "splice": data[:at] + splice + data[at:], "flip": data[:at] + splice[:1] + data[at + 1 :]}
        data = changed.get(sort, data[:at] + data[at + length :])
    found = parsed(data)
    check_parts(data, found)
    for part in found:
        if isinstance(part, Record):
            assert data[part.offset :].startswith((b"<entry", b"<item"))
            assert json.loads(part.values["rest"] or "{}") is not None


@pytest.mark.corpus
def test_a_real_answer(corpus: Path, parts: Parts) -> None:
    (file,) = sorted((corpus / "samples" / "arxiv_atom").iterdir())
    told = Told(Capture(datetime(2026, 1, 1), "modified"))
    found = parts(file.read_bytes(), told=told)
    assert [part.values["arxiv_id"] for part in found if isinstance(part, Record)] == ["2605.08083v1", "2605.08077v1"]
    assert found[-1].read_count == 2
    assert [path for path, kind, _ in told.paths.rows() if (path, kind) not in arxiv_atom.KNOWN] == []
