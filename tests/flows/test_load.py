import gzip
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.home import Home
from flows.journal import Journal
from flows.matching_state import write_state
from flows.settings import Settings
from flows.summary import Summary
from warehouse.published import read_table
from warehouse.schema import BY_NAME, bronze, gold, silver
from warehouse.schema.gold import Policy

pytestmark = [pytest.mark.store, pytest.mark.slow]


def silver_of(home: Path, *without: str) -> dict[str, pl.DataFrame]:
    """Every silver table, without columns of these names, sorted by what is left."""
    frames = {}
    for table in silver.TABLES:
        frame = read_table(home / "warehouse.duckdb", table)
        assert frame is not None
        frame = frame.drop(without, strict=False)
        frames[table.full_name] = frame.sort(frame.columns)
    return frames


def assert_equal(found: dict[str, pl.DataFrame], expected: dict[str, pl.DataFrame]) -> None:
    assert {name: frame.rows() for name, frame in found.items()} == {name: frame.rows() for name, frame in expected.items()}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path]) -> Path:
    """Folder a: papers 0 to 3 on two pages; folder b: papers 2 to 5, and 1 with a longer abstract and its title in another spelling."""
    folder = tmp_path_factory.mktemp("pages")
    saved(folder / "a" / "2025-12-16.txt", 0, 1)
    saved(folder / "a" / "2025-12-17.txt", 2, 3)
    saved(folder / "b" / "2025-12-18.txt", 2, 3, 4)
    text = saved(folder / "b" / "2025-12-19.txt", 1, 5).read_text()
    text = text.replace("Birch Leaves in the Rain", "Birch leaves in the rain").replace("Most of them she could.", "Most of them she could. Not all.")
    (folder / "b" / "2025-12-19.txt").write_text(text)
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, run_load: Callable[..., Summary], pages: Path) -> tuple[Path, Summary]:
    home = tmp_path_factory.mktemp("together")
    return home, run_load(home, pages)


@pytest.fixture
def home(first: tuple[Path, Summary], tmp_path: Path) -> Path:
    """A copy of the loaded home, for a test to change."""
    return shutil.copytree(first[0], tmp_path / "home")


def test_a_folder_of_pages_becomes_a_published_warehouse(first: tuple[Path, Summary], ask: Callable[..., Any]) -> None:
    home, summary = first
    assert (summary.state, summary.files, summary.new_documents, summary.known_documents) == ("published", 4, 4, 0)
    assert (summary.read, summary.kept, summary.rejected, summary.records, summary.papers, summary.merged) == (9, 9, 0, 9, 6, 3)
    assert ask(home, "SELECT count(*) FROM bronze.documents") == [(4,)]
    assert ask(home, "SELECT title, record_count, abstract LIKE '%Not all.' FROM gold.papers WHERE title ILIKE 'birch%'") == [
        ("Birch Leaves in the Rain", 2, True)
    ]
    assert ask(home, "SELECT record_count, count(*) FROM silver.papers GROUP BY ALL ORDER BY ALL") == [(1, 3), (2, 3)]
    assert ask(home, "SELECT run_id, state, read, papers FROM gold.quality") == [(summary.run_id, "running", 9, 6)]
    places = [".paperhouse-work", "data-docs", "journal", "matching.duckdb", "raw", "run.lock", "warehouse.duckdb"]
    assert sorted(path.name for path in home.iterdir()) == places
    assert list(Home(home).work.iterdir()) == []
    assert (home / "data-docs" / "index.html").exists()
    assert [run["state"] for run in Journal(home / "journal").runs()] == ["published"]
    assert {stage for stage, seconds in summary.seconds.items() if seconds > 0} == set(gold.STAGES)


def test_a_batch_is_matched_against_the_warehouse_with_the_result_of_all_together(
    home: Path, pages: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = []
    monkeypatch.setattr("flows.matching.write_state", lambda *arguments: whole.append(arguments) or write_state(*arguments))
    monkeypatch.setattr("flows.matching._WORTH_UPDATING", 0.5)
    more = saved(tmp_path / "2025-12-20.txt", 0, 9)
    run_load(home, more)
    assert not whole
    # Where the state is gone or another run's, all is matched, with the same result.
    other = shutil.copytree(home, tmp_path / "other")
    for place, state in ((home, None), (other, b"damaged")):
        (place / "matching.duckdb").unlink()
        if state:
            (place / "matching.duckdb").write_bytes(state)
    last = saved(tmp_path / "2025-12-21.txt", 3, 10)
    run_load(home, last)
    run_load(other, last)
    assert len(whole) == 2
    assert_equal(silver_of(home), silver_of(other))
    together = tmp_path / "together"
    run_load(together, pages, more, last)
    assert_equal(silver_of(home), silver_of(together))
    assert Path(home / "matching.duckdb").exists()


def test_the_same_again_changes_nothing_and_the_journal_notes_the_run(home: Path, pages: Path, run_load: Callable[..., Summary]) -> None:
    before = (home / "warehouse.duckdb").read_bytes(), (home / "warehouse.duckdb").stat().st_ino
    again, without_paths = run_load(home, pages), run_load(home)
    for summary in (again, without_paths):
        assert (summary.state, summary.new_documents, summary.known_documents, summary.read, summary.exit_status) == ("unchanged", 0, 4, 0, 0)
    assert ((home / "warehouse.duckdb").read_bytes(), (home / "warehouse.duckdb").stat().st_ino) == before
    assert [run["state"] for run in Journal(home / "journal").runs()] == ["published", "unchanged", "unchanged"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids=["a then b", "b then a"])
def test_in_whatever_order_pages_come_the_papers_are_the_same(
    tmp_path: Path, first: tuple[Path, Summary], pages: Path, run_load: Callable[..., Summary], order: tuple[str, str]
) -> None:
    summaries = [run_load(tmp_path / "home", pages / name) for name in order]
    assert [summary.state for summary in summaries] == ["published", "published"]
    assert_equal(silver_of(tmp_path / "home"), silver_of(first[0]))


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids=["a then b", "b then a"])
def test_the_same_page_saved_twice_is_dated_alike_in_whatever_order_it_comes(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any], order: tuple[str, str]
) -> None:
    # The footer's date has no year; the page's is known only from the name of the file, and two names tell two years.
    for folder, name in (("a", "2025-12-20.txt"), ("b", "2024-12-20.txt")):
        saved(
            tmp_path / folder / name,
            ("Alder Leaves in the Rain", "It rained on them, as it does. " * 5, "nvidia NVIDIA", "·", "Dec 15"),
            date="Dec 16",
        )
    for name in order:
        run_load(tmp_path / "home", tmp_path / name)
    assert ask(tmp_path / "home", "SELECT CAST(published_on AS VARCHAR) FROM silver.papers") == [("2024-12-15",)]


def test_two_papers_of_one_title_stay_two_in_whatever_order_they_come(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    rain = "Rain falls on every page of this record and the reader is asked to count the drops before she turns it. " * 3
    snow = "No flake is like another, says who never compared two; we compared four thousand and found eleven pairs. " * 3
    for name, text in (("rain", rain), ("snow", snow)):
        saved(tmp_path / name / "2025-12-16.txt", ("Weather", text.strip(), "nvidia NVIDIA", "·", "Dec 15, 2024"))
    found = []
    for home, order in (("one", ("rain", "snow")), ("two", ("snow", "rain"))):
        for name in order:
            run_load(tmp_path / home, tmp_path / name)
        found.append(ask(tmp_path / home, "SELECT title, abstract, record_count FROM silver.papers ORDER BY ALL"))
        assert ask(tmp_path / home, "SELECT count(DISTINCT paper_id) FROM silver.papers") == [(2,)]
    assert found == [[("Weather", snow.strip(), 1), ("Weather", rain.strip(), 1)]] * 2


def test_pages_that_name_no_organisation_are_published(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    saved(tmp_path / "page.txt", ("Alder Leaves in the Rain", "It rained on them, as it does. " * 5, "• 3 authors", "·", "Dec 15, 2024"))
    assert run_load(tmp_path / "home", tmp_path / "page.txt").state == "published"
    assert ask(tmp_path / "home", "SELECT organization_id, author_count FROM silver.papers") == [(None, 3)]


def test_a_new_page_is_added_to_what_is_there_and_ids_stay(
    home: Path, first: tuple[Path, Summary], tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    summary = run_load(home, saved(tmp_path / "2025-12-20.txt", 0, 6))
    assert (summary.state, summary.new_documents, summary.read, summary.kept, summary.papers) == ("published", 1, 2, 2, 7)
    ids = "SELECT record_id, paper_id FROM silver.record_papers"
    assert set(ask(first[0], ids)) < set(ask(home, ids))
    assert ask(home, "SELECT count(*) FROM silver.id_redirects") == [(0,)]
    assert ask(home, "SELECT state, new_documents FROM gold.quality ORDER BY run_id") == [("published", 4), ("running", 1)]


def test_another_policy_makes_gold_anew_and_reads_no_document_again(
    home: Path, pages: Path, run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    before = silver_of(home)
    again = run_load(home, pages, settings=Settings(policy=Policy.KEEP_BOTH))
    assert (again.state, again.new_documents, again.known_documents) == ("published", 0, 4)
    assert ask(home, "SELECT policy FROM gold.quality WHERE state = 'running'") == [("keep_both",)]
    assert_equal(silver_of(home), before)
    assert run_load(home, pages, settings=Settings(policy=Policy.KEEP_BOTH)).state == "unchanged"
    assert run_load(home, pages).state == "published"


def test_other_code_makes_the_warehouse_anew_with_the_same_papers_and_ids(
    home: Path, first: tuple[Path, Summary], run_load: Callable[..., Summary], ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.load.code_fingerprint", lambda _: "other code")
    summary = run_load(home)
    assert (summary.state, summary.code_sha256, summary.papers) == ("published", "other code", 6)
    assert_equal(silver_of(home), silver_of(first[0]))
    assert ask(home, "SELECT DISTINCT code_sha256 FROM gold.quality WHERE state = 'running'") == [("other code",)]


def delete(file: Path) -> None:
    file.unlink()


def cut_in_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def overwrite(file: Path) -> None:
    file.write_bytes(b"This is no database. " * 1000)


def destroy_blocks(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[12288:] = b"\xaa" * (len(content) - 12288)
    file.write_bytes(content)


def drop_a_table(file: Path) -> None:
    import duckdb

    with duckdb.connect(str(file)) as connection:
        connection.execute("DROP TABLE silver.papers")


# DuckDB's messages have the path in them: a home's name may not decide what they mean.
@pytest.mark.parametrize(
    ("damage", "name"),
    [(damage, "home") for damage in (delete, cut_in_half, empty, overwrite, destroy_blocks, drop_a_table)] + [(overwrite, "locked away")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_warehouse_that_is_gone_or_damaged_is_made_anew_from_the_raw_store_and_the_journal(
    home: Path, first: tuple[Path, Summary], tmp_path: Path, run_load: Callable[..., Summary], damage: Callable[[Path], None], name: str
) -> None:
    home = home.rename(tmp_path / name)
    damage(home / "warehouse.duckdb")
    summary = run_load(home)
    assert (summary.state, summary.records, summary.papers) == ("published", 9, 6)
    assert_equal(silver_of(home), silver_of(first[0]))
    for table in (bronze.DOCUMENTS, bronze.RECORDS, bronze.REJECTS):
        ours, theirs = (read_table(where / "warehouse.duckdb", BY_NAME[table.full_name]) for where in (home, first[0]))
        assert ours is not None
        assert ours.equals(theirs)


def test_a_setting_that_decides_what_is_kept_takes_effect_on_what_was_loaded_before(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    page = saved(tmp_path / "page.txt", 0, ("Birch Leaves in the Rain", "It rained on them, as it does. " * 50, "nvidia NVIDIA", "·", "Dec 15, 2024"))
    narrow = run_load(tmp_path / "home", page, settings=Settings(max_line_bytes=1000))
    assert (narrow.kept, narrow.rejects_by_code) == (1, {"line_too_long": 1})
    run_load(tmp_path / "home", page)
    assert ask(tmp_path / "home", "SELECT count(*) FROM silver.papers") == [(2,)]


def test_a_home_is_found_by_its_link_too(home: Path, tmp_path: Path, run_load: Callable[..., Summary]) -> None:
    (tmp_path / "link").symlink_to(home)
    summary = run_load(tmp_path / "link")
    assert summary.state == "unchanged"
    assert summary.warehouse == str(Home.chosen(tmp_path / "link").warehouse)


def test_a_file_with_nothing_but_people_is_loaded_and_says_so(tmp_path: Path, run_load: Callable[..., Summary]) -> None:
    people = "".join(f'<www key="homepages/{n}" mdate="2024-01-01"><author>Bo {n}</author><title>Home Page</title></www>\n' for n in range(3))
    (tmp_path / "dblp.xml").write_text(f'<?xml version="1.0"?>\n<dblp>\n{people}</dblp>\n')
    summary = run_load(tmp_path / "home", tmp_path / "dblp.xml")
    assert (summary.state, summary.kept, summary.passed) == ("published", 0, 3)
    (tmp_path / "dblp.xml").write_text(f'<?xml version="1.0"?>\n<dblp>\n{people}<article key="a/b"><title></title></article>\n</dblp>\n')
    summary = run_load(tmp_path / "home", tmp_path / "dblp.xml")
    assert (summary.state, summary.kept, summary.rejected, summary.passed) == ("published", 0, 1, 3)


def test_what_an_archive_holds_is_loaded_and_what_cannot_be_is_a_reject_until_it_can(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    page, home, file = saved(tmp_path / "page.txt", 0, 1), tmp_path / "home", tmp_path / "pages.zip"

    def pack(second: bytes, is_cut: bool = False) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.write(page, "2025-12-16.txt")
            archive.writestr("b.txt.gz", second)
        file.write_bytes(file.read_bytes()[: -30 if is_cut else None])

    standing = f"SELECT replace(path, '{tmp_path}/', ''), code FROM bronze.rejects WHERE resolved_at IS NULL ORDER BY ALL"
    pack(b"", is_cut=True)
    assert run_load(home, file).state == "nothing_loaded"
    pack(b"\x1f\x8b no gzip")
    summary = run_load(home, file)
    assert (summary.state, summary.kept, summary.new_documents) == ("published", 2, 1)
    assert ask(home, standing) == [("pages.zip/b.txt.gz", "bad_archive")]
    pack(gzip.compress(saved(tmp_path / "other.txt", 2).read_bytes()))
    summary = run_load(home, file)
    assert (summary.state, summary.kept, summary.new_documents) == ("published", 1, 1)
    assert ask(home, standing) == []
    documents = ask(home, f"SELECT replace(path, '{tmp_path}/', ''), kept_count, archive_id IS NOT NULL FROM bronze.documents ORDER BY path")
    assert documents == [("pages.zip/2025-12-16.txt", 2, True), ("pages.zip/b.txt.gz", 1, True)]
    assert run_load(home, file).state == "unchanged"


def listing(file: Path, paper: str, upvotes: int) -> Path:
    """A day's listing with one paper, as the papers API answers."""
    inner = {
        "id": paper,
        "authors": [{"name": "Bo Ek"}],
        "publishedAt": "2024-05-24T17:34:15.000Z",
        "title": f"Lamps of {paper}",
        "summary": "They glow. " * 9,
    }
    file.write_text(json.dumps([{"paper": inner | {"upvotes": upvotes}, "publishedAt": "2024-05-27T03:50:58.348Z", "title": inner["title"]}]))
    return file


def test_a_listing_repeats_the_one_before_it_only_as_long_as_none_comes_between(
    tmp_path: Path, run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    home, states = tmp_path / "home", "SELECT observed_at::DATE::VARCHAR, listing_state FROM bronze.documents ORDER BY 1"
    run_load(home, listing(tmp_path / "2024-05-31.json", "2405.90001", 1), listing(tmp_path / "2024-06-03.json", "2405.90001", 2))
    assert ask(home, states) == [("2024-05-31", "normal"), ("2024-06-03", "repeat")]
    run_load(home, listing(tmp_path / "2024-06-01.json", "2405.90002", 1))
    assert ask(home, states) == [("2024-05-31", "normal"), ("2024-06-01", "normal"), ("2024-06-03", "normal")]
    run_load(home, listing(tmp_path / "2024-06-02.json", "2405.90001", 3))
    assert [state for _, state in ask(home, states)] == ["normal", "normal", "normal", "repeat"]
    assert ask(home, "SELECT upvotes FROM silver.observations ORDER BY observed_at") == [(1,), (1,), (3,), (2,)]
