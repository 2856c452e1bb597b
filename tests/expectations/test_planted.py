"""Every expectation of every published table is seen red: one bad row or change is planted in a copy of a good warehouse, and the gate names it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from expectations.gate import Gate
from expectations.suites import SUITES
from warehouse.schema import TABLES, Table
from warehouse.store import opened

pytestmark = pytest.mark.store


@dataclass(frozen=True)
class Case:
    """A change (`plant`, SQL) and the key that the failure of this expectation must then name (`key`, SQL, asked after the change)."""

    table: str
    expectation: str
    plant: str
    key: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.table}: {self.expectation}" + (f" ({self.what})" if self.what else "")


def victim(table: Table, where: str = "") -> str:
    return f"WHERE rowid = (SELECT min(rowid) FROM {table.full_name} {where})"


def key_of(table: Table) -> str:
    return f"SELECT {', '.join(table.key)} FROM {table.full_name} {victim(table)}"


def structural_cases(table: Table) -> Iterator[Case]:
    """What the declaration promises, broken once each. Made from the declaration: a promise without an expectation is a case that fails."""
    name, key, first = table.full_name, key_of(table), victim(table)
    yield Case(
        name, "columns_as_declared", f"ALTER TABLE {name} ADD COLUMN more BIGINT", f"SELECT 'undeclared', {len(table.columns) + 1}, 'more', 'BIGINT'"
    )
    yield Case(name, "key_is_unique", f"INSERT INTO {name} FROM {name} {first}", key)
    broken: dict[str, tuple[str, str]] = {}
    # test_structure.py breaks every column by the queries alone; here the last one of each kind goes the whole way through the gate.
    for column in table.columns:
        if table.is_required(column):
            broken["required_is_there"] = (column.name, "NULL")
        if column.high is not None:
            broken["in_range"] = (column.name, str(column.high + 1))
        elif column.low is not None:
            broken["in_range"] = (column.name, str(column.low - 1))
        if column.values:
            broken[f"{column.name}_in_set"] = (column.name, "'something else'")
        if column.references:
            broken[f"{column.name}_is_there"] = (column.name, "'nowhere'")
    for expectation, (column_name, value) in broken.items():
        yield Case(name, expectation, f'UPDATE {name} SET "{column_name}" = {value} {first}', key, f"{column_name} = {value}")


# Table, expectation, change, and the row that is changed where it is not the first.
UPDATES = [
    ("bronze.documents", "read_is_kept_plus_rejected", "read_count = read_count + 1", ""),
    ("bronze.documents", "kept_is_in_records", "kept_count = kept_count + 1", ""),
    ("bronze.documents", "rejected_is_in_rejects", "rejected_count = rejected_count + 1", ""),
    ("bronze.records", "lies_within_its_document", "byte_length = byte_length + 1000", ""),
    ("bronze.records", "has_a_title", "title = '  '", ""),
    ("bronze.records", "has_a_title", "title = chr(9) || chr(160) || chr(8203)", ""),
    ("bronze.rejects", "says_why", "reason = 'No.      '", ""),
    ("bronze.rejects", "raw_is_bounded", "raw = repeat('x', 4 * 65536 + 1)", ""),
    ("silver.papers", "record_count_is_true", "record_count = record_count + 1", ""),
    ("silver.papers", "year_is_that_of_the_date", "year = year - 1", ""),
    ("silver.papers", "year_is_that_of_the_date", "year = NULL", ""),
    ("silver.papers", "year_is_that_of_the_date", "published_on = NULL, year = NULL", ""),
    ("silver.papers", "year_is_that_of_the_date", "date_is_inferred = NULL", ""),
    ("silver.works", "prefers_one_of_its_papers", "preferred_paper_id = (SELECT max(paper_id) FROM silver.papers)", ""),
    ("silver.works", "paper_count_is_true", "paper_count = paper_count + 1", ""),
    ("silver.works", "reason_fits_the_count", "preferred_because = 'published'", "WHERE paper_count = 1"),
    ("silver.work_papers", "work_is_that_of_the_paper", "work_id = (SELECT max(work_id) FROM silver.works)", ""),
    ("silver.work_papers", "only_paper_is_alone", "rule = 'something else'", ""),
    (
        "silver.work_papers",
        "was_matched_within_the_work",
        "matched_paper_id = (SELECT max(paper_id) FROM silver.work_papers)",
        "",
    ),
    (
        "silver.record_papers",
        "was_matched_within_the_paper",
        "matched_record_id = (SELECT min(record_id) FROM silver.record_papers WHERE rule = 'only_record')",
        "WHERE rule <> 'only_record'",
    ),
    ("silver.record_papers", "only_record_is_alone", "rule = 'only_record'", "WHERE rule <> 'only_record'"),
    ("silver.record_papers", "only_record_is_alone", "rule = 'same_title_same_facts'", "WHERE rule = 'only_record'"),
    ("silver.id_redirects", "old_id_is_out_of_use", "old_paper_id = paper_id", ""),
    ("silver.identifiers", "identifier_has_its_form", "value = '2510.01234v2'", "WHERE scheme = 'arxiv'"),
    ("silver.identifiers", "identifier_has_its_form", "value = '2510'", "WHERE scheme = 'arxiv'"),
    ("silver.identifiers", "identifier_has_its_form", "value = '11.1234/night.5'", "WHERE scheme = 'doi'"),
    ("silver.identifiers", "identifier_has_its_form", "value = '10.1234/night 5'", "WHERE scheme = 'doi'"),
    ("silver.identifiers", "identifier_has_its_form", "scheme = 'pmid', value = ''", ""),
    ("silver.authorships", "orcid_is_the_authors", "orcid = '0000-0001-2345-6788'", ""),
    ("silver.authors", "paper_count_is_true", "paper_count = paper_count + 1", ""),
    ("silver.id_repairs", "repaired_id_is_of_its_paper", "repaired_value = '2510.01230'", ""),
    ("silver.id_repairs", "is_proven_by_another_record", "proof_record_id = record_id", ""),
    ("silver.id_repairs", "is_proven_by_another_record", "printed_value = repaired_value", ""),
    ("silver.organizations", "handle_has_no_blank", "organization_id = 'night garden'", ""),
    ("silver.organizations", "handle_has_no_blank", "organization_id = 'Night-Garden'", ""),
    ("silver.links", "is_an_address", "url = 'github.com/night-garden/counts'", ""),
    ("silver.links", "is_an_address", "url = 'https://nowhere'", ""),
    ("silver.links", "is_an_address", "url = 'https://garden.example/a b'", ""),
    ("silver.links", "is_an_address", "url = 'javascript://garden.example/'", ""),
    ("silver.observations", "shows_a_count", "comments = NULL", ""),
    ("silver.field_sources", "loser_keeps_its_value", "value = NULL", "WHERE NOT is_winner"),
    ("silver.field_sources", "loser_keeps_its_value", "value = 'kept twice'", "WHERE is_winner"),
    ("gold.papers", "links_are_counted", "link_count = link_count + 1", ""),
    ("gold.papers", "links_are_counted", "links = NULL", "WHERE link_count > 0"),
    ("gold.organizations", "paper_count_is_true", "paper_count = paper_count + 1", ""),
    ("gold.quality", "read_is_kept_plus_rejected", "kept = kept + 1", ""),
    ("gold.quality_issues", "names_a_checked_column", "column_name = 'title'", ""),
]
FIRST_MONTH = "SELECT CAST(date_trunc('month', min(published_on)) AS DATE) FROM silver.papers"
OTHERS = [
    Case(
        "bronze.documents",
        "kept_is_in_records",
        "DELETE FROM bronze.records WHERE record_id = (SELECT min(record_id) FROM bronze.records)",
        "SELECT document_id FROM bronze.documents WHERE kept_count = 1",
        "a record is lost",
    ),
    Case(
        "bronze.documents",
        "rejected_is_in_rejects",
        "DELETE FROM bronze.rejects WHERE code = 'unknown_format'",
        "SELECT document_id FROM bronze.documents WHERE format = 'unknown'",
        "a reject is lost",
    ),
    Case(
        "bronze.records",
        "belongs_to_a_paper",
        "DELETE FROM silver.record_papers WHERE record_id = (SELECT min(record_id) FROM bronze.records)",
        "SELECT min(record_id) FROM bronze.records",
    ),
    Case(
        "silver.papers",
        "has_a_record",
        "DELETE FROM silver.record_papers WHERE paper_id = (SELECT min(paper_id) FROM silver.papers)",
        "SELECT min(paper_id) FROM silver.papers",
    ),
    Case(
        "silver.field_sources",
        "has_one_winner",
        "UPDATE silver.field_sources SET is_winner = TRUE WHERE NOT is_winner AND field = 'title'",
        "SELECT paper_id, field FROM silver.field_sources WHERE field = 'title' AND rank = 2",
        "two winners",
    ),
    Case(
        "silver.field_sources",
        "has_one_winner",
        "UPDATE silver.field_sources SET is_winner = FALSE WHERE field = 'venue' OR field = 'organization_id'",
        "SELECT paper_id, field FROM silver.field_sources WHERE field = 'organization_id'",
        "no winner",
    ),
    Case(
        "silver.field_sources",
        "has_one_winner",
        "UPDATE silver.field_sources SET is_winner = NOT is_winner WHERE field = 'title' AND paper_id IN (SELECT paper_id FROM "
        "silver.field_sources WHERE field = 'title' AND rank = 2)",
        "SELECT paper_id, field FROM silver.field_sources WHERE field = 'title' AND rank = 2",
        "the second wins",
    ),
    Case(
        "silver.works",
        "prefers_no_notice",
        "UPDATE silver.papers SET manifestation = 'notice' WHERE paper_id = (SELECT min(paper_id) FROM silver.papers); "
        "UPDATE silver.papers SET work_id = 'w' || substr((SELECT min(paper_id) FROM silver.papers), 2)",
        "SELECT work_id FROM silver.works WHERE preferred_paper_id = (SELECT min(paper_id) FROM silver.papers)",
    ),
    Case(
        "silver.authors",
        "name_alone_joins_nobody",
        "UPDATE silver.authorships SET orcid = NULL",
        "SELECT author_id FROM silver.authors",
    ),
    Case(
        "silver.work_papers",
        "every_paper_has_a_work",
        "DELETE FROM silver.work_papers WHERE paper_id = (SELECT max(paper_id) FROM silver.papers)",
        "SELECT max(paper_id) FROM silver.papers",
    ),
    Case(
        "gold.papers",
        "every_work_is_shown",
        "DELETE FROM gold.papers WHERE work_id = (SELECT max(work_id) FROM silver.works)",
        "SELECT work_id, preferred_paper_id FROM silver.works WHERE work_id = (SELECT max(work_id) FROM silver.works)",
    ),
    Case(
        "gold.papers",
        "work_is_shown_once",
        "UPDATE gold.papers SET work_id = (SELECT min(work_id) FROM silver.works)",
        "SELECT work_id, paper_id FROM gold.papers ORDER BY paper_id LIMIT 1",
    ),
    Case(
        "gold.papers",
        "every_paper_is_shown",
        "UPDATE gold.quality SET policy = 'keep_both'; DELETE FROM gold.papers WHERE paper_id = (SELECT max(paper_id) FROM silver.papers)",
        "SELECT work_id, paper_id FROM silver.papers WHERE paper_id = (SELECT max(paper_id) FROM silver.papers)",
    ),
    Case(
        "gold.papers",
        "only_merge_fills",
        "UPDATE gold.quality SET policy = 'keep_both'; UPDATE gold.papers SET filled = 'abstract' WHERE paper_id = (SELECT max(paper_id) FROM "
        "gold.papers)",
        "SELECT work_id, paper_id FROM gold.papers WHERE filled IS NOT NULL",
    ),
    Case(
        "gold.monthly",
        "every_dated_paper_is_in_a_month",
        "UPDATE gold.monthly SET paper_count = paper_count + 1 WHERE month = (SELECT max(month) FROM gold.monthly)",
        "SELECT max(month) FROM gold.monthly",
        "one too many",
    ),
    Case("gold.monthly", "every_dated_paper_is_in_a_month", "DELETE FROM gold.monthly", FIRST_MONTH, "no month at all"),
]
BY_NAME = {table.full_name: table for table in TABLES}


def total_cases() -> Iterator[Case]:
    for name, expectation, change, where in UPDATES:
        table = BY_NAME[name]
        rowid = f"(SELECT min(rowid) FROM {name} {where})"
        # The key is asked for by the row's number, because the change may be one of what `where` looks for.
        plant = f"CREATE TEMP TABLE chosen AS SELECT {rowid} AS number; UPDATE {name} SET {change} WHERE rowid = (SELECT number FROM chosen)"
        yield Case(name, expectation, plant, f"SELECT {', '.join(table.key)} FROM {name} WHERE rowid = (SELECT number FROM chosen)", change)
    yield from OTHERS


CASES = [*(case for table in TABLES for case in structural_cases(table)), *total_cases()]
SUITE_OF = {suite.full_name: suite for suite in SUITES}


@pytest.fixture(scope="module")
def copy(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Path, tuple[object, ...]]]:
    """Makes a copy of the good warehouse with a change in it; gives its path and the answer to a query after the change."""
    file = tmp_path_factory.mktemp("planted") / "warehouse.duckdb"

    def planted(change: str, query: str) -> tuple[Path, tuple[object, ...]]:
        shutil.copyfile(good, file)
        with opened(file) as connection:
            connection.execute(change)
            (answer,) = connection.execute(query).fetchall()
        return file, answer

    return planted


def test_good_warehouse_has_a_row_in_every_table_and_meets_every_expectation(good: Path, gate: Gate) -> None:
    with opened(good, read_only=True) as connection:
        empty = [name for name in BY_NAME if not connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]]
    assert empty == []
    assert [str(failure) for failure in gate.check(good, SUITES)] == []


def test_every_expectation_has_a_planted_case_and_no_case_is_of_an_expectation_that_is_gone() -> None:
    there = {(suite.full_name, expectation.name) for suite in SUITES for expectation in suite.expectations}
    assert {(case.table, case.expectation) for case in CASES} == there


@pytest.mark.parametrize("case", CASES, ids=str)
def test_planted_fault_is_seen_and_its_key_named(case: Case, copy: Callable[[str, str], tuple[Path, tuple[object, ...]]], gate: Gate) -> None:
    file, key = copy(case.plant, case.key)
    failures = {failure.expectation: failure for failure in gate.check(file, [SUITE_OF[case.table]])}
    assert case.expectation in failures
    failure = failures[case.expectation]
    assert [str(one) for one in failures.values() if one.error] == []
    assert failure.count >= 1
    assert " ".join(map(str, key)) in failure.keys
    # What the user reads has all of it.
    assert all(part in str(failure) for part in (case.table, case.expectation, failure.keys[0]))
