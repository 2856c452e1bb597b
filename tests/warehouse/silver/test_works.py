"""Which paper stands for a work, and why."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from warehouse.made import make_silver
from warehouse.schema import silver
from warehouse.store import create, fill, opened

pytestmark = pytest.mark.store


def preferred(folder: Path, *papers: dict[str, Any]) -> tuple[str, str, int]:
    """The paper that stands for these versions of one work, why, and how many there are."""
    rows = [{"paper_id": f"p{number}", "work_id": "w", "field_count": 3, **fields} for number, fields in enumerate(papers)]
    found = []
    for order in (rows, rows[::-1]):
        file = folder / "warehouse.duckdb"
        file.unlink(missing_ok=True)
        with opened(file) as connection:
            create(connection)
            fill(connection, silver.PAPERS, silver.PAPERS.conform(pl.DataFrame(order, schema_overrides=silver.PAPERS.polars_schema())))
            make_silver(connection)
            found += connection.execute("SELECT preferred_paper_id, preferred_because, paper_count FROM silver.works").fetchall()
    assert found[0] == found[1]
    return found[0]


PUBLISHED, PREPRINT, NOTICE, UNKNOWN = ({"manifestation": name} for name in ("published", "preprint", "notice", "unknown"))


@pytest.mark.parametrize(
    ("papers", "wanted"),
    [
        ([NOTICE], ("p0", "only_paper", 1)),
        ([PREPRINT | {"field_count": 9}, PUBLISHED], ("p1", "published", 2)),
        ([UNKNOWN, PUBLISHED], ("p1", "published", 2)),
        ([PREPRINT | {"field_count": 9}, UNKNOWN], ("p1", "not_a_preprint", 2)),
        ([NOTICE | {"field_count": 9}, PREPRINT], ("p1", "not_a_notice", 2)),
        ([NOTICE | {"field_count": 9}, PUBLISHED], ("p1", "not_a_notice", 2)),
        ([NOTICE, PREPRINT, PUBLISHED], ("p2", "published", 3)),
        ([PUBLISHED | {"year": 2020}, PUBLISHED | {"field_count": 4, "year": 2021}], ("p1", "most_complete", 2)),
        ([PUBLISHED | {"year": 2021}, PUBLISHED | {"year": 2021, "published_on": date(2021, 3, 1)}], ("p1", "earliest", 2)),
        ([PUBLISHED, PUBLISHED | {"year": 2021}], ("p1", "earliest", 2)),
        ([PUBLISHED, PUBLISHED], ("p0", "first_id", 2)),
        ([NOTICE, NOTICE | {"field_count": 4}], ("p1", "most_complete", 2)),
    ],
)
def test_published_before_preprint_then_the_fuller_then_the_earlier(
    tmp_path: Path, papers: list[dict[str, Any]], wanted: tuple[str, str, int]
) -> None:
    assert preferred(tmp_path, *papers) == wanted
