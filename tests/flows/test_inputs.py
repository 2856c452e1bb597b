import os
from pathlib import Path

import pytest

from flows.inputs import expanded
from warehouse.errors import InputError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.txt", "a.txt", "notes.md", ".hidden.txt", "deep/c.txt", "deep/down/d.txt", ".git/config", "paperhouse-data/raw/ab/abcd"):
        (tmp_path / "pages" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pages" / name).write_text(name)
    monkeypatch.chdir(tmp_path / "pages")
    return tmp_path / "pages"


@pytest.fixture
def home(here: Path) -> Path:
    return here / "paperhouse-data"


def names(paths: list[Path], here: Path) -> list[str]:
    return [str(path.relative_to(here)) for path in paths]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["b.txt"], ["b.txt"]),
        (["b.txt", "a.txt"], ["a.txt", "b.txt"]),
        (["a.txt", "./a.txt", "*.txt", "a.txt"], ["a.txt", "b.txt"]),
        (["deep"], ["deep/c.txt", "deep/down/d.txt"]),
        (["deep/", "deep/c.txt"], ["deep/c.txt", "deep/down/d.txt"]),
        (["*.txt"], ["a.txt", "b.txt"]),
        (["d*"], ["deep/c.txt", "deep/down/d.txt"]),
        (["**/[cd].txt"], ["deep/c.txt", "deep/down/d.txt"]),
        ([".hidden.txt", ".git"], [".git/config", ".hidden.txt"]),
        ([], []),
    ],
    ids=[
        "file",
        "sorted",
        "each once",
        "folder",
        "folder and file in it",
        "pattern",
        "pattern of a folder",
        "deep pattern",
        "hidden by name",
        "none",
    ],
)
def test_paths_become_files(here: Path, home: Path, paths: list[str], expected: list[str]) -> None:
    assert names(expanded(paths, home), here) == expected


@pytest.mark.parametrize("path", [".", "./", "../pages", "deep/.."])
def test_hidden_names_and_the_home_are_passed_over_in_a_folder(here: Path, home: Path, path: str) -> None:
    found = expanded([path], home)
    assert sorted(str(file.resolve().relative_to(here)) for file in found) == ["a.txt", "b.txt", "deep/c.txt", "deep/down/d.txt", "notes.md"]


@pytest.mark.parametrize("pattern", ["*", "**/*", "**"])
def test_a_pattern_that_matches_the_home_does_not_load_what_paperhouse_wrote(here: Path, home: Path, pattern: str) -> None:
    assert [file for file in expanded([pattern], home) if file.is_relative_to(home)] == []


def test_the_home_is_passed_over_where_a_link_leads_to_it(here: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(here)
    found = expanded([str(here)], tmp_path / "elsewhere" / "paperhouse-data")
    assert [file for file in found if "paperhouse-data" in file.parts] == []


def test_a_file_named_in_two_ways_is_one_file(here: Path, home: Path) -> None:
    assert len(expanded(["a.txt", "deep/../a.txt", "../pages/a.txt"], home)) == 1


def test_every_missing_path_is_named_and_nothing_is_loaded(here: Path, home: Path) -> None:
    with pytest.raises(InputError) as raised:
        expanded(["a.txt", "gone.txt", "deep/*.pdf", "gone too"], home)
    assert str(raised.value) == f"gone.txt, deep/*.pdf, gone too: there is no such file or folder; nothing was loaded (seen from {here})"


def test_a_folder_without_a_file_is_said_to_be_so(here: Path, home: Path) -> None:
    (here / "empty" / "deeper").mkdir(parents=True)
    (here / "empty" / ".hidden").touch()
    with pytest.raises(InputError, match=r"^empty: there is no file in this folder$"):
        expanded(["empty"], home)


@pytest.mark.parametrize(
    "name",
    [b"two words.txt", b"[v2].txt", b"paper[1-3]*.txt", b"what?.txt", b"line\nbreak.txt", b"latin-\xe9.txt", "größe.txt".encode()],
    ids=["blank", "brackets", "pattern signs", "question mark", "line break", "no UTF-8", "UTF-8"],
)
@pytest.mark.parametrize("by_folder", [False, True], ids=["named", "in a folder"])
def test_a_file_with_an_odd_name_is_found(tmp_path: Path, home: Path, name: bytes, by_folder: bool) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    file = folder / os.fsdecode(name)
    try:
        file.touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    assert expanded([str(folder if by_folder else file)], home) == [file]


def test_a_dangling_link_is_there_and_is_left_to_the_landing(here: Path, home: Path) -> None:
    (here / "link.txt").symlink_to("gone")
    assert names(expanded(["link.txt"], home), here) == ["link.txt"]


def test_folders_linked_in_a_circle_end(here: Path, home: Path) -> None:
    (here / "deep" / "up").symlink_to("..")
    assert {file.name for file in expanded(["deep"], home)} >= {"c.txt", "d.txt"}
