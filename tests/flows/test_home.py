from pathlib import Path

import pytest

from flows.home import Home
from warehouse.errors import InputError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PAPERHOUSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_option_then_the_variable_then_the_default(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Home.chosen(None).path == here / "paperhouse-data"
    monkeypatch.setenv("PAPERHOUSE_HOME", "")
    assert Home.chosen(None).path == here / "paperhouse-data"
    monkeypatch.setenv("PAPERHOUSE_HOME", "elsewhere")
    assert Home.chosen(None).path == here / "elsewhere"
    assert Home.chosen(Path("/other/home")).path == Path("/other/home")


@pytest.mark.parametrize("option", [None, Path("mine")], ids=["default", "named"])
def test_the_sample_lives_in_a_folder_of_its_own(here: Path, option: Path | None) -> None:
    assert Home.chosen(option, is_sample=True).path == Home.chosen(option).path / "sample"


def test_a_tilde_in_the_variable_is_the_users_folder(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    monkeypatch.setenv("HOME", str(here / "user"))
    monkeypatch.setenv("PAPERHOUSE_HOME", "~/papers")
    assert Home.chosen(None).path == here / "user" / "papers"


def test_choosing_makes_nothing_and_preparing_makes_the_folders(here: Path) -> None:
    home = Home.chosen(Path("deep/home"))
    assert list(here.iterdir()) == []
    home.prepare()
    home.prepare()
    assert sorted(path.name for path in home.path.iterdir()) == [".paperhouse-work", "journal", "raw"]


@pytest.mark.parametrize("taken", ["home", "home/raw", "home/.paperhouse-work", "."], ids=["the home", "raw", "work", "a folder above"])
def test_a_file_where_a_folder_must_be_is_named(here: Path, taken: str) -> None:
    file = here / "above" / taken if taken != "." else here / "above"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    with pytest.raises(InputError, match="this is a file, and the home needs a folder there; choose another home with --home") as raised:
        Home.chosen(Path("above/home")).prepare()
    assert str(raised.value).startswith(str(file))


def test_what_a_killed_run_left_is_cleared(here: Path) -> None:
    home = Home.chosen(None)
    home.prepare()
    for name in ("landing.part", "staged.duckdb", "warehouse.duckdb", "warehouse.duckdb.wal"):
        (home.work / name).touch()
    (home.work / "warehouse.duckdb.tmp").mkdir()
    (home.work / "warehouse.duckdb.tmp" / "spill").touch()
    home.clear_work()
    assert list(home.work.iterdir()) == []


def test_a_folder_work_that_a_user_had_before_keeps_its_files(here: Path) -> None:
    # `paperhouse run --home . page.txt` in a project that has a folder `work`.
    (here / "work" / "thesis").mkdir(parents=True)
    (here / "work" / "thesis" / "chapter.tex").write_text("years of it")
    home = Home.chosen(Path())
    try:
        home.prepare()
        home.clear_work()
    except InputError:
        pass
    assert (here / "work" / "thesis" / "chapter.tex").read_text() == "years of it"


def test_without_a_warehouse_the_next_step_is_said(here: Path) -> None:
    home = Home.chosen(None)
    with pytest.raises(InputError) as raised:
        home.need_warehouse()
    assert str(raised.value) == f"{home.path}/warehouse.duckdb: there is no warehouse yet; load something first: paperhouse run PATH..."


def test_where_only_the_sample_is_there_it_is_pointed_to(here: Path) -> None:
    sample = Home.chosen(None, is_sample=True)
    sample.prepare()
    sample.warehouse.touch()
    with pytest.raises(InputError) as raised:
        Home.chosen(None).need_warehouse()
    assert str(raised.value).endswith(f"there is no warehouse yet; the sample's is there: --home {sample.path}")
    assert sample.need_warehouse() == sample.path / "warehouse.duckdb"
