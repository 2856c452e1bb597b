import json
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.names import first_family, names_in_words, printed_names


def said(*authors: dict[str, Any]) -> tuple[str | None, str | None]:
    frame = pl.DataFrame({"authors": [json.dumps(authors, separators=(",", ":"))]})
    frame = frame.with_columns(printed=printed_names(pl.col("authors"))).with_columns(names=names_in_words(pl.col("printed")))
    return frame.select("names", first=first_family(pl.col("names"))).row(0)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("author", "names", "first"),
    [
        ({"family": "Rossi", "given": "Anna M."}, "rossi anna m", "rossi"),
        ({"name": "Anna M. Rossi"}, "rossi anna m", "rossi"),
        ({"name": "Rossi, Anna M."}, "rossi anna m", "rossi"),
        ({"name": "Anna M. Rossi", "given": "Anna M.", "family": "Rossi"}, "rossi anna m", "rossi"),
        ({"name": "Wei Li 0001"}, "li wei", "wei"),
        ({"name": "Plato"}, "plato", "plato"),
        ({"family": "S. Fahlman"}, "s fahlman", "fahlman"),
        ({"family": "de la Cruz", "given": "I."}, "de la cruz i", "cruz"),
        ({"name": r"J{\"u}rgen M{\"u}ller"}, "muller jurgen", "muller"),
        ({"name": "李明"}, "李明", "李明"),
        ({"name": "et al."}, None, None),
        ({"name": "?"}, None, None),
    ],
)
def test_a_name_has_one_form(author: dict[str, Any], names: str | None, first: str | None) -> None:
    assert said(author) == (names, first)


def test_names_stand_in_order_and_nobody_is_left_out_of_them() -> None:
    assert said({"name": "A. Rossi"}, {"name": "et al."}, {"name": "Bo Lee"})[0] == "rossi a|lee bo"
    assert said() == (None, None)


def test_three_thousand_names_are_cut() -> None:
    names, _ = said(*({"name": f"Anna{n} Rossi{n}"} for n in range(3_000)))
    assert names is not None
    assert len(names) == 3_000
