import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.home import Home
from flows.inputs import expanded
from flows.journal import Journal
from flows.settings import Settings
from flows.summary import Summary
from warehouse.errors import GateClosed, InputError

pytestmark = [pytest.mark.store, pytest.mark.slow]

# An abstract shorter than its title, at home in a footer that leaves no doubt that it is one.
SHORT = ("A Title of Some Length on What the Rain Left Behind", "To appear.", "nvidia NVIDIA", "·", "Dec 15, 2024")


def shorter(number: int) -> tuple[str, ...]:
    return (f"{SHORT[0]} {'ABCDEF'[number] * 5}", *SHORT[1:])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> tuple[Path, Summary]:
    """Five papers, two of which have an abstract that is not credible."""
    folder = tmp_path_factory.mktemp("good")
    saved(folder / "2025-12-16.txt", 0, 1, 2, shorter(0), shorter(1))
    return folder / "home", run_load(folder / "home", folder / "2025-12-16.txt")


@pytest.fixture
def home(loaded: tuple[Path, Summary], tmp_path: Path) -> Path:
    return shutil.copytree(loaded[0], tmp_path / "home")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, loaded: tuple[Path, Summary], saved: Callable[..., Path], run_load: Callable[..., Summary]):
    """The home after a page was added that has more bad values than a source may have: the home, the page, the file before and the error."""
    folder = tmp_path_factory.mktemp("bad")
    home = shutil.copytree(loaded[0], folder / "home")
    page = saved(folder / "2025-12-17.txt", *(shorter(number) for number in range(2, 6)))
    before = (home / "warehouse.duckdb").read_bytes(), (home / "warehouse.duckdb").stat().st_ino
    with pytest.raises(GateClosed) as raised:
        run_load(home, page)
    return home, page, before, raised.value


def test_a_bad_value_is_set_aside_and_listed_and_its_paper_is_kept(loaded: tuple[Path, Summary], ask: Callable[..., Any]) -> None:
    home, summary = loaded
    assert (summary.state, summary.papers, summary.kept, summary.rejected, summary.set_aside) == ("published", 5, 5, 0, 2)
    assert ask(home, "SELECT count(*), count(abstract) FROM silver.papers") == [(5, 3)]
    assert ask(
        home, "SELECT column_name, r.source, expectation, value, reason, r.title FROM gold.quality_issues JOIN bronze.records r USING (record_id)"
    ) == [
        ("abstract", "hf", "abstract_is_longer_than_title", "To appear.", "the abstract is shorter than the title", shorter(number)[0])
        for number in (0, 1)
    ]
    assert ask(home, "SELECT abstract FROM bronze.records WHERE title LIKE 'A Title of%'") == [("To appear.",)] * 2


def test_too_many_bad_values_close_the_gate_and_the_old_warehouse_stands(closed) -> None:
    home, _, before, error = closed
    assert error.exit_status == 3
    assert ((home / "warehouse.duckdb").read_bytes(), (home / "warehouse.duckdb").stat().st_ino) == before
    assert [run["state"] for run in Journal(home / "journal").runs()] == ["published", "stopped"]
    assert list(Home(home).work.iterdir()) == []


def test_a_closed_gate_names_the_expectation_the_table_the_source_and_the_keys(closed, ask: Callable[..., Any]) -> None:
    home, _, _, error = closed
    first, failure, advice = str(error).splitlines()
    assert first == f"1 expectation is not met, so {home / 'warehouse.duckdb'} stands as it was:"
    about = "the abstract is shorter than the title; 6 of 9 values of hf, more than the allowed share of 5%"
    assert failure.startswith(f"  staging.records: abstract_is_longer_than_title ({about}) fails for 6 rows: ")
    keys = failure.rpartition(": ")[2].removesuffix(", ...").split(", ")
    assert len(keys) == 5
    known = {key for (key,) in ask(home, "SELECT record_id FROM gold.quality_issues")}
    assert len(known & set(keys)) >= 1
    assert all(len(key.split("-")[0]) == 16 for key in keys)
    assert advice.startswith(f"See {home / 'data-docs' / 'index.html'}")
    assert "not credible: the abstract is shorter than the title" in "".join(page.read_text() for page in (home / "data-docs").rglob("*.html"))


def test_a_closed_gate_with_no_warehouse_says_that_nothing_was_published(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary]
) -> None:
    page = saved(tmp_path / "page.txt", *(shorter(number) for number in range(3)))
    with pytest.raises(GateClosed, match=r"^1 expectation is not met, so nothing was published:\n"):
        run_load(tmp_path / "home", page)
    assert not (tmp_path / "home" / "warehouse.duckdb").exists()


def test_after_a_closed_gate_the_mended_file_can_be_loaded(
    closed, tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    # The page that closed the gate is held back until it is named again.
    home = shutil.copytree(closed[0], tmp_path / "home")
    summary = run_load(home, saved(tmp_path / closed[1].name, 3, 4))
    assert summary.state == "published"
    assert ask(home, "SELECT count(*) FROM silver.papers") == [(7,)]


def test_a_page_that_closed_the_gate_is_judged_again_when_it_is_named_again(closed, tmp_path: Path, run_load: Callable[..., Summary]) -> None:
    home = shutil.copytree(closed[0], tmp_path / "home")
    assert run_load(home).state == "unchanged"
    with pytest.raises(GateClosed):
        run_load(home, closed[1])
    assert run_load(home).state == "unchanged"


def test_a_closed_gate_holds_back_only_what_was_new_also_where_the_warehouse_is_gone(
    closed, loaded: tuple[Path, Summary], tmp_path: Path, run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    home = shutil.copytree(loaded[0], tmp_path / "home")
    (home / "warehouse.duckdb").unlink()
    with pytest.raises(GateClosed):
        run_load(home, closed[1])
    assert run_load(home).state == "published"
    assert ask(home, "SELECT count(*) FROM silver.papers") == [(5,)]


def test_an_unreadable_file_is_rejected_once_and_resolved_when_it_can_be_read(
    home: Path, tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    query = "SELECT code, path, document_id, resolved_at IS NULL FROM bronze.rejects"
    path = tmp_path / "2025-12-18.txt"
    path.symlink_to("not-there-yet")
    failed = run_load(home, path)
    assert (failed.state, failed.exit_status, failed.read, failed.rejected, failed.rejects_by_code) == ("nothing_loaded", 2, 1, 1, {"unreadable": 1})
    assert ask(home, query) == [("unreadable", str(path), None, True)]
    assert ask(home, "SELECT count(*) FROM silver.papers") == [(5,)]
    inode = (home / "warehouse.duckdb").stat().st_ino

    again = run_load(home, path)
    assert (again.exit_status, (home / "warehouse.duckdb").stat().st_ino) == (2, inode)

    path.unlink()
    saved(path, 3)
    resolved = run_load(home, path)
    assert (resolved.state, resolved.kept, resolved.rejected, resolved.papers) == ("published", 1, 0, 6)
    assert ask(home, query) == [("unreadable", str(path), None, False)]


def test_with_nothing_named_and_nothing_landed_the_next_step_is_said(tmp_path: Path, run_load: Callable[..., Summary]) -> None:
    with pytest.raises(InputError, match=r"nothing was named, and nothing has landed before; name a file or a folder: paperhouse run PATH\.\.\."):
        run_load(tmp_path / "home")
    assert Journal(tmp_path / "home" / "journal").runs() == []


def test_a_file_too_large_is_rejected_and_loads_when_the_setting_allows_it(
    home: Path, tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    page = saved(tmp_path / "2025-12-19.txt", 3)
    assert run_load(home, page, settings=Settings(max_document_bytes=100)).rejects_by_code == {"too_large": 1}
    assert run_load(home, page).state == "published"
    assert ask(home, "SELECT code, resolved_at IS NULL FROM bronze.rejects") == [("too_large", False)]


def test_paths_are_read_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        expanded([str(tmp_path / "gone.txt")], tmp_path / "home")
    assert list(tmp_path.iterdir()) == []
