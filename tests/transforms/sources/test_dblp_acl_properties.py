"""What must hold of any DBLP or Anthology file, whole or damaged: nothing raises, nothing is lost, every record has its place."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.content import HEAD_BYTES, Content
from transforms.json_text import loads
from transforms.parsed import RECORD_COLUMNS, Capture, Limits, Page, Part, Passed, Record, Reject, Told
from transforms.sources import acl, dblp
from warehouse.schema.bronze import REJECT_CODES

PARSERS = {"dblp": dblp, "acl": acl}
# A letter of its own at the end of each title, so that a record's bytes can be told.
DBLP = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE dblp SYSTEM "dblp.dtd">
<dblp>
<article mdate="2020-01-01" key="j/x/A1"><author orcid="0">Ada L&ouml;mp 0001</author><title>On <i>Lamps</i> A.</title><year>2020</year>
<month>May</month><ee type="oa">https://doi.org/10.5555/1</ee><ee>https://arxiv.org/abs/2001.00001</ee></article>
<www key="homepages/1/1" mdate="2020-01-01"><author>Ada Lamp</author><title>Home Page</title></www>
<book key="b/x/B1" mdate="2020-01-01"><editor>Bo Field</editor><title>Book B.</title><isbn>1</isbn><series href="s">Row</series></book>
<!-- <article key="no"> --><data key="d/x/C1" mdate="2020-01-01"><title><![CDATA[<article> C.]]></title></data>
</dblp>
"""
ACL = """<?xml version='1.0' encoding='UTF-8'?>
<collection id="2022.tiny"><volume id="long" ingest-date="2022-05-15"><meta><booktitle>Tiny <fixed-case>W</fixed-case>orkshop</booktitle>
<editor><first>Bo</first><last>Field</last></editor><volume>7</volume><month>May</month><year>2022</year></meta>
<frontmatter><url hash="1">2022.tiny-long.0</url></frontmatter>
<paper id="1"><title><fixed-case>L</fixed-case>amps A</title><author><first>Ada</first><last>Lämp</last></author><doi>10.5555/1</doi>
<url hash="2">2022.tiny-long.1</url></paper>
<paper id="2"><title>Lamps B</title><abstract>All <tex-math>n</tex-math> lamps.</abstract><attachment type="data">a.zip</attachment></paper>
</volume><volume id="short"><meta><booktitle>Short</booktitle></meta><paper id="1"><title>Lamps C</title><retracted/></paper></volume></collection>
"""
WHOLE = {"dblp": (DBLP.encode("latin-1"), 3, 1), "acl": (ACL.encode(), 3, 1)}
TAGS = {"dblp": rb"<article <book <data ", "acl": rb"<paper <frontmatter "}


def parts_of(name: str, data: bytes, limits: Limits = Limits()) -> list[Part]:
    return list(PARSERS[name].parse(Content.of(data), Told(Capture(datetime(2026, 1, 15), "modified"), limits)))


def check_nothing_is_lost(name: str, data: bytes, limits: Limits = Limits()) -> list[Part]:
    parts = parts_of(name, data, limits)
    assert isinstance(parts[-1], Page)
    assert sum(isinstance(part, Page) for part in parts) == 1
    kept = [part for part in parts if isinstance(part, Record)]
    rejects = [part for part in parts if isinstance(part, Reject)]
    assert parts[-1].read_count == len(kept) + len(rejects)
    positions = [part.position for part in (*kept, *rejects) if part.position is not None]
    assert len(set(positions)) == len(positions)
    assert all(position >= 1 for position in positions)
    last = 0
    for record in kept:
        raw = data[record.offset : record.offset + record.length]
        assert last <= record.offset
        assert len(raw) == record.length
        last = record.offset + record.length
        assert raw.startswith(tuple(TAGS[name].strip().split()))
        assert raw.endswith(b">")
        assert set(record.values) <= set(RECORD_COLUMNS)
        assert record.values["title"].strip()
        assert all(value is None or isinstance(value, str) for value in record.values.values())
        assert record.values["title"][-1].encode() in raw
        for column in ("authors", "identifiers", "links", "rest"):
            loads((record.values.get(column) or "null").encode())
    for reject in rejects:
        assert reject.code in REJECT_CODES
        assert 0 <= reject.offset <= len(data)
        assert reject.length is None or reject.offset + reject.length <= len(data)
        assert reject.raw is None or data[reject.offset :].startswith(reject.raw)
    return parts


@pytest.mark.parametrize("name", PARSERS)
def test_the_whole_document_is_kept(name: str) -> None:
    data, kept, passed = WHOLE[name]
    parts = check_nothing_is_lost(name, data)
    assert sum(isinstance(part, Record) for part in parts) == kept
    assert sum(isinstance(part, Passed) for part in parts) == passed
    assert not any(isinstance(part, Reject) for part in parts)


@pytest.mark.parametrize("name", PARSERS)
@given(st.binary(max_size=300))
def test_any_bytes_are_kept_or_rejected(name: str, data: bytes) -> None:
    PARSERS[name].matches(data)
    check_nothing_is_lost(name, data)


@pytest.mark.parametrize("name", PARSERS)
@given(st.data())
def test_a_damaged_document_loses_nothing(name: str, data: st.DataObject) -> None:
    text = bytearray(WHOLE[name][0])
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 300)))
        damage = data.draw(st.sampled_from(["drop", "double", "swap", "flip"]))
        new = {
            "drop": b"",
            "double": bytes(text[start:end]) * 2,
            "swap": bytes(WHOLE["acl" if name == "dblp" else "dblp"][0][start:end]),
            "flip": data.draw(st.sampled_from([b"\0", b"<", b">", b"&", b'"', b"/", b"\xff", b"]]>", b"<!--", b"<![CDATA[", b"&l;", b"&#0;"])),
        }[damage]
        text[start:end] = new
    PARSERS[name].matches(bytes(text[:HEAD_BYTES]))
    check_nothing_is_lost(name, bytes(text), Limits(max_record_bytes=data.draw(st.sampled_from([1 << 24, 150]))))


@pytest.mark.parametrize("name", PARSERS)
def test_a_cut_anywhere_keeps_what_stands_before_it(name: str) -> None:
    data = WHOLE[name][0]
    whole = [part for part in parts_of(name, data) if isinstance(part, Record)]
    for end in range(data.index(b"\n<") + 2, len(data), 3):
        kept = [part for part in check_nothing_is_lost(name, data[:end]) if isinstance(part, Record)]
        assert kept == [record for record in whole if record.offset + record.length <= end]


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize(
    "part",
    [
        "<",
        "<article ",
        "<article>",
        "<paper id='1'>",
        "<volume id='1'>",
        "<!--",
        "<![CDATA[",
        "&amp;",
        "&x;",
        "<i>",
        "'",
        '"',
        "<meta>",
        "</dblp>",
        "]",
    ],
)
def test_hostile_bytes_take_no_longer_than_others(name: str, part: str) -> None:
    data = WHOLE[name][0]
    for at in (0, data.index(b"A"), data.index(b"mps")):
        hostile = data[:at] + (part * (200_000 // len(part))).encode() + data[at:]
        assert seconds(lambda: check_nothing_is_lost(name, hostile)) < 3  # noqa: B023
        assert seconds(lambda: PARSERS[name].matches(hostile[:HEAD_BYTES])) < 0.5  # noqa: B023
