"""The tally of paths, against one that counts every value by itself."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import paths
from transforms.paths import Paths, known_paths

NAMES = {dict: "object", list: "array", str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "c", "a.b"]), inner, max_size=4),
    max_leaves=15,
)


def counted(value: Any, opaque: frozenset[str], path: str = "") -> Counter:
    found: Counter = Counter()
    inner = value.items() if isinstance(value, dict) else [(None, one) for one in value] if isinstance(value, list) else []
    for name, one in inner:
        below = f"{path}[]" if name is None else f"{path}.{name}" if path else name
        found[below, NAMES[type(one)]] += 1
        if name is None or below not in opaque:
            found += counted(one, opaque, below)
    return found


@pytest.mark.parametrize("most_shapes", [0, 1, 1_000], ids=["no shape kept", "one shape kept", "all shapes kept"])
@given(values=st.lists(VALUES, max_size=6), opaque=st.sampled_from([frozenset(), frozenset({"a"}), frozenset({"b.c", "a[].b"})]))
def test_every_path_is_counted_however_the_shapes_of_objects_repeat(most_shapes: int, values: list[Any], opaque: frozenset[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_MOST_SHAPES", most_shapes)
        tally = Paths(opaque)
        for value in [*values, *values]:
            tally.walk(value)
        expected: Counter = Counter()
        for value in values:
            expected += counted(value, opaque)
        rows = [(path, kind, 2 * count) for (path, kind), count in sorted(expected.items())]
        assert tally.rows() == rows
        assert tally.rows() == rows, "asked twice it says the same"


def test_what_is_noted_is_added_to_what_is_walked() -> None:
    tally = Paths()
    tally.walk({"a": "x"})
    tally.note("a", "string", 2)
    tally.note("paper/@id", "attribute")
    assert tally.rows() == [("a", "string", 3), ("paper/@id", "attribute", 1)]


def test_a_known_path_may_be_null() -> None:
    assert known_paths({"a": "integer number"}) == {("a", "integer"), ("a", "number"), ("a", "null")}
