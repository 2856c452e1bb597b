"""What the stages before let through, the gate lets through: an odd but honest page, file or history never stops a publish."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expectations.totals import TOTALS
from flows.home import Home
from flows.load import Job, load
from flows.reporter import Silent
from flows.settings import Settings
from flows.summary import Summary
from transforms.links import found_links
from transforms.normalize import normalize
from warehouse.published import read_table
from warehouse.schema import bronze, silver

pytestmark = pytest.mark.store

Load = Callable[[str], Summary]


@pytest.fixture
def loaded(tmp_path: Path, now: datetime) -> Load:
    """Loads one page, saved at some time, into a home in tmp_path."""

    def call(text: str, modified: datetime | None = None) -> Summary:
        file = tmp_path / "page.txt"
        file.write_text(text, encoding="utf-8")
        if modified:
            os.utime(file, (modified.timestamp(), modified.timestamp()))
        return load(Job(Home(tmp_path / "home"), [file], Settings(), now, Silent()))

    return call


FOOTER = ("night-garden Night Garden", "·", "Oct 28, 2025 2")


def test_file_with_a_meaningless_modification_time_is_loaded(loaded: Load, page: Callable[..., str], abstract: Callable[[int], str]) -> None:
    # Archives and checkouts that are to be reproducible set it to 1970 or 1980: the dates in the page are not wrong because of that.
    text = page([(f"Lamp {number} and Its Moths", abstract(number), *FOOTER) for number in range(4)])
    summary = loaded(text, modified=datetime(1970, 1, 2))
    assert (summary.state, summary.papers, summary.set_aside) == ("published", 4, 0)


def test_records_that_agree_may_have_an_abstract_shorter_than_the_title_that_wins(loaded: Load, page: Callable[..., str], tmp_path: Path) -> None:
    # Each record is fine by itself: the abstract of one is longer than its title, and the other with the longer title has none.
    title = "Pretraining of Small Models That Learn From Large Ones When These Are Seldom Right and Never Asked"
    longer = title.replace("Pretraining", "Pre - Training").replace("Small Models", "Small - Models")
    abstract = "Here we show that small models learn from large ones when those are seldom right, and never asked."
    assert len(title) <= len(abstract) < len(longer)
    summary = loaded(page([(title, abstract, *FOOTER), (longer, "", *FOOTER)]))
    assert (summary.state, summary.papers, summary.merged) == ("published", 1, 1)
    papers = read_table(tmp_path / "home" / "warehouse.duckdb", silver.PAPERS)
    assert papers is not None
    assert papers["abstract"].to_list() == [abstract]


def test_a_run_that_was_stopped_for_its_counts_does_not_stop_those_after_it(
    loaded: Load, page: Callable[..., str], abstract: Callable[[int], str], tmp_path: Path
) -> None:
    # The gate did its work on a parser's fault, and the journal keeps what that run counted for ever. The parser is mended since.
    stopped = {"run_id": "20251201T000000.000000Z", "started_at": "2025-12-01T00:00:00", "state": "stopped", "new_documents": 1}
    (tmp_path / "home" / "journal").mkdir(parents=True)
    (tmp_path / "home" / "journal" / "runs.jsonl").write_text(json.dumps(stopped | {"read": 3, "kept": 1, "rejected": 1}) + "\n")
    assert loaded(page([("Lamps and Their Moths", abstract(1), *FOOTER)])).state == "published"


@pytest.fixture(scope="module")
def memory() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


PART = st.text(alphabet="ab.:/@?#-_~%()[]{}\"'\\é ", max_size=12)


@settings(max_examples=60)
@given(before=PART, after=PART, start=st.sampled_from(["https://", "HTTP://", "www.", "github.com/", "arxiv.org/", "https://www."]))
@example(before="", start="https://", after=".example/x")
@example(before="", start="https://", after="./x")
def test_every_address_that_is_found_is_one_to_the_expectation(before: str, start: str, after: str, memory: duckdb.DuckDBPyConnection) -> None:
    found = found_links(pl.DataFrame({"record_id": ["r"], "abstract": [f"See {before} {start}{after} there."]}))
    (expectation,) = (one for one in TOTALS["silver.links"] if one.name == "is_an_address")
    assert expectation.query
    memory.register("links", found.with_columns(paper_id=pl.lit("p")).to_arrow())
    assert memory.execute(expectation.query.format(batch="links")).fetchall() == []
    # And gold counts the addresses by the blanks between them.
    assert all(" " not in url for url in found["url"])


@settings(max_examples=50)
@given(
    arxiv=st.text(alphabet="0123456789.v/-abchepth", max_size=14)
    | st.from_regex(r"(\d{4}\.\d{4,5}|[a-z-]{2,9}(\.[A-Z]{2})?/\d{7})(v\d)?", fullmatch=True)
)
@example(arxiv="2510.01234v2")
@example(arxiv="math.GT/0309136")
@example(arxiv="000٠.0000")
def test_every_arxiv_id_that_is_read_is_one_to_the_expectation(arxiv: str, memory: duckdb.DuckDBPyConnection) -> None:
    document = bronze.DOCUMENTS.conform(pl.DataFrame({"document_id": ["d"], "observed_at": [datetime(2025, 12, 16)]}))
    record = bronze.RECORDS.conform(pl.DataFrame({"record_id": ["r"], "document_id": ["d"], "source": ["hf"], "title": ["T"], "arxiv_id": [arxiv]}))
    read = normalize(record, document)["arxiv_id"].drop_nulls().to_list()
    (expectation,) = TOTALS["silver.identifiers"]
    assert expectation.query
    memory.register("identifiers", pl.DataFrame({"paper_id": "p", "scheme": "arxiv", "value": pl.Series(read, dtype=pl.String)}).to_arrow())
    assert memory.execute(expectation.query.format(batch="identifiers")).fetchall() == []
