from hypothesis import given
from hypothesis import strategies as st

from transforms.library.entry import Entry
from transforms.library.ris import from_values, text_of
from transforms.sources.ris import fields_of

TAGS = st.sampled_from(["TI", "AU", "N1", "AB", "C1", "UR"])
TEXTS = st.text(st.sampled_from("ab \n\rTYER-  \x00\u2028") | st.characters(codec="utf-8"), max_size=40)


@given(st.dictionaries(TAGS, st.lists(TEXTS, min_size=1, max_size=3)), st.text(max_size=10))
def test_a_record_comes_back_with_its_lines_whatever_they_hold(fields: dict[str, list[str]], key: str) -> None:
    text = text_of(Entry("JOUR", key, key, fields), key)
    found = fields_of(text.encode())
    assert found[0] == ("TY", "JOUR")
    assert [tag for tag, _ in found] == [
        "TY",
        "ID",
        *(tag for tag, values in fields.items() if tag != "N1" for _ in values),
        *["N1"] * len(fields.get("N1", [])),
        "ER",
    ]
    assert sum(line.startswith(("TY  -", "ER  -")) for line in text.splitlines()) == 2


def test_other_keys_stand_in_one_note() -> None:
    text = text_of(Entry("JOUR", "a", "a", {"N1": ["ids: b", "mine"]}), "a", ["c", "a"])
    assert "N1  - mine\nN1  - ids: b; c\n" in text


def test_a_record_of_another_format_gets_the_usual_tags() -> None:
    entry = from_values(
        {"title": "T", "authors": '[{"family":"Lamp","given":"A."}]', "published_on": "2004-07", "pages": "1--9", "venue": "J"}, "k", "k"
    )
    assert entry.kind == "JOUR"
    assert entry.fields == {"TI": ["T"], "AU": ["Lamp, A."], "PY": ["2004"], "DA": ["2004/07"], "T2": ["J"], "SP": ["1"], "EP": ["9"]}
