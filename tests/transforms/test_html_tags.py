"""Start tags as a browser sees them, with the place of every value."""

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from transforms.html_tags import Unescaped, start_tags

VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def attributes(raw: bytes) -> list[tuple[str, dict[str, str]]]:
    return [(name, {key: Unescaped(value).data.decode() for key, value in found.items()}) for name, found in start_tags(raw)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"<div a=\"1\" b='2' c=3 d>", [("div", {"a": "1", "b": "2", "c": "3", "d": ""})]),
        (b'<DIV\n\tA = "x > y"\n  B=\'it is "so"\'/>', [("div", {"a": "x > y", "b": 'it is "so"'})]),
        (b"<!-- <p a=1> --><b>", [("b", {})]),
        (b"<script>if (a <b c=1) {}</script ><p>", [("script", {}), ("p", {})]),
        (b"<title><p></title><q>", [("title", {}), ("q", {})]),
        (b'<p a="1" a="2">', [("p", {"a": "1"})]),
        (b'<p a="never ends <b>', [("p", {"a": "never ends <b>"})]),
        (b"a < b </p> <3 <p x=&quot;&amp;lt;&#39;&nope;&copy>", [("p", {"x": "\"&lt;'&nope;&copy"})]),
    ],
)
def test_tags_and_attributes(raw: bytes, expected: list) -> None:
    assert attributes(raw) == expected


@given(st.dictionaries(st.sampled_from(["data-props", "data-target", "class", "id"]), st.tuples(VALUES, st.sampled_from("\"'")), min_size=1))
def test_another_parser_finds_the_same(given: dict[str, tuple[str, str]]) -> None:
    written = [f"{name}{' = ' if quote == chr(39) else '='}{quote}{html.escape(value)}{quote}" for name, (value, quote) in given.items()]
    raw = f"<html><body><!-- <div class='no'> --><div {' '.join(written)}>text</div></body></html>".encode()
    other = etree.fromstring(raw, etree.HTMLParser(encoding="utf-8")).find(".//div")
    assert attributes(raw)[-1] == ("div", dict(other.attrib)) == ("div", {name: value for name, (value, _) in given.items()})


@given(st.lists(st.sampled_from(["a", "é", "&", '"', "<", "'", "&amp;", "😀"]), max_size=12), st.data())
def test_every_place_in_a_value_leads_back_to_the_document(letters: list[str], data: st.DataObject) -> None:
    raw = f'<p x="{html.escape("".join(letters))}">'.encode()
    (_, found), *_ = start_tags(raw)
    value = Unescaped(found["x"])
    start = data.draw(st.integers(0, len(letters)))
    end = data.draw(st.integers(start, len(letters)))
    bounds = [len("".join(letters[:at]).encode()) for at in (start, end)]
    offset, length = value.place(*bounds)
    assert html.unescape(raw[offset : offset + length].decode()) == "".join(letters[start:end])


@given(st.binary(max_size=200))
def test_any_bytes_have_tags_or_none(data: bytes) -> None:
    for _, found in start_tags(data):
        for value in found.values():
            assert data[value.start : value.start + len(value.raw)] == value.raw


HOSTILE = [b"<a ", b"<a b=", b"<a b='", b'<a b="c"', b"<!--", b"<!-", b"<script>", b"</script", b"/ ", b"= ", b"a ", b"&amp", b'"']


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_bytes_take_no_longer_than_others(part: bytes) -> None:
    for start in (b"", b"<p ", b"<p x='"):
        begun = time.process_time()
        attributes(start + part * (300_000 // len(part)))
        assert time.process_time() - begun < 3
