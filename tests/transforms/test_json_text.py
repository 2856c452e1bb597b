"""JSON from outside, against the standard library's decoder where that is right."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bronze import Bronze
from transforms.json_text import MAX_DEPTH, BadJson, check_depth, dumps, loads, loads_exactly

NUMBERS = st.integers() | st.integers(-(10**60), 10**60) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(["[[", '"]', "\\", "9" * 30])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_value_is_read_with_all_its_digits_and_written_so_that_it_reads_the_same(value: Any, is_ascii: bool, indent: int | None) -> None:
    raw = json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()
    assert loads(raw) == value
    assert loads(dumps(value).encode()) == value


@pytest.mark.parametrize(
    "digits",
    ["18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "9" * 30, "-" + "8" * 400, "1" + "0" * 4_000],
    ids=lambda digits: f"{len(digits)} digits",
)
@pytest.mark.parametrize("around", ["%s", "[1, %s]", '{"a": {"b": %s}}', "[NaN, %s]", '["text 12345678901234567890", %s,"\\ud800"]'])
def test_a_whole_number_keeps_its_digits_wherever_it_stands(digits: str, around: str) -> None:
    raw = (around % digits).encode()
    assert digits in dumps(loads(raw))


def test_a_number_beyond_any_float_is_kept_as_text() -> None:
    assert loads(b"[1e400, -1e999, 1e5, 0.1]") == ["1e400", "-1e999", 1e5, 0.1]


def test_a_number_of_more_digits_than_python_takes_is_bad_json() -> None:
    with pytest.raises(BadJson):
        loads(b"[" + b"9" * 5_000 + b"]")


def test_an_identifier_that_is_a_number_keeps_its_zeros() -> None:
    assert loads_exactly(b'{"id": 2503.02130, "n": 12345678901234567890123}') == {"id": "2503.02130", "n": 12345678901234567890123}


def test_what_is_written_is_json_whatever_the_value_holds() -> None:
    value = [float("nan"), float("inf"), 10**30, "\ud800", {"a\udfff": -float("inf")}]
    assert json.loads(dumps(value)) == [None, None, 10**30, "\ufffd", {"a\ufffd": None}]


@pytest.mark.parametrize(
    ("opening", "closing", "levels", "neighbours"),
    [(b"[", b"]", 1, 0), (b'{"a":', b"}", 1, 0), (b'[{"\\"[":', b"}]", 2, 0), (b'[[],{"a":1},', b"]", 1, 1)],
    ids=["arrays", "objects", "both", "with neighbours"],
)
@pytest.mark.parametrize(("before", "after"), [(b"", b""), (b" [NaN, ", b"]")], ids=["plain", "lenient"])
def test_nesting_is_read_up_to_the_bound_and_refused_beyond_it(
    opening: bytes, closing: bytes, levels: int, neighbours: int, before: bytes, after: bytes
) -> None:
    def nested(count: int) -> bytes:
        return before + opening * count + b"1" + closing * count + after

    most = (MAX_DEPTH - len(after) - neighbours) // levels
    assert loads(nested(most)) is not None
    for deeper in (most + 1, 500 // levels, 1_000, 100_000):
        with pytest.raises(BadJson, match="nested more than 200 deep"):
            loads(nested(deeper))


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(VALUES, st.integers(0, 230))
def test_the_depth_is_that_of_the_value(value: Any, more: int) -> None:
    raw = b"[" * more + json.dumps(value).encode() + b"]" * more
    if depth_of(value) + more > MAX_DEPTH:
        with pytest.raises(BadJson):
            check_depth(raw)
    else:
        check_depth(raw)


@pytest.mark.parametrize(
    "part", [b"[", b"[{", b'{"', b'"[', b"]", b"[]", b"[1,", b'\\"', b"[[]", b"9", b"9999999999999999999,", b"[" * 150 + b"]" * 150]
)
def test_hostile_bytes_take_linear_time(part: bytes) -> None:
    raw = b"[" + part * (4_000_000 // len(part))
    began = time.process_time()
    with pytest.raises(BadJson):
        loads(raw)
    assert time.process_time() - began < 3


ITEMS = {
    "openalex_json": b'{"id":"https://openalex.org/W%d","doi":null,"title":"Rain","authorships":[],"open_access":{},"referenced_works":[],"primary_location":null,"x":%s}',
    "hf_json": b'{"paper":{"id":"2412.0000%d","title":"Rain","summary":"It rains.","publishedAt":"2024-12-01","upvotes":1,"x":%s}}',
    "paperlists": b'{"id":"x%d","title":"Rain","author":"Bo","track":"main","status":"Poster","aff":"","x":%s}',
}


@pytest.mark.parametrize("deep", [201, 250, 255, 300, 800, 1_000, 1_100, 5_000])
@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_a_record_that_is_nested_too_deep_costs_itself_alone(read: Callable[..., Bronze], deep: int, item: bytes) -> None:
    raw = b"[" + b",".join([item % (1, b"1"), item % (2, b"[" * deep + b"]" * deep), item % (3, b"1")]) + b"]"
    found = read(raw)
    assert found.records["position"].to_list() == [1, 3]
    assert found.rejects["position"].to_list() == [2]
    assert "nested more than 200 deep" in found.rejects["reason"][0]
