"""What is wrong with a file costs that file alone, or what is wrong in it, and is said with its place."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.summary import Summary
from warehouse.errors import InputError

pytestmark = [pytest.mark.store, pytest.mark.slow]

RAIN = "It rained on them, as it does. " * 6


def paper(number: int) -> tuple[str, ...]:
    return (f"{('Alder', 'Birch', 'Cedar', 'Elm')[number]} in the Rain", f"{RAIN}Number {number}.", "nvidia NVIDIA", "·", "Dec 15, 2024 2")


def whole_page(saved: Callable[..., Path], file: Path) -> bytes:
    return saved(file, *(paper(number) for number in range(3))).read_bytes()


# Each is a file's bytes, made from those of a good page with three papers.
BAD: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "only blank": lambda _: b" \n\r\n\t",
    "binary": lambda _: b"\x7fELF\x02\x01\x01\0\0\0",
    "random bytes": lambda _: bytes((7 * n * n + 3 * n) % 256 for n in range(5000)),
    "zero in a page": lambda page: page[:100] + b"\0" + page[100:],
    "pdf": lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "html": lambda _: b"<!DOCTYPE html><html><body>Daily Papers</body></html>",
    "utf-16": lambda page: page.decode().encode("utf-16"),
    "utf-16 without mark": lambda page: page.decode().encode("utf-16-le"),
    "latin-1": lambda page: page.decode().replace("Birch in", "Bouleau \N{LATIN SMALL LETTER A WITH GRAVE} in").encode("latin-1", errors="replace"),
    "no paper": lambda page: page[: page.index(b"Alder")],
    "other text": lambda _: b"Dear all,\n\nthe meeting is at ten.\n",
}
CODES = {
    "empty": "empty",
    "only blank": "unknown_format",
    "binary": "binary",
    "random bytes": "binary",
    "zero in a page": "binary",
    "pdf": "binary",
    "html": "unknown_format",
    "utf-16": "not_utf8",
    "utf-16 without mark": "binary",
    "latin-1": "not_utf8",
    "no paper": "no_paper",
    "other text": "unknown_format",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> tuple[Path, Path, Summary]:
    """A folder with every bad file and one good page, loaded in one run: the home, the folder, the summary."""
    folder = tmp_path_factory.mktemp("bad")
    page = whole_page(saved, folder / "pages" / "good.txt")
    for name, make in BAD.items():
        (folder / "pages" / f"{name}.txt").write_bytes(make(page))
    return folder / "home", folder / "pages", run_load(folder / "home", folder / "pages")


def test_bad_files_are_counted_and_the_good_one_is_kept(loaded: tuple[Path, Path, Summary], ask: Callable[..., Any]) -> None:
    home, _, summary = loaded
    counts = {code: list(CODES.values()).count(code) for code in sorted(set(CODES.values()))}
    assert (summary.state, summary.exit_status, summary.new_documents) == ("published", 0, len(BAD) + 1)
    assert (summary.read, summary.kept, summary.rejected, summary.rejects_by_code) == (3 + len(BAD), 3, len(BAD), counts)
    assert ask(home, "SELECT title FROM gold.papers ORDER BY title") == [("Alder in the Rain",), ("Birch in the Rain",), ("Cedar in the Rain",)]


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_file_is_one_reject_with_its_code_a_reason_and_its_bytes(
    loaded: tuple[Path, Path, Summary], ask: Callable[..., Any], name: str
) -> None:
    home, pages, _ = loaded
    file = pages / f"{name}.txt"
    query = "SELECT code, position, byte_offset, byte_length, reason, raw FROM bronze.rejects WHERE path = "
    ((code, position, offset, length, reason, raw),) = ask(home, f"{query}'{file}'")
    assert (code, position, offset, length) == (CODES[name], None, 0, file.stat().st_size)
    assert len(reason) > 20
    assert raw == file.read_bytes().decode("utf-8", errors="backslashreplace").replace("\0", "\\x00")
    assert ask(home, f"SELECT read_count, kept_count, rejected_count FROM bronze.documents WHERE path = '{file}'") == [(1, 0, 1)]


def test_a_byte_in_the_wrong_encoding_is_named_with_its_offset_and_line(loaded: tuple[Path, Path, Summary], ask: Callable[..., Any]) -> None:
    home, pages, _ = loaded
    content = (pages / "latin-1.txt").read_bytes()
    # The middle dots of the page's footers come as well; the first byte that is none of UTF-8's is the one to name.
    at = min(content.index(b"\xe0"), content.index(b"\xb7"))
    line = content[:at].count(b"\n") + 1
    ((reason,),) = ask(home, "SELECT reason FROM bronze.rejects WHERE path LIKE '%/latin-1.txt'")
    assert reason.startswith(f"byte 0x{content[at]:02X} at offset {at} (line {line}) is not UTF-8")
    assert "iconv" in reason


def test_what_is_utf16_is_called_so(loaded: tuple[Path, Path, Summary], ask: Callable[..., Any]) -> None:
    ((reason,),) = ask(loaded[0], "SELECT reason FROM bronze.rejects WHERE path LIKE '%/utf-16.txt'")
    assert reason.startswith("byte 0xFF at offset 0 (line 1) is not UTF-8: it looks like UTF-16 text")


# Where a page with three papers is cut, all in its last paper.
CUTS = {
    "in the title": "in the Rain",
    "in the abstract": "as it does. Number 2",
    "before the footer": "nvidia NVIDIA",
    "in the footer": "·",
    "in the date": "15, 2024 2",
}


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> Path:
    """A home with a page for each cut."""
    folder = tmp_path_factory.mktemp("half")
    text = whole_page(saved, folder / "whole.txt").decode()
    (folder / "pages").mkdir()
    for name, cut_before in CUTS.items():
        (folder / "pages" / f"{name}.txt").write_text(text[: text.rindex(cut_before)], encoding="utf-8")
    run_load(folder / "home", folder / "pages")
    return folder / "home"


@pytest.mark.parametrize("name", list(CUTS))
def test_of_half_a_page_what_is_whole_is_kept_and_nothing_is_invented(halves: Path, ask: Callable[..., Any], name: str) -> None:
    query = "SELECT title, published_on FROM bronze.records JOIN bronze.documents USING (document_id) WHERE path LIKE "
    found = ask(halves, f"{query}'%/{name}.txt' ORDER BY position")
    assert found[:2] == [("Alder in the Rain", "Dec 15, 2024"), ("Birch in the Rain", "Dec 15, 2024")]
    assert found[2:] == ([] if name == "in the title" else [("Cedar in the Rain", None)])


@pytest.mark.parametrize("name", list(CUTS))
def test_half_a_page_is_known_to_be_cut(halves: Path, ask: Callable[..., Any], name: str) -> None:
    assert ask(halves, f"SELECT listing_state FROM bronze.documents WHERE path LIKE '%/{name}.txt'") == [("truncated",)]


def test_a_title_at_the_end_of_half_a_page_is_a_reject(halves: Path, ask: Callable[..., Any]) -> None:
    query = "SELECT code, raw, reason FROM bronze.rejects WHERE path LIKE '%/in the title.txt'"
    ((code, raw, reason),) = ask(halves, query)
    assert (code, raw.strip()) == ("cut_off", "Cedar")
    assert reason.startswith("line 25: the page ends after what looks like a title")


def test_a_missing_path_stops_before_anything_is_loaded(tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> None:
    page = saved(tmp_path / "page.txt", 0)
    with pytest.raises(InputError, match=r"gone\.txt: there is no such file or folder; nothing was loaded"):
        run_load(tmp_path / "home", page, tmp_path / "gone.txt")
    assert not (tmp_path / "home").exists()


def test_a_folder_is_loaded_with_all_below_it(
    tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    saved(tmp_path / "pages" / "2025" / "12" / "a.txt", 0)
    saved(tmp_path / "pages" / "b.md", 1)
    summary = run_load(tmp_path / "home", tmp_path / "pages")
    assert (summary.files, summary.papers) == (2, 2)
    assert ask(tmp_path / "home", "SELECT path FROM bronze.documents ORDER BY path") == [
        (str(tmp_path / "pages" / name),) for name in ("2025/12/a.txt", "b.md")
    ]


def test_only_bad_files_are_published_as_rejects_and_the_status_is_2(
    tmp_path: Path, run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    (tmp_path / "empty.txt").touch()
    summary = run_load(tmp_path / "home", tmp_path / "empty.txt")
    assert (summary.state, summary.exit_status, summary.read, summary.rejected) == ("nothing_loaded", 2, 1, 1)
    assert ask(tmp_path / "home", "SELECT code FROM bronze.rejects") == [("empty",)]
    assert ask(tmp_path / "home", "SELECT count(*) FROM gold.papers") == [(0,)]


def test_a_good_run_after_a_bad_one_goes_on_from_there(
    loaded: tuple[Path, Path, Summary], tmp_path: Path, saved: Callable[..., Path], run_load: Callable[..., Summary], ask: Callable[..., Any]
) -> None:
    home = shutil.copytree(loaded[0], tmp_path / "home")
    summary = run_load(home, saved(tmp_path / "more.txt", paper(3)))
    assert (summary.state, summary.kept, summary.rejected, summary.papers) == ("published", 1, 0, 4)
    assert ask(home, "SELECT count(*) FROM bronze.rejects") == [(len(BAD),)]
