from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedupe.moved import MARK_SCHEMA, found_again, marks

Row = tuple[str, str, str | None, str | None]


def frame(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MARK_SCHEMA, orient="row")


COPPER: Row = ("d-5", "bibtex", "rossi", "Copper Tables")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([COPPER], "d-5"),
        ([("d-6", "bibtex", "rossi", "Copper tables")], "d-6"),
        # The place is now another record's.
        ([("d-5", "bibtex", "lee", "Nine Stones"), ("d-6", "bibtex", "rossi", "Copper Tables")], "d-6"),
        ([("d-6", "bibtex", "rossi", "A title that is read otherwise")], "d-6"),
        ([("d-6", "bibtex", "rossi~2", "{Copper} Tables")], "d-6"),
        ([("d-6", "bibtex", "rossi", "Copper Tables"), ("d-7", "bibtex", "rossi", "Nine Stones")], "d-6"),
        ([("d-6", "bibtex", "rossi", "Copper Tables"), ("d-5", "bibtex", "rossi", "Copper Tables")], "d-5"),
        # Which of the two it is nobody can tell.
        ([("d-6", "bibtex", "rossi", "Copper Tables"), ("d-7", "bibtex", "rossi", "Copper Tables")], None),
        ([("e-5", "bibtex", "rossi", "Copper Tables")], None),
        ([("d-6", "ris", "rossi", "Copper Tables")], None),
        ([("d-5", "bibtex", "lee", "Nine Stones")], None),
        ([], None),
    ],
)
def test_a_record_is_found_in_its_document_by_id_and_title(now: Sequence[Row], expected: str | None) -> None:
    assert found_again(frame(COPPER), frame(*now)).get("d-5") == expected


def test_a_record_without_id_is_found_by_its_title_and_one_without_both_where_it_was() -> None:
    untitled: Row = ("d-9", "hf", None, None)
    now = frame(("d-6", "hf", None, "Copper Tables"), untitled)
    assert found_again(frame(("d-5", "hf", None, "Copper Tables"), untitled), now) == {"d-5": "d-6", "d-9": "d-9"}
    assert found_again(frame(untitled), frame(("d-10", "hf", None, None))) == {}


def test_what_is_kept_is_the_same_of_what_is_printed_and_of_what_is_folded() -> None:
    printed, folded = frame(("d-5", "hf", "x", "Copper \n  Tables")), frame(("d-5", "hf", "x", "Copper Tables"))
    assert marks(printed).equals(marks(folded))
    assert marks(frame(("d-5", "hf", "x", "long " * 1000)))["title"].str.len_chars().item() == 500


@given(st.lists(st.text("abc", min_size=1, max_size=4), unique=True, min_size=1, max_size=8), st.integers(0, 9), st.booleans())
def test_records_are_found_again_however_they_are_counted(names: list[str], shift: int, has_ids: bool) -> None:
    def at(moved: int) -> pl.DataFrame:
        return frame(*((f"d-{place + moved}", "hf", name if has_ids else None, f"On {name}") for place, name in enumerate(names)))

    assert found_again(at(0), at(shift)) == {f"d-{place}": f"d-{place + shift}" for place in range(len(names))}
