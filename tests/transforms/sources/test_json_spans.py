"""Where the records of a JSON document are, against a parser that reads it whole."""

from io import BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.sources.json_spans import Place, pieces

TEXTS = st.sampled_from(['x"y', "\\", '\\"', "[{", "}]", "items", "é", "", '"items":[']) | st.text(max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=4)
AROUND = st.dictionaries(st.sampled_from(["meta", "count", 'm"', "group_by"]), VALUES, max_size=3)
BLOCKS = st.sampled_from([1, 2, 3, 7, 64, 1 << 20])


def wrapped(records: list[Any], around: dict[str, Any], place: Place) -> Any:
    value: Any = records if place.is_array else records[0]
    for key in reversed(place.keys):
        value = {**around, key: value, "after": around}
    return value


@given(
    RECORDS,
    AROUND,
    st.sampled_from([Place(), Place(("items",)), Place(("message", "items")), Place(("message",), is_array=False), Place((), is_array=False)]),
    st.sampled_from([0, orjson.OPT_INDENT_2]),
    BLOCKS,
)
def test_the_records_are_found_wherever_they_are(records: list[Any], around: dict[str, Any], place: Place, style: int, block: int) -> None:
    if not place.is_array:
        records = [{"a": records}]
    data = orjson.dumps(wrapped(records, around, place), option=style)
    found = list(pieces(BytesIO(data), place, 1 << 20, block))
    assert [orjson.loads(one.raw or b"") for one in found] == records
    assert [(one.number, one.fault) for one in found] == [(number, None) for number in range(1, len(records) + 1)]
    assert [data[one.offset : one.offset + one.length] for one in found] == [one.raw for one in found]


def found(data: bytes, place: Place = Place(("items",)), most: int = 1 << 20, block: int = 1 << 20) -> list[tuple[int, bytes, str | None]]:
    return [
        (one.number, data[one.offset : one.offset + one.length], one.fault[0] if one.fault else None)
        for one in pieces(BytesIO(data), place, most, block)
    ]


@pytest.mark.parametrize("block", [1, 5, 1 << 20])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"items":[{"a":1},,{"b":2}]}', [(1, b'{"a":1}', None), (2, b'{"b":2}', None)]),
        (b'{"items":[{"a":1}{"b":2}]}', [(1, b'{"a":1}', None), (2, b'{"b":2}', None)]),
        (b'{"items":[null,{"a":1}, 5 ,[{"b":2}]]}', [(1, b"null", None), (2, b'{"a":1}', None), (3, b"5", None), (4, b'[{"b":2}]', None)]),
        (b'{"items":[{"a":1},{"b":', [(1, b'{"a":1}', None), (2, b'{"b":', "cut_off")]),
        (b'{"items":[{"a":1},{"b":"}]}', [(1, b'{"a":1}', None), (2, b'{"b":"}]}', "cut_off")]),
        (b'{"items":[{"a":1}', [(1, b'{"a":1}', None)]),
        (b'{"items":[{"a":1}},{"b":2}]}', [(1, b'{"a":1}', None), (2, b'},{"b":2}]}', "malformed")]),
        (b'{"items":[{"a":1}]}]{"b":2}', [(1, b'{"a":1}', None), (2, b']{"b":2}', "malformed")]),
        (b'{"items":[{"a":1}]} and more', [(1, b'{"a":1}', None), (2, b"and more", None)]),
        (b'{"items":[{"a":1}]}\n{"items":[{"b":2}]}', [(1, b'{"a":1}', None), (2, b'{"b":2}', None)]),
        (b'{"items":[{"a":1}]}\n{"error":[{"b":2}]}', [(1, b'{"a":1}', None), (2, b'{"error":[{"b":2}]}', "error_answer")]),
        (b'{"meta":{"items":[{"a":1}]},"x":[', [(1, b'{"meta":{"items":[{"a":1}]},"x":[', "cut_off")]),
        (b'{"x":{"items":[{"a":1}]},"items" : [{"b":2}]}', [(1, b'{"b":2}', None)]),
        (b"\xef\xbb\xbf" + b'{"items":[{"a":1}]}', [(1, b'{"a":1}', None)]),
        (b'{"items":[]}', []),
    ],
)
def test_damage_costs_what_it_damages(data: bytes, expected: list[tuple[int, bytes, str | None]], block: int) -> None:
    assert found(data, block=block) == expected


@pytest.mark.parametrize("block", [1, 16, 1 << 20])
def test_a_record_beyond_the_limit_costs_itself_alone(block: int) -> None:
    large = b'{"a":"' + b"x" * 500 + b'"}'
    data = b'{"items":[{"a":1},' + large + b',{"b":2}]}'
    assert found(data, most=300, block=block) == [(1, b'{"a":1}', None), (2, large, "record_too_large"), (3, b'{"b":2}', None)]


def test_memory_is_bounded_by_the_limit_and_the_block() -> None:
    class Endless:
        """An array whose one record goes on for 64 MiB, in blocks that are counted."""

        left = 64

        def read(self, size: int) -> bytes:
            self.left -= 1
            return b'{"items":[{"a":"' if self.left == 63 else b"x" * size if self.left > 0 else b""

    import tracemalloc

    tracemalloc.start()
    (piece,) = pieces(Endless(), Place(("items",)), 1 << 21)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (piece.raw, piece.length) == (None, len('{"a":"') + 62 * (1 << 20))
    assert piece.fault
    assert piece.fault[0] == "cut_off"
    assert peak < 40 << 20
