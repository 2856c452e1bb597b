from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from flows import stages
from warehouse.schema import gold, silver
from warehouse.schema.staging import RECORDS
from warehouse.store import opened, stage

pytestmark = pytest.mark.store

SEEN = {"document_id": "d", "source": "csv", "observed_at": datetime(2026, 1, 15), "landed_at": datetime(2026, 1, 15)}
ROWS = [
    {"record_id": "r1", "title": "On  Moths", "damaged_arxiv_id": "2503.0213"},
    {"record_id": "r2", "title": r"On \emph{Moths}", "arxiv_id": "2503.02130"},
    {"record_id": "r3", "title": "On Lamps", "damaged_arxiv_id": "704.001"},
    {"record_id": "r4", "title": "On Roofs", "arxiv_id": "0704.0010"},
]


def staged(file: Path, *rows: dict[str, str]) -> Path:
    stage(file, RECORDS, [RECORDS.conform(pl.DataFrame([SEEN | row for row in rows], schema=RECORDS.polars_schema(), orient="row"))])
    return file


def test_an_id_is_repaired_with_proof_and_else_listed(tmp_path: Path) -> None:
    file = staged(tmp_path / "staged.duckdb", *ROWS)
    proven, issues = stages.repaired(file)
    with opened(file, read_only=True) as connection:
        after = connection.execute("SELECT record_id, arxiv_id, damaged_arxiv_id FROM staging.records ORDER BY 1").fetchall()
    assert after == [("r1", "2503.02130", None), ("r2", "2503.02130", None), ("r3", None, "704.001"), ("r4", "0704.0010", None)]
    assert proven.to_dicts() == [
        {"record_id": "r1", "scheme": "arxiv", "printed_value": "2503.0213", "repaired_value": "2503.02130", "proof_record_id": "r2"}
    ]
    assert issues.select("record_id", "column_name", "value").rows() == [("r3", "arxiv_id", "704.001")]


def test_without_damage_nothing_is_repaired(tmp_path: Path) -> None:
    proven, issues = stages.repaired(staged(tmp_path / "staged.duckdb", *(row for row in ROWS if "arxiv_id" in row)))
    assert (proven.schema, issues.schema) == (silver.ID_REPAIRS.polars_schema(), gold.QUALITY_ISSUES.polars_schema())
    assert (proven.height, issues.height) == (0, 0)
