"""Which authors of different papers are one person."""

import json
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from warehouse.made import make_silver
from warehouse.people import join_people
from warehouse.schema import silver
from warehouse.store import create, fill, opened

pytestmark = pytest.mark.store

# ORCID or None, then the ids that sources give.
Authorship = tuple[str | None, *tuple[str, ...]]
Row = tuple[str, str, int]


def people(folder: Path, *authorships: Authorship, names: tuple[str, ...] = ()) -> tuple[list[str], list[Row]]:
    """The author of each authorship, each of a paper of its own, and silver.authors: author_id, rule, paper_count."""
    frame = pl.DataFrame(
        [
            {
                "paper_id": f"p{number}",
                "position": 1,
                "author_id": f"orcid:{orcid}" if orcid else ids[0] if ids else f"p{number}/1",
                "name": names[number] if names else "A. Lee",
                "orcid": orcid,
                "source_author_id": ids[0] if ids else None,
                "source_author_ids": json.dumps(ids) if ids else None,
            }
            for number, (orcid, *ids) in enumerate(authorships)
        ],
        schema_overrides=silver.AUTHORSHIPS.polars_schema(),
    )
    file = folder / "warehouse.duckdb"
    file.unlink(missing_ok=True)
    with opened(file) as connection:
        create(connection)
        fill(connection, silver.AUTHORSHIPS, silver.AUTHORSHIPS.conform(frame))
        join_people(connection)
        make_silver(connection)
        found = connection.execute("SELECT author_id FROM silver.authorships ORDER BY CAST(substr(paper_id, 2) AS INTEGER)").fetchall()
        return [one for (one,) in found], connection.execute("SELECT author_id, rule, paper_count FROM silver.authors").fetchall()


def test_a_name_alone_joins_nobody(tmp_path: Path) -> None:
    assert people(tmp_path, (None,), (None,)) == (["p0/1", "p1/1"], [("p0/1", "one_paper", 1), ("p1/1", "one_paper", 1)])


def test_an_orcid_or_a_sources_id_joins(tmp_path: Path) -> None:
    assert people(tmp_path, ("1",), ("1",), (None, "openalex:A"), (None, "openalex:A"), (None, "dblp:A")) == (
        ["orcid:1", "orcid:1", "openalex:A", "openalex:A", "dblp:A"],
        [("dblp:A", "source_author_id", 1), ("openalex:A", "source_author_id", 2), ("orcid:1", "orcid", 2)],
    )


@pytest.mark.parametrize(
    ("authorships", "wanted"),
    [
        ([("1", "a"), (None, "a")], ["orcid:1", "orcid:1"]),
        ([(None, "a", "b"), (None, "b"), (None, "a")], ["a", "a", "a"]),
        # A chain: the ORCID stands beside a, a beside b, b beside c.
        ([("1", "a"), (None, "a", "b"), (None, "b", "c"), (None, "c")], ["orcid:1"] * 4),
        ([(None, *pair) for pair in zip("ihgfedcb", "hgfedcba", strict=True)], ["a"] * 8),
        # Two ORCIDs are two people, whatever joins them: then an id goes with the one that it stands beside, or with none.
        ([("1", "a"), ("2", "a"), (None, "a")], ["orcid:1", "orcid:2", "a"]),
        ([("1", "a"), ("2", "b"), (None, "a", "b"), (None, "a"), (None, "b")], ["orcid:1", "orcid:2", "orcid:1", "orcid:1", "orcid:2"]),
        ([("1", "a"), ("2", "a", "b"), (None, "b")], ["orcid:1", "orcid:2", "orcid:2"]),
    ],
)
def test_ids_of_one_person_hang_together_unless_two_orcids_do(tmp_path: Path, authorships: list[Authorship], wanted: list[str]) -> None:
    assert people(tmp_path, *authorships)[0] == wanted
    assert people(tmp_path, *authorships[::-1])[0] == wanted[::-1]


def test_an_author_has_the_best_spelling(tmp_path: Path) -> None:
    for names in permutations(("A. Lee", "ANN LEE", "Ann Lée", "Ann Lee")):
        people(tmp_path, *[("1",)] * 4, names=names)
        with opened(tmp_path / "warehouse.duckdb", read_only=True) as connection:
            assert set(connection.execute("SELECT name FROM silver.authors").fetchall()) == {("Ann Lée",)}
