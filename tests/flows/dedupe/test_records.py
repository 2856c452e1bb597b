"""One row per record, called by its key, of whatever files."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from warehouse.errors import InputError

COLUMNS = "record_id title authors year venue volume pages doi"
PLAIN = "title authors year venue volume pages doi"
Deduplicated = Callable[..., list[dict[str, str]]]
Papers = Callable[[list[dict[str, str]]], dict[str, str]]


def test_records_of_one_paper_are_named_by_the_first_of_them(deduplicated: Deduplicated, papers: Papers, table, lamp, hill) -> None:
    file = table("a.csv", COLUMNS, ["r1", *lamp], ["r2", *hill], ["r3", *lamp])
    rows = deduplicated(file)
    assert list(rows[0]) == ["record_id", "paper", "work", "rule", "score"]
    assert papers(rows) == {"r1": "r1", "r2": "r2", "r3": "r1"}
    assert [(row["rule"], row["score"]) for row in rows] == [
        ("same_identifier", "1.0"),
        ("only_record", "1.0"),
        ("same_identifier", "1.0"),
    ]


def test_a_record_without_a_key_is_called_by_its_place_from_nought(deduplicated: Deduplicated, papers: Papers, table, lamp, hill) -> None:
    assert papers(deduplicated(table("a.csv", PLAIN, lamp, hill, lamp))) == {"a.csv#0": "a.csv#0", "a.csv#1": "a.csv#1", "a.csv#2": "a.csv#0"}


def test_a_repeated_key_is_told_apart_and_so_is_one_that_looks_like_it(deduplicated: Deduplicated, table, lamp) -> None:
    file = table("a.csv", COLUMNS, *[[key, *lamp] for key in ("r", "r", "r~2", "r", "r~2")])
    rows = deduplicated(file)
    keys = [row["record_id"] for row in rows]
    assert len(set(keys)) == 5
    assert keys[0] == "r"
    assert {row["paper"] for row in rows} == {"r"}


def test_records_that_cannot_be_read_are_papers_of_their_own(deduplicated: Deduplicated, papers: Papers, table, lamp) -> None:
    file = table("a.csv", COLUMNS, ["r1", *lamp], ["r2", "", *lamp[1:]], ["r3", "too", "short"])
    rows = deduplicated(file)
    assert papers(rows) == {"r1": "r1", "r2": "r2", "a.csv#2": "a.csv#2"}
    assert {row["rule"] for row in rows} == {"only_record"}
    assert deduplicated.done.rejected == {"malformed": 1, "no_title": 1}


def test_equal_files_are_two_and_what_is_packed_is_called_as_in_its_archive(
    deduplicated: Deduplicated, papers: Papers, table, tmp_path, lamp
) -> None:
    raw = table("a.csv", PLAIN, lamp).read_bytes()
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(raw))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("x/one.csv", raw)
        archive.writestr("x/two.csv", raw)
    rows = deduplicated("a.csv", "b.csv.gz", "c.zip")
    assert papers(rows) == dict.fromkeys(["a.csv#0", "b.csv.gz#0", "x/one.csv#0", "x/two.csv#0"], "a.csv#0")


def test_a_folder_is_a_part_of_the_name(deduplicated: Deduplicated, table, tmp_path, lamp, hill) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    table("in/a.csv", PLAIN, lamp)
    table("in/sub/b.csv", PLAIN, hill)
    assert [row["record_id"] for row in deduplicated(tmp_path / "in")] == ["in/a.csv#0", "in/sub/b.csv#0"]
    assert [row["record_id"] for row in deduplicated("in/*.csv", tmp_path / "in" / "sub" / "b.csv")] == ["a.csv#0", "sub/b.csv#0"]


def test_files_of_several_formats_are_one_library(deduplicated: Deduplicated, papers: Papers, table, tmp_path: Path, lamp) -> None:
    title, _, year, venue, volume, pages, doi = lamp
    table("a.csv", PLAIN, lamp)
    (tmp_path / "b.bib").write_text(
        f"@article{{Lamp94, author={{Lamp, A. and Hill, B.}}, title={{{title}}}, journal={{J. Houses}},\n"
        f" year={year}, volume={volume}, pages={{1--9}}}}"
    )
    (tmp_path / "c.ris").write_text(
        f"TY  - JOUR\nID  - L1\nAU  - Lamp, Ann\nAU  - Hill, Bo\nTI  - {title}\nPY  - {year}\nJO  - {venue}\nVL  - {volume}\nDO  - {doi}\nER  - \n"
    )
    (tmp_path / "d.jsonl").write_text(json.dumps({"id": "j", "title": title.upper(), "authors": ["A. Lamp", "B. Hill"], "year": 1994, "doi": doi}))
    pl.DataFrame({"key": ["q"], "title": [title], "authors": ["Ann Lamp; Bo Hill"], "year": [1994], "pages": [pages], "volume": [7]}).write_parquet(
        tmp_path / "e.parquet"
    )
    work = {"id": "https://openalex.org/W1", "title": title, "publication_year": 1994, "doi": f"https://doi.org/{doi}"}
    work |= {"authorships": [{"author": {"display_name": "Ann Lamp"}}, {"author": {"display_name": "Bo Hill"}}], "cited_by_count": 3}
    (tmp_path / "f.jsonl").write_text(json.dumps(work))
    rows = deduplicated(tmp_path)
    assert [row["record_id"].split("/", 1)[-1] for row in rows] == ["a.csv#0", "Lamp94", "L1", "j", "q", "/openalex.org/W1"]
    assert len(set(papers(rows).values())) == 1
    assert rows[5]["record_id"] == "https://openalex.org/W1"


def test_the_order_of_the_files_makes_no_difference(deduplicated: Deduplicated, table, lamp, hill) -> None:
    table("a.csv", PLAIN, lamp, hill)
    table("b.csv", PLAIN, hill, lamp)
    assert deduplicated("a.csv", "b.csv") == deduplicated("b.csv", "a.csv")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_the_outputs_name_says_how_it_is_written(deduplicated, table, tmp_path: Path, lamp, ending: str) -> None:
    from flows.dedupe.job import Options, run

    target = tmp_path / f"found.{ending}"
    run(Options([str(table("a.csv", COLUMNS, ["1", *lamp], ["2", *lamp]))], target))
    read = {"csv": lambda file: pl.read_csv(file, infer_schema=False), "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[ending]
    assert read(target)["paper"].to_list() == ["1", "1"]


def test_a_file_that_cannot_be_read_is_said_and_the_others_go_on(deduplicated: Deduplicated, table, tmp_path: Path, lamp) -> None:
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 damaged")
    (tmp_path / "empty.bib").touch()
    assert len(deduplicated(table("a.csv", PLAIN, lamp), "b.pdf", "c.zip", "empty.bib")) == 1
    assert [one.partition(":")[0] for one in deduplicated.done.refused] == ["c.zip", "b.pdf", "empty.bib"]


def test_where_nothing_can_be_read_nothing_is_written(deduplicated: Deduplicated, tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="no record was found") as raised:
        deduplicated("b.pdf")
    assert "a PDF file" in str(raised.value)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_output_never_takes_the_place_of_an_input_or_of_another(deduplicated: Deduplicated, table, tmp_path: Path, lamp) -> None:
    file = table("a.csv", PLAIN, lamp)
    before = file.read_bytes()
    for options in ({"merged": file}, {"review": file}):
        with pytest.raises(InputError):
            deduplicated(file, **options)
    with pytest.raises(InputError, match="two outputs cannot be one file"):
        deduplicated(file, merged=tmp_path / "m.csv", review=tmp_path / "m.csv")
    with pytest.raises(InputError, match="its name must end in one of"):
        deduplicated(file, merged=tmp_path / "m.doc")
    with pytest.raises(InputError, match="is not there; make it first"):
        deduplicated(file, merged=tmp_path / "no" / "m.bib")
    assert file.read_bytes() == before
