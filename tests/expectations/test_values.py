from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations import values
from expectations.gate import Gate
from expectations.model import Failure
from expectations.values import ALLOWED_SHARES, ALWAYS_ALLOWED, DEFAULT_SHARE, RULES, bad_values, excessive, set_aside
from warehouse.schema import gold
from warehouse.schema.staging import RECORDS
from warehouse.store import opened, stage

pytestmark = pytest.mark.store

LANDED = datetime(2025, 12, 16, 23, 30)
GOOD: dict[str, Any] = {
    "record_id": "r0",
    "document_id": "d0",
    "source": "hf",
    # A file's modification time may be any, and no value is doubted because of it.
    "observed_at": datetime(1970, 1, 1),
    "landed_at": LANDED,
    "title": "Moths",
    "abstract": "Moths at lamps.",
    "published_on": date(2025, 12, 1),
    "date_is_inferred": True,
    "year": 2025,
    "organization_id": "night-garden",
    "organization_name": "Night Garden",
    "author_count": 3,
    "comment_count": 5,
    "doi": "10.1234/moths",
}
# Rule, a value that is believed, and one that is not: as near to one another as can be.
BORDERS: list[tuple[str, Any, Any]] = [
    ("abstract_is_longer_than_title", "Lamps", "Lamp"),
    # Characters are counted, not bytes: five letters of two bytes each.
    ("abstract_is_longer_than_title", "ééééé", "éééé"),
    ("date_is_credible", date(1600, 1, 1), date(1599, 12, 31)),
    # 400 days after 16 December 2025, whatever the hour.
    ("date_is_credible", date(2027, 1, 20), date(2027, 1, 21)),
    ("year_is_credible", 1600, 1599),
    ("year_is_credible", 2027, 2028),
    ("author_count_is_credible", 1, 0),
    ("author_count_is_credible", 10_000, 10_001),
    ("comment_count_is_credible", 0, -1),
    ("comment_count_is_credible", 100_000, 100_001),
    ("organization_is_a_handle", "n", ""),
    ("organization_is_a_handle", "9.night_garden-", "-night"),
    ("organization_is_a_handle", "night-garden", "night garden"),
    ("organization_is_a_handle", "night-garden", "night/garden"),
    ("organization_is_a_handle", "night-garden", "Night-garden"),
    ("organization_is_a_handle", "night-garden", "night-garden\n"),
    ("doi_has_its_form", "10.1/x", "10.1/"),
    ("doi_has_its_form", "10.1234.5/(a)b/c", "11.1234/x"),
    ("doi_has_its_form", "10.1234/a-b", "10.1234/a b"),
    ("doi_has_its_form", "10.1234/a", "10.1234"),
    ("doi_has_its_form", "10.1234/a", "doi:10.1234/a"),
]
COLUMN = {rule.name: rule.column for rule in RULES}


def records(*changes: dict[str, Any]) -> pl.DataFrame:
    """Records r0, r1, ...: the good one, each with its changes."""
    rows = [GOOD | {"record_id": f"r{number}"} | change for number, change in enumerate(changes)]
    return RECORDS.conform(pl.DataFrame(rows, schema_overrides=RECORDS.polars_schema(), infer_schema_length=None))


def issue(record_id: str, rule: str, source: str = "hf") -> dict[str, Any]:
    return {"record_id": record_id, "column_name": COLUMN[rule], "source": source, "expectation": rule, "value": "v", "reason": "because"}


def issues(*rows: dict[str, Any]) -> pl.DataFrame:
    return gold.QUALITY_ISSUES.conform(pl.DataFrame(list(rows), schema=gold.QUALITY_ISSUES.polars_schema()))


@pytest.fixture
def found(tmp_path: Path) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What all rules do not believe of the records, from a staged file."""

    def ask(frame: pl.DataFrame) -> pl.DataFrame:
        stage(tmp_path / "staged.duckdb", RECORDS, [frame])
        return bad_values(tmp_path / "staged.duckdb", [rule.name for rule in RULES])

    return ask


@pytest.fixture
def left(tmp_path: Path) -> Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]:
    """The records as they are after the issues' values were set aside."""

    def ask(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        stage(tmp_path / "staged.duckdb", RECORDS, [frame])
        set_aside(tmp_path / "staged.duckdb", rows)
        with opened(tmp_path / "staged.duckdb", read_only=True) as connection:
            return RECORDS.conform(connection.sql(f"SELECT * FROM {RECORDS.full_name}").pl())

    return ask


@pytest.fixture
def stopping(tmp_path: Path) -> Callable[[pl.DataFrame, pl.DataFrame], list[Failure]]:
    """The rules that fail for too many of these records."""

    def ask(frame: pl.DataFrame, rows: pl.DataFrame) -> list[Failure]:
        stage(tmp_path / "staged.duckdb", RECORDS, [frame])
        return excessive(tmp_path / "staged.duckdb", rows)

    return ask


def test_every_rule_has_a_border() -> None:
    assert {rule for rule, _, _ in BORDERS} == {rule.name for rule in RULES}


@pytest.mark.parametrize(("rule", "good", "bad"), BORDERS, ids=str)
def test_value_at_the_border_is_believed_and_the_next_is_not(rule: str, good: Any, bad: Any, found: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    rows = found(records({}, {COLUMN[rule]: good}, {COLUMN[rule]: bad}))
    reason = next(one.reason for one in RULES if one.name == rule)
    assert rows.to_dicts() == [
        {"record_id": "r2", "column_name": COLUMN[rule], "source": "hf", "expectation": rule, "value": str(bad), "reason": reason}
    ]


def test_null_is_no_bad_value(found: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    assert found(records(dict.fromkeys(COLUMN.values()))).height == 0


def test_a_record_may_have_several_bad_values_and_only_failing_rules_are_asked(tmp_path: Path) -> None:
    stage(tmp_path / "staged.duckdb", RECORDS, [records({"author_count": 0, "comment_count": -1, "doi": "none"})])
    rows = bad_values(tmp_path / "staged.duckdb", ["doi_has_its_form", "author_count_is_credible"])
    assert rows.select("record_id", "column_name", "value").rows() == [("r0", "author_count", "0"), ("r0", "doi", "none")]
    assert rows.schema == gold.QUALITY_ISSUES.polars_schema()


def test_no_failing_rule_gives_an_empty_table(tmp_path: Path) -> None:
    stage(tmp_path / "staged.duckdb", RECORDS, [records({"doi": "none"})])
    assert bad_values(tmp_path / "staged.duckdb", []).equals(gold.QUALITY_ISSUES.empty())


def test_gate_sees_every_rule_broken_and_names_the_record(gate: Gate, tmp_path: Path) -> None:
    bad = {rule: value for rule, _, value in BORDERS}
    stage(tmp_path / "staged.duckdb", RECORDS, [records({}, *({COLUMN[rule]: value} for rule, value in bad.items()))])
    failures = gate.check(tmp_path / "staged.duckdb", [values.SUITE])
    assert {failure.expectation: failure.keys for failure in failures} == {rule: (f"r{number}",) for number, rule in enumerate(bad, start=1)}
    assert [failure.error for failure in failures] == [None] * len(RULES)


def test_gate_is_green_on_believable_values(gate: Gate, tmp_path: Path) -> None:
    stage(tmp_path / "staged.duckdb", RECORDS, [records({}, *({COLUMN[rule]: value} for rule, value, _ in BORDERS))])
    assert gate.check(tmp_path / "staged.duckdb", [values.SUITE]) == []


def test_set_aside_nulls_the_value_and_leaves_every_other(left: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]) -> None:
    before = records({}, {"author_count": 0}, {"author_count": 0})
    after = left(before, issues(issue("r1", "author_count_is_credible")))
    assert after["author_count"].to_list() == [3, None, 0]
    assert after.drop("author_count").equals(before.drop("author_count"))


@pytest.mark.parametrize(
    ("rule", "nulled"),
    [
        ("abstract_is_longer_than_title", {"abstract"}),
        ("date_is_credible", {"published_on", "date_is_inferred", "year"}),
        ("year_is_credible", {"year"}),
        ("author_count_is_credible", {"author_count"}),
        ("comment_count_is_credible", {"comment_count"}),
        ("organization_is_a_handle", {"organization_id", "organization_name"}),
        ("doi_has_its_form", {"doi"}),
    ],
)
def test_what_belongs_to_a_value_goes_with_it(rule: str, nulled: set[str], left: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]) -> None:
    (row,) = left(records({}), issues(issue("r0", rule))).to_dicts()
    assert {name for name in GOOD if row[name] is None} == nulled


def test_set_aside_of_nothing_changes_nothing(left: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]) -> None:
    before = records({}, {"doi": "none"})
    assert left(before, issues()).equals(before)


def test_what_is_set_aside_is_believed_afterwards(
    found: Callable[[pl.DataFrame], pl.DataFrame], left: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
) -> None:
    before = records(*({COLUMN[rule]: value} for rule, _, value in BORDERS))
    rows = found(before)
    assert rows.height == len(BORDERS)
    assert found(left(before, rows)).height == 0


def many(count: int, bad: int, source: str = "hf") -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """So many records of a source, and issues for the first of them."""
    frame = records(*({"source": source} for _ in range(count))).with_columns(record_id=pl.format("{}-{}", pl.lit(source), "record_id"))
    return frame, [issue(f"{source}-r{number}", "doi_has_its_form", source) for number in range(bad)]


@pytest.mark.parametrize(
    ("count", "bad", "stops"),
    [
        (1, 1, False),
        # Two are always allowed, three of a few are not.
        (2, ALWAYS_ALLOWED, False),
        (3, ALWAYS_ALLOWED + 1, True),
        (59, 3, True),
        # A twentieth of 60 is three: the share itself is allowed.
        (60, 3, False),
        (60, 4, True),
        (100, 5, False),
        (100, 6, True),
    ],
)
def test_more_than_the_share_of_a_source_stops_the_publish(
    count: int, bad: int, stops: bool, stopping: Callable[[pl.DataFrame, pl.DataFrame], list[Failure]]
) -> None:
    assert ALLOWED_SHARES["hf"] == DEFAULT_SHARE == 0.05
    frame, rows = many(count, bad)
    assert bool(stopping(frame, issues(*rows))) is stops


def test_share_is_of_the_values_that_are_there(stopping: Callable[[pl.DataFrame, pl.DataFrame], list[Failure]]) -> None:
    frame, rows = many(100, 5)
    # Four fifths of the records give no DOI: five of twenty are too many.
    gaps = frame.with_columns(doi=pl.when(pl.int_range(pl.len()) < 20).then("doi"))
    assert stopping(frame, issues(*rows)) == []
    assert len(stopping(gaps, issues(*rows))) == 1


def test_share_is_counted_per_source_and_rule(stopping: Callable[[pl.DataFrame, pl.DataFrame], list[Failure]]) -> None:
    small, few = many(10, 3, "small")
    large, some = many(200, 3, "large")
    # Three of 200 are fine; three of ten are not, however many the other source has. Two of another rule are not added to them.
    other = [issue(f"large-r{number}", "author_count_is_credible", "large") for number in (10, 11)]
    (failure,) = stopping(pl.concat([small, large]), issues(*few, *some, *other))
    assert failure.table == "staging.records"
    assert failure.expectation == "doi_has_its_form"
    assert failure.count == 3
    assert failure.keys == ("small-r0", "small-r1", "small-r2")
    assert "3 of 10 values of small, more than the allowed share of 5%" in str(failure)


def test_first_keys_are_named_where_there_are_many(stopping: Callable[[pl.DataFrame, pl.DataFrame], list[Failure]]) -> None:
    frame, rows = many(9, 9)
    (failure,) = stopping(frame, issues(*rows))
    assert failure.count == 9
    assert failure.keys == tuple(f"hf-r{number}" for number in range(5))
    assert str(failure).endswith("fails for 9 rows: hf-r0, hf-r1, hf-r2, hf-r3, hf-r4, ...")
