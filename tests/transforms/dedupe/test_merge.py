from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from transforms.dedupe.merge import merged_papers, ranked_values
from transforms.json_text import as_json

Staged = Callable[..., pl.DataFrame]
Ranked = list[tuple[int, str, str, int]]


def ranked(staged: Staged, field: str, *rows: dict[str, Any]) -> Ranked:
    """Rank, value, record and count of each value that one paper's records give the field, the winner first."""
    forward, backward = [_ranked(staged(*order), field) for order in (rows, rows[::-1])]
    if all("record_id" in row for row in rows):
        assert forward == backward
    return forward


def _ranked(records: pl.DataFrame, field: str) -> Ranked:
    values = ranked_values(records.with_columns(paper_id=pl.lit("p")))
    return values.filter(pl.col("field") == field).sort("rank").select("rank", "value", "record_id", "record_count").rows()


def of(field: str, *values: Any) -> list[dict[str, Any]]:
    return [{"record_id": f"r{n}", "title": "T", field: value} for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ([r"Pok\'eChamp", "PokéChamp"], ["PokéChamp", r"Pok\'eChamp"]),
        (["15.81times Faster", "15.81x Faster"], ["15.81x Faster", "15.81times Faster"]),
        ([r"\textsc{Pale}", r"\textsc{Pale}", "Pale"], ["Pale", r"\textsc{Pale}"]),
        (["A SHOUTED TITLE", "A SHOUTED TITLE", "A Shouted Title"], ["A Shouted Title", "A SHOUTED TITLE"]),
        (["A SHOUTED TITLE", r"A {S}houted Title"], ["A SHOUTED TITLE", "A {S}houted Title"]),
        (["A Title", "A title", "A title"], ["A title", "A Title"]),
        (["Pretraining Again", "Pre training Again"], ["Pre training Again", "Pretraining Again"]),
        (["A Title", "A Title."], ["A Title.", "A Title"]),
        (["A title", "A Title"], ["A Title", "A title"]),
    ],
    ids=[
        "no TeX accent",
        "no eaten TeX",
        "no TeX against two",
        "not shouted against two",
        "shouted before TeX",
        "most",
        "most words",
        "longest",
        "smallest text",
    ],
)
def test_the_title_without_damage_wins_and_the_other_is_kept(staged: Staged, values: list[str], order: list[str]) -> None:
    found = ranked(staged, "title", *of("title", *values))
    assert [value for _, value, _, _ in found] == order
    assert [rank for rank, *_ in found] == list(range(1, len(order) + 1))


def test_the_longest_abstract_wins_whatever_its_number(staged: Staged) -> None:
    found = ranked(staged, "abstract", *of("abstract", "It works.", "It works. It works well.", "It works.", None))
    assert found == [(1, "It works. It works well.", "r1", 1), (2, "It works.", "r0", 2)]


def test_markup_does_not_make_an_abstract_longer(staged: Staged) -> None:
    found = ranked(staged, "abstract", *of("abstract", r"It \textbf{works}.", "It works."))
    assert [value for _, value, _, _ in found] == ["It works.", r"It \textbf{works}."]


@pytest.mark.parametrize(
    ("dates", "winner", "inferred"),
    [
        ([("2025-05-01", True), ("2024-05-01", False)], date(2024, 5, 1), False),
        ([("2024-05-01", True), ("2024-05-01", True), ("2025-05-01", False)], date(2025, 5, 1), False),
        ([("2025-05-03", False), ("2025-05-03", False), ("2025-05-01", False)], date(2025, 5, 3), False),
        ([("2025-05-03", False), ("2025-05-01", False)], date(2025, 5, 1), False),
        ([("2025-05-03", True), ("2025-05-01", True)], date(2025, 5, 1), True),
        ([("2025-05-01", True), ("2025-05-01", False)], date(2025, 5, 1), False),
        ([("2025-12-01", False), ("2025-02-01", False)], date(2025, 2, 1), False),
    ],
    ids=[
        "printed before inferred",
        "printed against two inferred",
        "most",
        "earliest",
        "earliest inferred",
        "both: it was printed",
        "by day, not by text",
    ],
)
def test_the_most_precise_date_wins(staged: Staged, dates: list[tuple[str, bool]], winner: date, inferred: bool) -> None:
    rows = [{"record_id": f"r{n}", "title": "T", "published_on": day, "date_is_inferred": flag} for n, (day, flag) in enumerate(dates)]
    found = ranked(staged, "published_on", *rows)
    assert found[0][1] == winner.isoformat()
    assert len(found) == len({day for day, _ in dates})
    records = staged(*rows).with_columns(paper_id=pl.lit("p"))
    (paper,) = merged_papers(records, ranked_values(records)).rows(named=True)
    assert (paper["published_on"], paper["date_is_inferred"], paper["year"]) == (winner, inferred, winner.year)


def test_a_value_is_credited_to_the_first_record_that_prints_it(staged: Staged) -> None:
    rows = [
        {"record_id": "a", "title": "T", "published_on": "2025-05-01", "date_is_inferred": True},
        {"record_id": "c", "title": "T", "published_on": "2025-05-01", "date_is_inferred": False},
        {"record_id": "b", "title": "T", "published_on": "2025-05-01", "date_is_inferred": False},
    ]
    assert ranked(staged, "published_on", *rows) == [(1, "2025-05-01", "b", 3)]
    assert ranked(staged, "title", *rows) == [(1, "T", "a", 3)]


@pytest.mark.parametrize(
    ("field", "values", "order"),
    [
        ("author_count", [4, 5, 4], ["4", "5"]),
        ("author_count", [9, 10], ["10", "9"]),
        ("organization_id", ["red", "blue", "red"], ["red", "blue"]),
        ("organization_id", ["red", "blue"], ["blue", "red"]),
        ("venue", ["Journal", "Journal", "Journal of Tables"], ["Journal", "Journal of Tables"]),
        ("venue", ["Journal", "Journal of Tables"], ["Journal of Tables", "Journal"]),
        ("doi", ["10.1000/b", "10.1000/a", "10.1000/b"], ["10.1000/b", "10.1000/a"]),
        ("arxiv_id", ["2503.02130", "2401.00001"], ["2401.00001", "2503.02130"]),
    ],
)
def test_what_most_records_say_wins_and_what_others_say_is_kept(staged: Staged, field: str, values: list[Any], order: list[str]) -> None:
    assert [value for _, value, _, _ in ranked(staged, field, *of(field, *values))] == order


def test_a_field_that_no_record_has_is_null_and_has_no_source(staged: Staged) -> None:
    records = staged({"title": "T"}).with_columns(paper_id=pl.lit("p"))
    values = ranked_values(records)
    assert values["field"].to_list() == ["title"]
    (paper,) = merged_papers(records, values).rows(named=True)
    assert {name for name, value in paper.items() if value is not None} == {"paper_id", "title", "record_count"}


def test_each_paper_takes_its_values_from_its_own_records(staged: Staged) -> None:
    rows = [
        {"title": "One", "author_count": 3},
        {"title": "ONE", "abstract": "It works."},
        {"title": "Two", "doi": "10.1000/x", "published_on": "2025-05-01"},
    ]
    records = staged(*rows).with_columns(paper_id=pl.Series(["p1", "p1", "p2"]))
    papers = merged_papers(records, ranked_values(records)).sort("paper_id")
    assert papers.select("paper_id", "record_count", "title", "abstract", "author_count", "doi", "published_on", "year").rows() == [
        ("p1", 2, "One", "It works.", 3, None, None, None),
        ("p2", 1, "Two", None, None, "10.1000/x", date(2025, 5, 1), 2025),
    ]
    assert papers.schema["author_count"] == pl.Int64


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        # The year of the date, though more records print another without a day.
        ([("2024-05-01", 2024), (None, 2023), (None, 2023)], ["2024", "2023"]),
        ([(None, 2024), (None, 2023), (None, 2024)], ["2024", "2023"]),
        ([(None, 2024), (None, 2023)], ["2023", "2024"]),
        ([("2024-05-01", 2024), ("2024-07-01", 2024), ("2023-05-01", 2023)], ["2023", "2024"]),
        ([("2024-05-01", None)], ["2024"]),
    ],
)
def test_the_year_is_that_of_the_date_else_what_most_print(staged: Staged, rows: list[tuple[str | None, int | None]], wanted: list[str]) -> None:
    given = [{"record_id": f"r{n}", "title": "T", "published_on": day, "year": year} for n, (day, year) in enumerate(rows)]
    found = ranked(staged, "year", *given)
    assert [value for _, value, _, _ in found] == wanted
    records = staged(*given).with_columns(paper_id=pl.lit("p"))
    (paper,) = merged_papers(records, ranked_values(records)).rows(named=True)
    assert paper["year"] == int(wanted[0])


def people(*families: str) -> str:
    return as_json([{"family": family} for family in families]) or ""


@pytest.mark.parametrize(
    ("lists", "winner"),
    [
        ([people("Poe"), people("Poe"), people("Poe", "Lee")], people("Poe", "Lee")),
        ([people("Kim", "Lee", "Poe"), people("Poe", "Lee", "Kim")], people("Poe", "Lee", "Kim")),
        ([people("Lee", "Poe"), people("Poe", "Lee"), people("Lee", "Poe")], people("Lee", "Poe")),
    ],
    ids=["the whole list", "not by the alphabet", "two are in some order"],
)
def test_the_best_list_of_authors_is_whole_and_in_the_order_of_the_paper(staged: Staged, lists: list[str], winner: str) -> None:
    assert ranked(staged, "authors", *of("authors", *lists))[0][1] == winner


def test_a_curated_source_is_believed_before_others(staged: Staged) -> None:
    rows = [
        {"record_id": f"r{n}", "title": "T", "source": source, "volume": volume} for n, (source, volume) in enumerate([("csv", "1"), ("dblp", "2")])
    ]
    assert [value for _, value, _, _ in ranked(staged, "volume", *rows)] == ["2", "1"]


def test_no_records_are_no_papers(staged: Staged) -> None:
    records = staged().with_columns(paper_id=pl.lit("p"))
    assert merged_papers(records, ranked_values(records)).height == 0
