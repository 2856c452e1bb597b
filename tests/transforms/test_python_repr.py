"""Python's printed form of JSON data comes back as Python itself would read it, and nothing else comes back at all."""

import ast
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.python_repr import as_json_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_python_prints_is_read_as_python_reads_it(value: object) -> None:
    printed = repr(value)
    assert orjson.loads(as_json_text(printed)) == value == ast.literal_eval(printed)


@given(st.text(st.sampled_from("abnrtvx0189fuU'\"\\\n"), max_size=12))
def test_escapes_mean_what_they_mean_in_python(body: str) -> None:
    for quote in "'\"":
        text = f"{quote}{body}{quote}"
        try:
            expected = ast.literal_eval(text)
        except (SyntaxError, ValueError):
            continue
        if isinstance(expected, str) and not any("\ud800" <= char <= "\udfff" for char in expected) and "\n" not in body and body.count(quote) == 0:
            assert orjson.loads(as_json_text(text)) == expected


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("{'a': (1, 2,), 'b': (3,)}", {"a": [1, 2], "b": [3]}),
        ("[nan, inf, -inf]", [None, None, None]),
        ("{'title': \"It's 'so'\"}", {"title": "It's 'so'"}),
        ("'None is True'", "None is True"),
        ("{'True': False, 'x, )': None}", {"True": False, "x, )": None}),
        ("'\\x41\\u00e9\\U0001f600\\101'", "Aé😀A"),
        ("'\\q'", "\\q"),
    ],
)
def test_what_json_has_not_is_written_in_its_words(printed: str, value: object) -> None:
    assert orjson.loads(as_json_text(printed)) == value


NO_DATA = ["__import__('os')", "{'a': open('x')}", "{'a', 'b'}", "b'abc'", "'a' 'b'", "1 + 1", "{'a': 'cut", "{'a': 1", "lambda: 0"]


@pytest.mark.parametrize("text", NO_DATA)
def test_what_is_no_plain_data_is_no_json_either(text: str) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(as_json_text(text))


@pytest.mark.parametrize("part", ["'", '"', "\\'", "'\\", "(", ", ", "-nan", "True", "'\\x4"])
def test_hostile_text_takes_no_longer_than_another(part: str) -> None:
    start = time.process_time()
    as_json_text("{'a': " + part * (300_000 // len(part)))
    assert time.process_time() - start < 3
