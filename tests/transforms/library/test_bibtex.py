"""What is written as BibTeX is read back as it was, whatever the values hold."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.library.bibtex import from_values, safe_key, text_of
from transforms.library.entry import Entry
from transforms.sources.bibtex_reader import entries

NAMES = st.sampled_from(["author", "title", "journal", "year", "note", "abstract", "my-field", "url", "doi"])
# Letters that break naive writers, more often than others.
TEXTS = st.text(st.sampled_from('ab {}@%\\"#,=\n\r~$&_é\x00\x1b(){}') | st.characters(codec="utf-8"), max_size=60)


def read(text: str) -> list[Entry]:
    found = [one for one in entries(BytesIO(text.encode()), 1 << 24) if one.kind]
    assert [one.fault for one in found] == [None] * len(found)
    return [Entry(one.kind, one.key, "", {name: [value] for name, value in one.fields}) for one in found]


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.dictionaries(NAMES, TEXTS, min_size=1)), min_size=1, max_size=4))
def test_entries_come_back_one_by_one_with_their_fields(drawn: list[tuple[str, dict[str, str]]]) -> None:
    wanted = [
        Entry("article", safe_key(key) or f"k{at}", "", {name: [value] for name, value in fields.items()}) for at, (key, fields) in enumerate(drawn)
    ]
    found = read("\n".join(text_of(entry, entry.key) for entry in wanted))
    assert [(one.kind, one.key, list(one.fields)) for one in found] == [(one.kind, one.key, list(one.fields)) for one in wanted]
    again = read("\n".join(text_of(entry, entry.key) for entry in found))
    assert again == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{G}r{\\"o}bner', '{G}r{\\"o}bner'),
        ("100% of @article{x, and {more}", "100% of @article{x, and {more}"),
        ("a } b { c", "a  b  c"),
        ("before\n  @article{x,}", "before @article{x,}"),
        ("ends with \\", "ends with \\"),
    ],
)
def test_a_value_is_kept_but_for_what_would_break_the_file(value: str, expected: str) -> None:
    (found,) = read(text_of(Entry("article", "k", "k", {"title": [value]}), "k"))
    kept = found.fields["title"][0].rstrip()
    assert kept == (expected if value.count("{") == value.count("}") else expected.replace("{x, and {more}", "x, and {more}"))


def test_other_keys_are_listed_once_and_those_of_before_stay() -> None:
    entry = Entry("article", "a", "a", {"title": ["T"], "ids": ["b, c"]})
    assert "ids = {b, c, d-e}" in text_of(entry, "a", ["c", "d e", "a", ""])


def test_a_record_of_another_format_gets_the_usual_fields() -> None:
    values = {
        "kind": "journal-article",
        "title": "Salt & Pepper: 5% of a_b",
        "authors": '[{"family":"Lamp","given":"A."},{"name":"The Salt and Pepper Group"}]',
        "published_on": "2004-07-15",
        "venue": "Proceedings of Spice",
        "pages": "1-9",
        "doi": "10.1/a_b",
        "arxiv_id": "2503.02130",
        "links": '[{"url":"https://a.example/x_y%20z","rel":"landing"}]',
        "rest": '{"My Note":"kept","nested":{"a":1}}',
    }
    entry = from_values(values, "k", "k")
    assert entry.kind == "inproceedings"
    assert {name: value for name, (value,) in entry.fields.items()} == {
        "author": "Lamp, A. and {The Salt and Pepper Group}",
        "title": "Salt \\& Pepper: 5\\% of a\\_b",
        "booktitle": "Proceedings of Spice",
        "year": "2004",
        "month": "07",
        "day": "15",
        "pages": "1-9",
        "doi": "10.1/a_b",
        "eprint": "2503.02130",
        "archiveprefix": "arXiv",
        "url": "https://a.example/x_y%20z",
        "my-note": "kept",
    }
