"""What must hold of any bytes for each JSON format: nothing raises, nothing is lost, and every record has its place."""

import json
import random
import time
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.bronze import Bronze, Landed, combined, read_document
from transforms.content import Content
from transforms.parsed import Capture, Limits, Page, Passed, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import FORMATS, Format

SEEN = datetime(2026, 1, 15, 8, 0)
CAPTURE = Capture(SEEN, "modified")
NAMES = ("arxiv_snapshot", "openalex", "s2_papers", "s2_abstracts", "crossref")
FORMS = [form for form in FORMATS if form.name in NAMES]
TITLE_OF = {"crossref": ["Tables at Rest"]}
RECORDS: dict[str, dict[str, Any]] = {
    "arxiv_snapshot": {
        "id": "2101.11408",
        "submitter": "L. Fisch",
        "authors": "L. Fisch",
        "title": "Tables at Rest",
        "journal-ref": None,
        "categories": "cs.DS",
        "abstract": '  Zwölf \\ tables "rest" [so]. {\n',
        "versions": [{"version": "v1", "created": "Mon, 11 Jan 2021 20:31:27 GMT"}],
        "authors_parsed": [["Fisch", "L.", ""]],
    },
    "openalex": {
        "id": "https://openalex.org/W1",
        "title": "Tables at Rest",
        "abstract_inverted_index": {"Tables": [0], 're"st}': [1]},
        "authorships": [{"author": {"display_name": "L. Fisch"}, "institutions": []}],
        "primary_location": {"landing_page_url": "https://arxiv.org/abs/2101.11408", "source": None},
        "publication_date": "2021-01-11",
    },
    "s2_papers": {
        "corpusid": 7,
        "externalids": {"DOI": "10.5555/rest", "CorpusId": "7"},
        "title": "Tables at Rest",
        "authors": [{"authorId": "1", "name": "L. Fisch"}],
        "journal": {"name": "Rest"},
        "year": 2021,
    },
    "s2_abstracts": {"corpusid": 7, "openaccessinfo": {"externalids": {"DOI": "10.5555/rest"}}, "abstract": "Tables rest \\ [so]."},
    "crossref": {
        "DOI": "10.5555/rest",
        "type": "journal-article",
        "member": "1",
        "prefix": "10.5555",
        "title": ["Tables at Rest"],
        "issued": {"date-parts": [[2021]]},
        "author": [{"family": "Fisch"}],
    },
}
WRAPPED = {
    "openalex": lambda records: {"meta": {"db_response_time_ms": 3}, "results": records, "group_by": []},
    "s2_papers": lambda records: {"total": 3, "offset": 0, "data": records},
    "crossref": lambda records: {"status": "ok", "message-type": "work-list", "message": {"items": records}},
}


def written(name: str, style: str, count: int) -> bytes:
    records = [RECORDS[name]] * count
    if style == "lines" or (style.startswith("answer") and name not in WRAPPED):
        return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)
    value = WRAPPED[name](records) if style.startswith("answer") else records
    return json.dumps(value, ensure_ascii=False, indent=2 if style.endswith("indented") else None).encode()


def check(form: Format, data: bytes, limits: Limits = Limits()) -> None:
    """The parser alone, whatever the recognition says of these bytes."""
    told = Told(CAPTURE, limits)
    parts = list(form.parse(Content.of(data), told))
    assert isinstance(parts[-1], Page)
    records = [part for part in parts if isinstance(part, Record)]
    rejects = [part for part in parts if isinstance(part, Reject)]
    assert len(records) + len(rejects) + sum(isinstance(part, Passed) for part in parts) + 1 == len(parts)
    assert parts[-1].read_count == len(records) + len(rejects)
    positions = [part.position for part in [*records, *rejects]]
    assert len(set(positions)) == len(positions)
    assert None not in positions
    end = 0
    for part in parts:
        if isinstance(part, Record | Reject):
            assert part.length is not None
            assert end <= part.offset
            end = part.offset + part.length
            assert end <= len(data)
            if part.length and isinstance(part, Reject) and part.raw is not None:
                assert data[part.offset :].startswith(part.raw)
    for record in records:
        text = data[record.offset : record.offset + record.length]
        assert text[:1] == b"{"
        assert text[-1:] == b"}"
        title = record.values.get("title")
        assert form.name == "s2_abstracts" or (type(title) is str and title.strip())
        for name, value in record.values.items():
            assert value is None or type(value) is (int if name.endswith("_count") else str), name
    assert told.paths.rows() == sorted(told.paths.rows())


def read(data: bytes) -> Bronze:
    landed = Landed(sha256(data).hexdigest(), "bulk.json", len(data), SEEN, CAPTURE)
    return combined(list(read_document(landed, Content.of(data), Limits())))


@pytest.mark.parametrize("style", ["lines", "array", "array indented", "answer", "answer indented"])
@pytest.mark.parametrize("name", NAMES)
def test_each_layout_of_each_format_is_known_and_read(name: str, style: str) -> None:
    data = written(name, style, 3)
    found = read(data)
    assert found.documents["format"].to_list() == [name]
    assert (found.records.height, found.rejects.height) == (3, 0)
    spans = found.records.select("byte_offset", "byte_length").rows()
    assert [json.loads(data[offset : offset + length]) for offset, length in spans] == [RECORDS[name]] * 3


@pytest.mark.parametrize("name", NAMES)
def test_one_format_matches_and_no_other(name: str) -> None:
    for style in ("lines", "array indented", "answer"):
        head = written(name, style, 2)
        assert [form.name for form in FORMATS if form.matches(head)] == [name]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@given(data=st.binary(max_size=200) | st.text(st.sampled_from('{}[]",:\\ \n1n\ufeffé'), max_size=60).map(str.encode))
def test_any_bytes_are_kept_or_rejected(form: Format, data: bytes) -> None:
    check(form, data)
    form.matches(data)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@settings(max_examples=60)
@given(
    style=st.sampled_from(["lines", "array", "array indented", "answer", "answer indented"]),
    damage=st.sampled_from(["cut", "flip", "splice"]),
    chance=st.randoms(use_true_random=False),
    most=st.sampled_from([1 << 24, 300]),
)
def test_damaged_documents_are_kept_or_rejected(form: Format, style: str, damage: str, chance: random.Random, most: int) -> None:
    data = written(form.name, style, 3)
    if damage == "cut":
        at = chance.randrange(len(data))
        data = data[:at] if chance.random() < 0.7 else data[at:]
    elif damage == "flip":
        raw = bytearray(data)
        for _ in range(chance.randrange(1, 5)):
            raw[chance.randrange(len(raw))] = chance.choice(b'{}[]",:\\ \n0\xff\x00x')
        data = bytes(raw)
    else:
        one, other = sorted(chance.randrange(len(data)) for _ in range(2))
        data = data[:other] + data[one:]
    check(form, data, Limits(max_record_bytes=most))
    recognize(data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@settings(max_examples=60)
@given(data=st.data())
def test_any_value_in_any_field_is_kept_somewhere(form: Format, data: st.DataObject) -> None:
    record = RECORDS[form.name]
    field = data.draw(st.sampled_from(sorted(record)))
    value = data.draw(VALUES)
    text = json.dumps({**record, field: value, "unheard-of": value}).encode()
    check(form, text)
    for part in form.parse(Content.of(text), Told(CAPTURE)):
        if isinstance(part, Record) and value is not None:
            assert json.loads(part.values["rest"])["unheard-of"] == value


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "part", [b"{", b"[", b'{"a":', b'"', b"\\", b"}", b"]", b"{}", b"[]", b",", b"\n", b"null,", b'{"title":" ","a":[{', b"1 ", b" ", b'"\\"']
)
@pytest.mark.parametrize("start", [b"", b'{"items":[', b"["])
def test_hostile_bytes_take_a_moment(form: Format, part: bytes, start: bytes) -> None:
    data = start + part * (200_000 // len(part))
    began = time.process_time()
    for _ in form.parse(Content.of(data), Told(CAPTURE)):
        pass
    form.matches(data[: 1 << 16])
    assert time.process_time() - began < 6


@pytest.mark.parametrize("field", ["title", "authors", "comments", "doi", "abstract"])
@pytest.mark.parametrize("part", [" ", "this ", "10.1;", " and ", "; ", "withdrawn ", "\n", "v1", "arxiv.org/abs/", "x, "])
def test_a_hostile_text_takes_no_longer_than_another(field: str, part: str) -> None:
    form = next(form for form in FORMS if form.name == "arxiv_snapshot")
    record = {**RECORDS["arxiv_snapshot"], "authors_parsed": None, field: part * (300_000 // len(part))}
    began = time.process_time()
    check(form, json.dumps(record).encode())
    assert time.process_time() - began < 3
