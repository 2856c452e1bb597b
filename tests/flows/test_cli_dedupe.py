"""`paperhouse dedupe` as a person types it."""

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import pytest

LIBRARY = """@article{a, author={Lamp, Ann}, title={A Study of Lamps in Small Houses}, journal={Houses}, year=1994, doi={10.1000/l}}
@article{b, author={A. Lamp}, title={A study of lamps in small houses}, journal={Houses}, year=1994, doi={10.1000/L}}
@article{c, author={Roe, Cy}, title={What Hills Remember of the Rain}, journal={Weather}, year=2001}
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    file = tmp_path / "library.bib"
    file.write_text(LIBRARY)
    return file


def test_the_table_goes_to_standard_output_and_the_summary_beside_it(paperhouse, library: Path, tmp_path: Path) -> None:
    done = paperhouse("dedupe", "library.bib")
    rows = list(csv.DictReader(StringIO(done.stdout)))
    assert [(row["record_id"], row["paper"], row["work"], row["rule"]) for row in rows] == [
        ("a", "a", "a", "same_title_same_facts"),
        ("b", "a", "a", "same_title_same_facts"),
        ("c", "c", "c", "only_record"),
    ] or rows[0]["rule"] == "same_identifier"
    assert done.stderr.startswith("3 records, 2 papers (1 record merged into others), 2 works (")
    assert [path.name for path in tmp_path.iterdir() if path.name != "prefect"] == ["library.bib"]


def test_everything_at_once_with_facts(paperhouse, library: Path, tmp_path: Path) -> None:
    options = ("--output", "found.csv", "--merged", "clean.bib", "--review", "review.csv", "--ignore", "url,ee", "--ignore", "pages", "--json")
    done = paperhouse("dedupe", "library.bib", *options)
    facts = json.loads(done.stdout)
    assert {name: facts[name] for name in ("records", "papers", "works", "merged", "to_review", "answered", "exit_status")} == {
        "records": 3,
        "papers": 2,
        "works": 2,
        "merged": 1,
        "to_review": 0,
        "answered": 0,
        "exit_status": 0,
    }
    assert facts["seconds"] > 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "prefect") == ["clean.bib", "found.csv", "library.bib", "review.csv"]
    assert (tmp_path / "clean.bib").read_text().count("@article") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.bib",), "there is no such file"),
        (("library.bib", "--ignore", "colour"), "--ignore colour: there is no such field"),
        (("library.bib", "--distinct-within", "acm"), "--distinct-within acm: no record is of this source; there are: "),
        (("library.bib", "--merged", "m.doc"), "--merged m.doc: its name must end in one of .bib, .ris, .csv, .jsonl"),
    ],
)
def test_a_mistake_is_a_sentence_and_nothing_is_written(paperhouse, library: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = paperhouse("dedupe", *arguments, "--output", "found.csv", check=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "found.csv").exists()


def test_a_hostile_title_moves_no_terminal(paperhouse, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.csv").write_text("record_id,title\n")
    (tmp_path / "b.bib").write_text(LIBRARY)
    done = paperhouse("dedupe", "a\x1b[2J.csv", "b.bib", "--output", "found.csv")
    assert "refused" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_half_way_it_leaves_nothing(child: Callable[..., subprocess.Popen[str]], tmp_path: Path, sent: signal.Signals, status: int) -> None:
    rows = "".join(f'r{at},"Paper number {at} of a long table of {at * 7} papers","Ann Lamp {at}",{1900 + at % 100},Houses\n' for at in range(60_000))
    (tmp_path / "a.csv").write_text("record_id,title,authors,year,venue\n" + rows)
    code = "import sys; sys.argv[0] = 'paperhouse'; from flows.cli import main; main()"
    process = child(code, "dedupe", tmp_path / "a.csv", "--output", tmp_path / "found.csv")
    start = monotonic()
    while not list(tmp_path.glob(".paperhouse-dedupe-*/*")) and monotonic() - start < 60:
        assert process.poll() is None, process.communicate()
        sleep(0.02)
    process.send_signal(sent)
    assert process.wait(60) == status
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options", "across", "least", "precise"),
    [
        ("cytology_screening", (), False, 0.993, 0.998),
        ("dblp_acm", ("--distinct-within", "dblp", "--distinct-within", "acm"), True, 0.985, 0.97),
    ],
)
def test_labelled_sets_are_scored_through_the_command(
    paperhouse, corpus: Path, tmp_path: Path, name: str, options: tuple[str, ...], across: bool, least: float, precise: float
) -> None:
    records, truth = corpus / "er" / name / "records.csv", corpus / "er" / name / "truth.csv"
    paperhouse("dedupe", records, "--output", tmp_path / "found.csv", *options)
    scorer = [
        sys.executable,
        corpus.parent / "tools" / "score_clusters.py",
        truth,
        tmp_path / "found.csv",
        *(["--across", records] if across else []),
    ]
    scores = json.loads(subprocess.run(scorer, capture_output=True, text=True, check=True).stdout)
    assert scores["f1"] >= least
    assert scores["precision"] >= precise
