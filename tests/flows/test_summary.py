import json
from datetime import datetime
from typing import Any

import pytest

from flows.summary import Summary, as_markdown, as_text, quality_row
from warehouse.schema import gold

AT = datetime(2026, 1, 15, 8, 0, 0, 5)


def summary(**facts: Any) -> Summary:
    return Summary("20260115T080000.000005Z", AT, "/home", "/home/warehouse.duckdb", **facts)


def typed(name: str) -> str:
    """A command of ours as it is called where the user is."""
    return f"./here {name}"


@pytest.fixture
def done() -> Summary:
    return summary(
        state="published",
        files=3,
        new_documents=2,
        known_documents=1,
        read=1300,
        kept=1290,
        rejected=10,
        rejects_by_code={"cut_off": 9, "binary": 1},
        records=2290,
        papers=2000,
        merged=290,
        set_aside=4,
        expectations=117,
        inputs_sha256="in",
        code_sha256="code",
        seconds={"land": 0.25, "import": 2.0},
    )


def test_a_published_run_is_told_in_a_few_lines(done: Summary) -> None:
    assert as_text(done, typed).splitlines() == [
        "Published /home/warehouse.duckdb (2.2 s).",
        "  documents  2 new, 1 known",
        "  records    1,300 read = 1,290 kept + 10 rejected",
        "  warehouse  2,290 records, 2,000 papers (290 records merged into others)",
        '  set aside  4 values that are not credible: ./here sql "select * from gold.quality_issues"',
        "  rejected   binary 1, cut_off 9: ./here rejects",
        "  checked    117 expectations, all met",
        "  seconds    land 0.2, import 2.0",
    ]


@pytest.mark.parametrize(
    ("passed", "line"),
    [(0, None), (1, "  passed     1 entry that is no paper"), (1_234, "  passed     1,234 entries that are no paper")],
)
def test_entries_that_are_no_paper_are_told_where_there_are_any(done: Summary, passed: int, line: str | None) -> None:
    done.passed = passed
    assert [one for one in as_text(done, typed).splitlines() if "passed" in one] == ([line] if line else [])
    assert done.as_facts()["passed"] == passed


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"state": "unchanged"}, "Nothing new: /home/warehouse.duckdb stands as it was (0.0 s)."),
        ({"state": "nothing_loaded", "files": 1}, "Nothing could be loaded from the 1 file named (0.0 s)."),
        ({"state": "nothing_loaded", "files": 1200}, "Nothing could be loaded from the 1,200 files named (0.0 s)."),
    ],
    ids=["unchanged", "one file", "many files"],
)
def test_a_run_that_brought_nothing_says_so_first(facts: dict[str, Any], first: str) -> None:
    assert as_text(summary(**facts), typed).splitlines()[0] == first


def test_a_run_that_named_no_file_does_not_speak_of_files_named() -> None:
    assert "0 files" not in as_text(summary(state="nothing_loaded", files=0), typed)


def test_nothing_loaded_is_the_users_to_mend_and_all_else_is_done() -> None:
    assert [summary(state=state).exit_status for state in ("published", "unchanged", "nothing_loaded")] == [0, 0, 2]


def test_the_facts_are_json_and_round_seconds(done: Summary) -> None:
    done.seconds["land"] = 0.12345
    facts = json.loads(json.dumps(done.as_facts()))
    assert facts["started_at"] == "2026-01-15T08:00:00.000005"
    assert facts["seconds"] == {"land": 0.123, "import": 2.0}
    assert (facts["read"], facts["kept"], facts["rejects_by_code"]) == (1300, 1290, {"cut_off": 9, "binary": 1})


def test_the_quality_row_has_the_columns_of_the_table_and_null_for_what_was_not_reached(done: Summary) -> None:
    row = done.quality_row()
    assert list(gold.QUALITY.polars_schema()) == [name for name in gold.QUALITY.column_names if name in row]
    assert set(row) == set(gold.QUALITY.column_names)
    assert (row["started_at"], row["papers"], row["land_seconds"], row["publish_seconds"]) == (AT, 2000, 0.25, None)


def test_a_line_of_an_older_journal_still_makes_a_row() -> None:
    row = quality_row({"run_id": "r", "state": "published", "started_at": "2020-01-01T00:00:00", "unheard_of": 1})
    assert set(row) == set(gold.QUALITY.column_names)
    assert (row["read"], row["papers"], row["land_seconds"]) == (0, None, None)


def test_the_markdown_has_every_fact_as_a_row(done: Summary) -> None:
    lines = as_markdown(done).splitlines()
    assert lines[:2] == ["| what | value |", "|---|---|"]
    assert {"| state | published |", "| papers | 2000 |", "| import seconds | 2.0 |", "| rejected: cut_off | 9 |"} <= set(lines)
    assert all(line.count("|") == 3 for line in lines)
