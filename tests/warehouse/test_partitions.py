from collections import Counter
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from warehouse.partitions import partitioned

pytestmark = pytest.mark.store

# 600 records of 200 papers, three of each.
QUERY = "SELECT range AS record, 'p' || substr(md5((range % 200)::VARCHAR), 1, 16) AS paper_id, '{\"n\": 1}'::JSON AS rest FROM range(600)"


@pytest.mark.parametrize("rows_at_once", [1, 7, 50, 300, 599, 600, 10_000])
def test_every_row_is_in_one_frame_with_all_rows_of_its_paper(tmp_path: Path, rows_at_once: int) -> None:
    with duckdb.connect() as connection, partitioned(connection, QUERY, 600, tmp_path / "parts", rows_at_once) as parts:
        frames = list(parts)
    assert Counter(record for frame in frames for record in frame["record"]) == Counter(range(600))
    papers = [set(frame["paper_id"]) for frame in frames]
    assert len(set().union(*papers)) == sum(len(one) for one in papers) == 200
    # In the order of ids from frame to frame.
    assert all(max(before) < min(after) for before, after in pairwise(papers))
    assert (len(frames) == 1) == (rows_at_once >= 600)
    with duckdb.connect() as connection:
        expected = connection.sql(QUERY).pl().schema
    assert all(frame.schema == expected for frame in frames)


def test_signs_of_a_folders_name_that_mean_something_in_a_pattern_are_only_signs(tmp_path: Path) -> None:
    home = tmp_path / "my [home] 'a' * ?"
    home.mkdir()
    with duckdb.connect() as connection, partitioned(connection, QUERY, 600, home / "parts", 50) as parts:
        assert sum(frame.height for frame in parts) == 600


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with duckdb.connect() as connection, partitioned(connection, QUERY, 600, tmp_path / "parts 'of' one", 50) as parts:
        next(parts)
        assert (tmp_path / "parts 'of' one").exists()
    assert list(tmp_path.iterdir()) == []


def test_no_rows_give_one_empty_frame(tmp_path: Path) -> None:
    with duckdb.connect() as connection, partitioned(connection, f"FROM ({QUERY}) WHERE false", 0, tmp_path / "parts") as parts:
        assert [frame.height for frame in parts] == [0]
