from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bronze import Bronze, combined
from transforms.id_repair import damaged_arxiv_id, repairs, unrepaired, with_title_keys
from transforms.identifiers import normal
from transforms.normalize import normalize
from warehouse.schema import gold, silver
from warehouse.schema.staging import RECORDS

DAMAGED = {"record_id": pl.String, "title_key": pl.String, "damaged_arxiv_id": pl.String}
INTACT = {"record_id": pl.String, "title_key": pl.String, "arxiv_id": pl.String}


def recognised(printed: str) -> str | None:
    (found,) = pl.DataFrame({"printed": [printed]}).select(damaged_arxiv_id(pl.col("printed"))).to_series()
    return found if found is None else str(found)


def proven(damaged: str, *known: tuple[str, str | None], title: str = "a") -> list[tuple[str, str]]:
    """Repaired value and proof of one damaged id, among records k0, k1, ... of (title key, arXiv id)."""
    wanted = pl.DataFrame([("d", title, damaged)], DAMAGED, orient="row")
    intact = pl.DataFrame([(f"k{number}", *one) for number, one in enumerate(known)], INTACT, orient="row")
    found = repairs(wanted, intact)
    assert found.schema == silver.ID_REPAIRS.polars_schema()
    assert found.select("record_id", "scheme", "printed_value").rows() == [("d", "arxiv", damaged)] * found.height
    return found.select("repaired_value", "proof_record_id").rows()


# A number has lost its last zeros, its first, or all but a few digits; a data frame adds .0 or digits of its own.
DAMAGED_IDS = (
    "2503.0213 704.001 0704.001 912.1 1412.123 2503.0 2503.02 2503 2.50302E+03 2.5e3 1412.1234.0 arXiv:2503.0213 2503.0213v2 2503,0213 "
    "2503.021300000003 1412.12340"
)
# Intact ids, numbers that no id becomes (there is no 13th month, and before April 2007 ids began with letters), and other things.
OTHERS = (
    "2503.02130 0704.0010 1412.1234v2 hep-th/9901001 https://arxiv.org/abs/2503.02130 2113.123 2017 703.001 0.123 25030.12 1.2E+05 "
    "10.1000/2503.0213 abc 2503.0213or"
)


@pytest.mark.parametrize("printed", DAMAGED_IDS.split())
def test_a_damaged_id_is_recognised_as_it_is_printed(printed: str) -> None:
    assert recognised(printed) == printed


@pytest.mark.parametrize("printed", ["", *OTHERS.split()])
def test_anything_else_is_no_damaged_id(printed: str) -> None:
    assert recognised(printed) is None


@pytest.mark.parametrize(
    ("damaged", "intact"),
    [
        ("2503.0213", "2503.02130"),
        ("704.001", "0704.0010"),
        ("2503.1", "2503.10000"),
        ("2503.0", "2503.02130"),
        ("2503", "2503.02130"),
        ("2.50302E+03", "2503.02130"),
        ("1412.1234.0", "1412.1234"),
        ("1412.12340", "1412.1234"),
        ("1501.1234.0", "1501.12340"),
        ("2503,0213", "2503.02130"),
        ("2503.021300000003", "2503.02130"),
        ("arXiv:2503.0213v2", "2503.02130"),
        # A table that shows four digits rounds the fifth.
        ("2503.0213", "2503.02127"),
    ],
)
def test_a_record_with_the_same_title_proves_the_id(damaged: str, intact: str) -> None:
    assert proven(damaged, ("a", intact)) == [(intact, "k0")]


@pytest.mark.parametrize(
    ("damaged", "known"),
    [
        ("2503.0213", []),
        # another title
        ("2503.0213", [("b", "2503.02130")]),
        # an id that it cannot have come from
        ("2503.0213", [("a", "2503.02140")]),
        ("2503.0213", [("a", "2504.02130")]),
        ("2503.0213", [("a", "hep-th/9901001")]),
        ("2503.0213", [("a", None)]),
        # two that it can have come from
        ("2503.0", [("a", "2503.02130"), ("a", "2503.01111")]),
    ],
)
def test_without_exactly_one_proven_id_nothing_is_repaired(damaged: str, known: list[tuple[str, str | None]]) -> None:
    assert proven(damaged, *known) == []


def test_several_records_with_one_id_are_one_proof_and_others_do_not_count() -> None:
    known = [("b", "2503.02130"), ("a", "2503.02130"), ("a", "2503.02130"), ("a", "2401.00001")]
    assert proven("2503.0213", *known) == [("2503.02130", "k1")]


def test_an_empty_title_proves_nothing() -> None:
    assert proven("2503.0213", ("", "2503.02130"), title="") == []


def records(*rows: dict[str, Any]) -> pl.DataFrame:
    seen = {"document_id": "d", "source": "csv", "observed_at": datetime(2026, 1, 15), "landed_at": datetime(2026, 1, 15)}
    return RECORDS.conform(pl.DataFrame([seen | row for row in rows], schema=RECORDS.polars_schema(), orient="row"))


def test_what_nothing_proves_is_an_issue_of_quality() -> None:
    rows = records({"record_id": "r2", "title": "On Moths"}, {"record_id": "r3", "title": "On Lamps", "damaged_arxiv_id": "704.001"})
    issues = unrepaired(rows)
    assert issues.schema == gold.QUALITY_ISSUES.polars_schema()
    assert issues.select("record_id", "column_name", "source", "expectation", "value").rows() == [
        ("r3", "arxiv_id", "csv", "arxiv_id_is_whole", "704.001")
    ]


def test_a_table_that_took_ids_for_numbers_is_mended_by_another_source(read: Callable[..., Bronze]) -> None:
    table = "title,authors,year,arxiv_id\nOn Moths and Lamps,A. Lamp,2025,2503.0213\nOn Ponds,B. Pond,2007,704.001\n"
    entry = "@article{moths, title = {On {Moths} and Lamps}, author = {Lamp, Ann}, year = 2025, eprint = {2503.02130}, archivePrefix = {arXiv}}\n"
    rows = combined([read(table, name="list.csv"), read(entry, name="library.bib")])
    staged = normalize(rows.records, rows.documents)
    keyed = with_title_keys(staged)
    found = repairs(keyed, keyed)
    assert found.select("scheme", "printed_value", "repaired_value").rows() == [("arxiv", "2503.0213", "2503.02130")]
    assert unrepaired(staged.join(found, on="record_id", how="anti"))["value"].to_list() == ["704.001"]


IDS = st.builds(lambda year, month, number: f"{year:02}{month:02}.{number:05}", st.integers(15, 60), st.integers(1, 12), st.integers(1, 99_999))
IDS |= st.builds(lambda year, month, number: f"{year:02}{month:02}.{number:04}", st.integers(8, 14), st.integers(1, 12), st.integers(1, 9_999))
DAMAGES = st.sampled_from(
    [
        lambda arxiv_id: str(float(arxiv_id)),
        lambda arxiv_id: f"{float(arxiv_id):g}",
        lambda arxiv_id: f"{float(arxiv_id):.5E}",
        lambda arxiv_id: arxiv_id + ".0",
    ]
    + [lambda arxiv_id, digits=digits: f"{float(arxiv_id):.{digits}f}" for digits in (0, 1, 2, 3, 8)]
)


@given(arxiv_id=IDS, damage=DAMAGES)
def test_whatever_the_damage_the_id_is_recognised_and_its_own_record_proves_it(arxiv_id: str, damage: Any) -> None:
    printed = damage(arxiv_id)
    # Where the number has all its digits it is the id.
    if pl.select(normal("arxiv", pl.lit(printed))).item() == arxiv_id:
        return
    rounded_month = printed.partition(".")[0] != arxiv_id.partition(".")[0].lstrip("0")
    assert rounded_month or "e" in printed.lower() or recognised(printed) == printed
    if recognised(printed):
        assert proven(printed, ("a", arxiv_id)) == [(arxiv_id, "k0")]


@given(printed=st.text(max_size=20) | st.text(alphabet="0123456789.,eE+v", max_size=20))
def test_any_text_is_judged_without_an_error(printed: str) -> None:
    if found := recognised(printed):
        assert proven(found, ("a", "2503.02130")) in ([], [("2503.02130", "k0")])
