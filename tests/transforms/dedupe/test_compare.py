from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.compare import EVIDENCE, evidence, promising
from transforms.dedupe.facts import facts
from transforms.dedupe.match import numbered, with_both
from transforms.dedupe.weights import WEIGHTS

Staged = Callable[..., pl.DataFrame]
PAIR = pl.DataFrame({"record_a": ["r0"], "record_b": ["r1"]})


def says(staged: Staged, a: dict[str, Any], b: dict[str, Any], title: str | None = "Copper Tables") -> dict[str, str]:
    """The words of evidence that are not unknown; none where the pair is not worth judging."""
    known = facts(staged({"title": title, **a}, {"title": title, **b}))
    found = evidence(with_both(promising(with_both(numbered(PAIR, known), known)).select("place_a", "place_b", "title_alike", "part_says"), known))
    rows = found.select(*(f"{field}_says" for field in EVIDENCE)).rows(named=True)
    return {field: row[f"{field}_says"] for row in rows for field in EVIDENCE if row[f"{field}_says"] != "unknown"}


def authors(*names: str) -> dict[str, str]:
    return {"authors": "[" + ",".join(f'{{"name":"{name}"}}' for name in names) + "]"}


LONG = "Copper Tables Are Read by Careful Small Engines in Dark Rooms"


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (LONG, LONG.upper(), {"title": "same", "length": "long"}),
        ("Copper Tables", "copper-tables", {"title": "same", "length": "short"}),
        ("Editorial", "EDITORIAL", {"title": "generic"}),
        (LONG, LONG.replace("Careful", "Carefull"), {"title": "slip", "length": "long", "change": "slip"}),
        (LONG, LONG.replace("Careful", "Careless"), {"title": "near", "change": "one_word"}),
        (LONG, LONG.replace("Small", "Vast"), {"title": "near", "change": "one_word"}),
        (LONG, LONG.replace("Careful Small", "Sly"), {"title": "close", "change": "other_words"}),
        ("Case Notes on Copper (A)", "Case Notes on Copper (B)", {"title": "near", "change": "one_word"}),
        ("Copper Tables of Rome (CTR) Read", "Copper Tables of Rome Read", {"title": "near", "change": "words_more"}),
        ("Copper Tables of Rome, Second Edition", "Copper Tables of Rome", {"title": "begun", "change": "sequel", "part": "begins"}),
        ("Copper Tables of Rome Part 2", "Copper Tables of Rome Part II", {"title": "near", "change": "slip"}),
        ("Reading of p16 in Copper", "Reading of p53 in Copper", {"title": "near", "change": "other_words", "numbers": "other"}),
        ("Copper Tables in 10 000 Rooms", "Copper Tables in 10000 Rooms", {"title": "same"}),
        (LONG, LONG.replace("Small ", ""), {"title": "near", "change": "words_more"}),
        (LONG, "In Dark Rooms Copper Tables Are Read by Careful Small Engines", {"title": "same", "length": "long"}),
        ("Copper Tables of Rome", "Copper Tables of Rome and of the Provinces Beyond the Alps", {"title": "begun", "part": "begins"}),
        ("Reading Copper, Part I", "Reading Copper, Part II", {"title": "slip", "change": "one_word", "numbers": "differ"}),
        ("Reading Copper Tables", "Reading Copper Tables II", {"title": "near", "change": "sequel", "part": "begins", "numbers": "more"}),
        ("Copper Tables [Tablas de cobre]", "Tablas de Cobre", {"title": "same", "length": "short"}),
        ("Copper Tables", "Nine Stones on a Wet Beach", {}),
    ],
)
def test_titles(staged: Staged, one: str, two: str, expected: dict[str, str]) -> None:
    found = says(staged, {"title": one}, {"title": two})
    assert {field: found[field] for field in found if field in ("title", "length", "change", "part", "numbers")} == expected
    assert says(staged, {"title": two}, {"title": one}) == found


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (("Anna Rossi", "Bo Lee"), ("A. Rossi", "B. Lee"), "same"),
        (("Anna Rossi", "Bo Lee"), ("Bo Lee", "Anna Rossi"), "same"),
        (("Anna Rossi", "Bo Lee", "Cy Novak", "Di Okafor"), ("Anna Rossi", "Bo Lee"), "most"),
        (("Anna Rossi",), ("A. Rossi",), "one"),
        (("Anna Rossi",), ("Anna Rossi", "Bo Lee", "Cy Novak"), "one"),
        (("Anna Rossi", "Bo Lee", "Cy Novak"), ("Anna Rossi", "Eva Svoboda", "Ida Horvat"), "few"),
        (("Anna Rossi", "Bo Lee"), ("Cy Novak", "Di Okafor"), "none"),
        (("Anna Rossi",), (), None),
    ],
)
def test_names(staged: Staged, one: tuple[str, ...], two: tuple[str, ...], expected: str | None) -> None:
    assert says(staged, authors(*one), authors(*two)).get("names") == expected


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("7 2 12-19", "7 2 12-9", "same_range"),
        ("7 2 12-19", "7 - 12-19", "same_range"),
        ("7 2 12-19", "7 2 12", "same"),
        ("7 2 12-19", "- - 12", "page"),
        ("7 2 12-19", "7 4 12-19", "page_of_other_issue"),
        ("7 2 12-19", "9 - 12-19", "page_of_other_volume"),
        ("7 2 12-19", "9 - 31-39", "other"),
        ("7 2 12-19", "7 - 31-39", "apart_in_volume"),
        ("7 - 12-19", "- - 31-39", "apart"),
        # Ranges that overlap, an end without its hundreds, a mistake, pages counted from 1, the number of an article.
        ("7 - 12-19", "7 - 15-22", "other_page_of_volume"),
        ("7 - 965-971", "7 - 71", "other_page_of_volume"),
        ("7 - 2297-2108", "7 - 2097-2108", "other_page_of_volume"),
        ("7 - 965-971", "7 - 1-7", "other_page_of_volume"),
        ("7 - 965-971", "7 - 106482", "other_page_of_volume"),
        ("7 - S34-S42", "7 - 965-971", "other_page_of_volume"),
        ("7 - 12-19", "- - 15-22", "other_page"),
        ("7 2 -", "7 4 -", "other_issue"),
        ("7 2 -", "7 - -", "volume"),
        ("- 7 2", "7 2 12-19", "shifted"),
        ("2001 - -", "7 2 12-19", None),
        ("- - -", "7 2 12-19", None),
    ],
)
def test_places(staged: Staged, one: str, two: str, expected: str | None) -> None:
    a, b = (
        {name: value for name, value in zip(("volume", "issue", "pages"), text.split(), strict=True) if value != "-"} | {"year": 2001}
        for text in (one, two)
    )
    assert says(staged, a, b).get("place") == expected


@pytest.mark.parametrize(
    ("years", "expected"), [((2001, 2001), "same"), ((2001, 2002), "next"), ((2001, 2004), "near"), ((2001, 2005), "far"), ((2001, None), None)]
)
def test_years(staged: Staged, years: tuple[int, int | None], expected: str | None) -> None:
    assert says(staged, {"year": years[0]}, {"year": years[1]}).get("year") == expected


def test_a_date_has_its_year(staged: Staged) -> None:
    assert says(staged, {"published_on": "2001-03-01"}, {"year": 2001})["year"] == "same"


def test_a_number_of_authors_counts_where_nobody_is_named(staged: Staged) -> None:
    assert says(staged, {"author_count": 2}, {"author_count": 3})["count"] == "differ"
    assert "count" not in says(staged, {"author_count": 2, **authors("A Rossi")}, {"author_count": 3, **authors("A Rossi")})


def test_nothing_is_said_of_what_is_missing(staged: Staged) -> None:
    assert says(staged, {}, {"source": "other"}) == {"title": "same", "length": "short"}


def test_every_word_that_weighs_is_of_a_field_that_is_compared() -> None:
    assert set(WEIGHTS) == {*EVIDENCE, "abstract", "figures"}
