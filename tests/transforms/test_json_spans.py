import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.json_spans import Span, load, members, parts, value_at
from transforms.json_text import BadJson, head_paths, loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 2]), st.booleans())
def test_the_parts_of_an_array_are_its_elements(values: list, indent: int | None, ascii_only: bool) -> None:
    raw = b" " + json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode() + b" tail"
    spans, end = parts(raw, 1)
    assert [load(raw, span) for span in spans] == values
    assert end == len(raw) - 5
    assert all(span.is_closed and raw[span.start : span.end].strip() == raw[span.start : span.end] for span in spans)


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=6))
def test_the_members_of_an_object_have_names_and_values(value: dict) -> None:
    raw = json.dumps(value).encode()
    spans, _ = parts(raw, 0)
    assert {name: load(raw, span) for name, span in members(raw, spans)} == value


def test_depth_is_counted_and_the_end_is_known() -> None:
    raw = b'[1, [[2]], {"a": "]"}, [3'
    spans, end = parts(raw, 0)
    assert spans == [Span(1, 2, 0), Span(4, 9, 2), Span(11, 21, 1), Span(23, 25, 1, is_closed=False)]
    assert end is None
    assert value_at(raw) == Span(0, 25, 3, is_closed=False)
    assert value_at(b"[[1]] 2") == Span(0, 5, 2)
    assert value_at(b"12") == Span(0, 2)


def test_what_is_nested_too_deep_is_not_read() -> None:
    raw = b"[" * 300 + b"]" * 300
    with pytest.raises(BadJson, match="brackets nested 300 deep, more than 200"):
        load(raw, value_at(raw))


def attempt(call: Callable[[bytes], object], raw: bytes) -> float:
    start = time.process_time()
    with suppress(BadJson):
        call(raw)
    return time.process_time() - start


@pytest.mark.parametrize("part", [b'"', b'\\"', b'"\\', b"{", b'{"', b'["a",', b",", b" ", b'"a":'])
def test_hostile_bytes_take_no_longer_than_others(part: bytes) -> None:
    # A quadratic pattern takes minutes for this.
    for start in (b"[", b'{"a'):
        raw = start + part * (300_000 // len(part))
        assert attempt(lambda raw: parts(raw, 0), raw) < 3
        assert attempt(head_paths, raw[:65536]) < 3
        assert attempt(loads, raw) < 3
