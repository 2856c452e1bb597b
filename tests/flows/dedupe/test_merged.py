"""One merged entry per paper, which reads back as those papers."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.dedupe.job import Options, run

A = r"""@string{jh = "Journal of Houses"}
@comment{jabref-meta: databaseType:bibtex;}
@article{Lamp94, author = {Lamp, Ann and Hill, Bo}, title = {A Study of {L}amps in Small H{\"o}uses}, journal = jh, year = 1994, volume = 7,
 keywords = {a, b}, shelf = {12 \& 13}}
@inproceedings{roe01, author = {Roe, Cy}, title = {What Hills Remember of the Rain}, booktitle = {Proc. Weather}, year = 2001}
@article{Lamp94, author = {Else, Some}, title = {A Wholly Unrelated Matter of Mushrooms}, year = 1999, journal = {Fungi}}
@misc{notitle, author = {X}, note = {kept}}
"""
B = r"""@article{LampHill, author = {A. Lamp and B. Hill}, title = {A Study of Lamps in Small Houses}, year = 1994, doi = {10.1000/lamp.1},
 keywords = {b, c}, journal = {Journal of Houses}, volume = 7, pages = {1--9}, abstract = {On 5% of
 @article{x}, braces} }
"""
Read = Callable[[Path], list[dict]]


@pytest.fixture
def library(tmp_path: Path) -> list[str]:
    (tmp_path / "a.bib").write_text(A, encoding="utf-8")
    (tmp_path / "b.bib").write_text(B, encoding="utf-8")
    return [str(tmp_path / "a.bib"), str(tmp_path / "b.bib")]


def merged(files: list[str], target: Path, **options: object) -> str:
    run(Options(files, target.with_suffix(".found.csv"), merged=target, **options))  # type: ignore[arg-type]
    return target.read_text(encoding="utf-8") if target.suffix != ".parquet" else ""


def test_a_bibliography_keeps_its_keys_and_fields(library: list[str], tmp_path: Path) -> None:
    text = merged(library, tmp_path / "m.bib")
    assert "@comment{jabref-meta: databaseType:bibtex;}" in text
    first = text[text.index("@article") : text.index("@inproceedings")]
    assert first.startswith("@article{LampHill,\n")
    assert "  ids = {Lamp94}\n" in first
    assert "  shelf = {12 \\& 13}" in first
    assert "  keywords = {b, c, a}" in first
    assert "  title = {A Study of Lamps in Small Houses}" in first
    assert "@inproceedings{roe01," in text
    # The first paper is found by this key too, so the second Lamp94 is another.
    assert "@article{Lamp94-2," in text
    assert "@misc{notitle," in text


@pytest.mark.parametrize("ending", ["bib", "ris", "csv", "jsonl", "parquet"])
def test_what_is_merged_reads_back_as_those_papers_and_merges_no_more(library: list[str], tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"m.{ending}"
    merged(library, target)
    before = pl.read_csv(tmp_path / "m.found.csv")
    again = run(Options([str(target)], tmp_path / "again.csv", merged=tmp_path / f"n.{ending}"))
    assert again.records == again.papers == before["paper"].n_unique() == 4
    assert (again.refused, again.left_out) == ([], 0)
    if ending != "parquet":
        assert (tmp_path / f"n.{ending}").read_text(encoding="utf-8") == target.read_text(encoding="utf-8")


def test_a_table_keeps_its_own_columns_and_their_order(table, tmp_path: Path) -> None:
    table("a.csv", "Key Title Authors Jahr DOI mine", ["k1", "A Study of Lamps in Small Houses", "Ann Lamp; Bo Hill", "1994", "10.1000/l", "x"])
    table("b.csv", "Key Title Authors Jahr DOI yours", ["k2", "A Study of Lamps in Small Houses", "Ann Lamp; Bo Hill", "1994", "10.1000/l", "y, z"])
    merged([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert row == {
        "Key": "k1",
        "Title": "A Study of Lamps in Small Houses",
        "Authors": "Ann Lamp; Bo Hill",
        "Jahr": "1994",
        "DOI": "10.1000/l",
        "mine": "x",
        "yours": "y, z",
        "ids": "k2",
    }


def test_a_data_frame_keeps_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"title": ["Lamps of the North", "Rain of the South"], "year": [1994, 2001], "score": [0.5, None], "tags": [["a", "b"], []], "x": ["1", None]}
    )
    frame.write_parquet(tmp_path / "a.parquet")
    merged([str(tmp_path / "a.parquet")], tmp_path / "m.parquet")
    found = pl.read_parquet(tmp_path / "m.parquet")
    assert found["year"].to_list() == [1994, 2001]
    assert found["score"].to_list() == [0.5, None]
    assert found["record_id"].to_list() == ["a.parquet#0", "a.parquet#1"]
    assert json.loads(found["tags"][0]) == ["a", "b"]


def test_json_lines_keep_their_values(tmp_path: Path) -> None:
    paper = {"id": "k", "title": "Lamps of the North", "year": 1994, "arxiv_id": 2503.02130, "tags": ["a", {"b": None}], "none": None}
    (tmp_path / "a.jsonl").write_text(json.dumps(paper).replace("2503.0213", "2503.02130"))
    text = merged([str(tmp_path / "a.jsonl")], tmp_path / "m.jsonl")
    assert json.loads(text) == {"id": "k", "title": "Lamps of the North", "year": 1994, "arxiv_id": "2503.02130", "tags": ["a", {"b": None}]}


def test_another_formats_records_come_in_beside_ones_own(library: list[str], table, tmp_path: Path) -> None:
    table(
        "c.csv",
        "record_id title authors year venue pages mine",
        ["c1", "What Hills Remember of the Rain", "Cy Roe", "2001", "Proc. Weather", "3-4", "50% {"],
    )
    text = merged([library[0], str(tmp_path / "c.csv")], tmp_path / "m.bib")
    entry = text[text.index("@inproceedings{roe01") :].partition("\n}")[0]
    assert "booktitle = {Proc. Weather}" in entry
    assert "pages = {3-4}" in entry
    assert "mine = {50\\% }" in entry
    assert "ids = {c1}" in entry


def test_what_was_left_out_of_the_evidence_is_not_left_out_of_the_library(library: list[str], tmp_path: Path) -> None:
    text = merged(library, tmp_path / "m.bib", ignore=["doi", "abstract"])
    assert "doi = {10.1000/lamp.1}" in text
    assert "abstract = {On 5% of" in text


def test_what_could_not_be_read_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("@article{a, title={Lamps}, year=1994}\n\n@article{b, title={open\n\n@article{c, title={Rain}, year=1995}\n")
    done = run(Options([str(tmp_path / "a.bib")], tmp_path / "found.csv", merged=tmp_path / "m.bib"))
    assert (done.records, done.left_out) == (3, 1)
    assert (tmp_path / "m.bib").read_text().count("@article") == 2
