"""Whatever bytes come as an answer or a page of Hugging Face: nothing raises, nothing hangs, every part has its place."""

import html
import json
import random
import time
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bronze import Landed, combined, read_document
from transforms.content import Content
from transforms.parsed import Capture, Page, Record, Reject, Told
from transforms.sources import FORMATS
from transforms.sources.hf_paper import record_values

SEEN = datetime(2026, 1, 15, 8, 0)
CAPTURE = Capture(SEEN, "modified")
PARSERS = {form.name: form.parse for form in FORMATS if form.name in ("hf_json", "hf_html")}
# What is in a record has an id of its own, so that its bytes can be told.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = ["id", "title", "summary", "publishedAt", "submittedOnDailyAt", "upvotes", "authors", "githubRepo", "organization", "mediaUrls", "x"]
PAPERS = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=6)


def item(number: int, title: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"paper": {**more, "id": f"2407.{number:05}", "title": f"T{title}"}, "publishedAt": "2024-07-31T12:00:00.000Z", **more}


ITEMS = st.lists(st.tuples(TEXTS, PAPERS), min_size=1, max_size=4).map(lambda found: [item(number, *one) for number, one in enumerate(found)])


def as_listing(items: list, chance: random.Random) -> bytes:
    return json.dumps(items, indent=chance.choice([None, 2]), ensure_ascii=chance.random() < 0.5).encode()


def as_strings(items: list, chance: random.Random) -> bytes:
    strings = [str(one) for one in items]
    return json.dumps({"status": "success", "data": strings} if chance.random() < 0.5 else strings).encode()


def as_page(items: list, chance: random.Random) -> bytes:
    value = html.escape(json.dumps({"date": "2024-08-01T00:00:00.000Z", "dailyPapers": items}, ensure_ascii=False))
    tag = [f'data-props="{value}"', "data-target='DailyPapers'"]
    chance.shuffle(tag)
    return f"<html><title>Daily Papers</title><div {' '.join(tag)}></div>".encode()


SHAPES = {as_listing: "hf_json", as_strings: "hf_json", as_page: "hf_html"}


def check(data: bytes, name: str) -> list[Record]:
    parts = list(PARSERS[name](Content.of(data), Told(CAPTURE)))
    page = parts[-1]
    assert isinstance(page, Page)
    placed = [part for part in parts if isinstance(part, Record | Reject)]
    assert page.read_count == len(placed)
    positions = [part.position for part in placed if part.position is not None]
    assert len(set(positions)) == len(positions)
    for part in placed:
        end = part.offset + (part.length or 0)
        assert 0 <= part.offset <= end <= len(data)
        if isinstance(part, Record):
            assert part.position >= 1
            assert part.values["title"].strip()
            held = data[part.offset : end].decode("utf-8", "replace")
            if source_id := part.values.get("source_id"):
                assert source_id in html.unescape(held)
    landed = Landed(sha256(data).hexdigest(), "x", len(data), SEEN, CAPTURE)
    row = combined(list(read_document(landed, Content.of(data), Told(CAPTURE).limits))).documents.row(0, named=True)
    assert row["read_count"] == row["kept_count"] + row["rejected_count"]
    return [part for part in placed if isinstance(part, Record)]


@given(ITEMS, st.sampled_from([*SHAPES]), st.randoms(use_true_random=False))
def test_every_item_comes_back_from_its_own_bytes(items: list, shape: Any, chance: random.Random) -> None:
    found = check(shape(items, chance), SHAPES[shape])
    assert [record.values.get("source_id") for record in found] == [one["paper"]["id"] for one in items]
    assert [record.values["title"] for record in found] == [one["paper"]["title"] for one in items]


@given(ITEMS, st.sampled_from([*SHAPES]), st.sampled_from(["cut", "flip", "splice", "drop"]), st.randoms(use_true_random=False))
def test_a_damaged_document_loses_no_place(items: list, shape: Any, damage: str, chance: random.Random) -> None:
    data = bytearray(shape(items, chance))
    at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    if damage == "cut":
        data = data[at:] if chance.random() < 0.3 else data[:at]
    elif damage == "drop":
        del data[at : min(to, at + 3)]
    elif damage == "splice":
        data = data[:to] + data[at:]
    else:
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.choice(b'\x00\n "\\{}[],:<>&;\xff\xc2')
    for name in PARSERS:
        check(bytes(data), name)


@given(st.binary(max_size=200) | st.text(st.sampled_from("[]{},:\"'\\ apert&<>=-0"), max_size=60).map(str.encode), st.sampled_from([*PARSERS]))
def test_any_bytes_are_kept_or_rejected(data: bytes, name: str) -> None:
    check(data, name)
    for form in FORMATS:
        form.matches(data)


@given(PAPERS | st.fixed_dictionaries({"paper": PAPERS | ANYTHING, "UpvoteControl": ANYTHING}))
def test_any_object_has_columns_of_their_types(value: dict) -> None:
    before = json.dumps(value)
    found = record_values(value)
    assert json.dumps(value) == before
    for name, one in found.items():
        if name.endswith("_count"):
            assert type(one) is int
            assert -(2**63) <= one < 2**63
        else:
            assert isinstance(one, str)


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for name, one in value.items() if (name, one) != ("hidden", False) for leaf in leaves(one)]
    return [leaf for one in value for leaf in leaves(one)] if isinstance(value, list) else [json.dumps(value)]


@given(ITEMS)
def test_nothing_that_an_item_says_is_lost(items: list) -> None:
    for value in json.loads(json.dumps(items).replace("Infinity", "0").replace("NaN", "0")):
        found = record_values(value)
        texts = {name: json.loads(one) if name in ("rest", "authors", "links") else one for name, one in found.items()}
        assert set(leaves(value)) <= set(leaves(texts))


@pytest.mark.parametrize(
    "part",
    [
        '{"paper":',
        '{"paper":{"a":"',
        "{'paper': {",
        "\"{'paper': {",
        "[",
        '"',
        "\\",
        '"\\"',
        ",",
        '{"paper":{"title":"T"}},',
        "&quot;",
        "<div data-target=",
    ],
)
def test_hostile_documents_take_no_longer_than_others(part: str) -> None:
    for start in ("[", '{"data":[', '{"paper":{"title":"', '<html><div data-target=DailyPapers data-props=\'{"dailyPapers":['):
        data = (start + part * (200_000 // len(part))).encode()
        begun = time.process_time()
        for parse in PARSERS.values():
            for _ in parse(Content.of(data), Told(CAPTURE)):
                pass
        assert time.process_time() - begun < 6
