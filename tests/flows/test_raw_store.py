import json
import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from flows.archives import Bounds
from flows.raw_store import RawStore, capture_of
from transforms.bronze import Landed, Unreadable
from transforms.parsed import Capture

MODIFIED = datetime(2025, 12, 20, 10, 30)
LIMIT = 1000
BOUNDS = Bounds(LIMIT, 10 * LIMIT, 10)


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    for folder in (tmp_path / "raw", tmp_path / "work"):
        folder.mkdir()
    return RawStore(tmp_path / "raw", tmp_path / "work")


def made(path: Path, content: bytes = b"some bytes") -> Path:
    path.write_bytes(content)
    seconds = (MODIFIED - datetime(1970, 1, 1)).total_seconds()
    os.utime(path, (seconds, seconds))
    return path


def everything_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_a_file_lands_under_the_sha256_of_its_bytes_with_a_note_beside_it(store: RawStore, tmp_path: Path, now: datetime) -> None:
    file = made(tmp_path / "page.txt")
    digest = sha256(b"some bytes").hexdigest()
    (landed,) = store.land(file, now, None, BOUNDS)
    assert landed == Landed(digest, str(file), 10, now, Capture(MODIFIED, "modified"))
    assert (tmp_path / "raw" / digest[:2] / digest).read_bytes() == b"some bytes"
    assert json.loads((tmp_path / "raw" / digest[:2] / f"{digest}.json").read_text()) == {
        "document_id": digest,
        "path": str(file),
        "url": None,
        "bytes": 10,
        "landed_at": "2026-01-15T08:00:00",
        "observed_at": "2025-12-20T10:30:00",
        "observed_at_source": "modified",
    }
    assert store.documents() == [landed]


def test_the_same_bytes_again_are_nothing_new_and_nothing_is_rewritten(store: RawStore, tmp_path: Path, now: datetime) -> None:
    (first,) = store.land(made(tmp_path / "a.txt"), now, None, BOUNDS)
    before = everything_in(tmp_path / "raw")
    (again,) = store.land(made(tmp_path / "b.txt"), now + timedelta(hours=1), None, BOUNDS)
    assert again == first
    assert everything_in(tmp_path / "raw") == before
    assert list((tmp_path / "work").iterdir()) == []


def test_the_best_word_on_when_the_bytes_were_seen_counts_in_whatever_order_it_comes(store: RawStore, tmp_path: Path, now: datetime) -> None:
    earlier, later = datetime(2025, 12, 1), datetime(2025, 12, 2)
    store.land(made(tmp_path / "a.txt"), now, None, BOUNDS)
    store.land(made(tmp_path / "2025-12-02.txt"), now + timedelta(hours=1), None, BOUNDS)
    assert [(one.capture.at, one.capture.source, one.landed_at) for one in store.documents()] == [(later, "file_name", now)]
    store.land(made(tmp_path / "2025-12-01.txt"), now + timedelta(hours=2), None, BOUNDS)
    store.land(made(tmp_path / "2025-12-02.txt"), now + timedelta(hours=3), None, BOUNDS)
    assert [(one.capture.at, one.capture.source, one.path) for one in store.documents()] == [(earlier, "file_name", str(tmp_path / "a.txt"))]
    store.land(made(tmp_path / "a.txt"), now + timedelta(hours=4), later, BOUNDS)
    assert [(one.capture.at, one.capture.source) for one in store.documents()] == [(later, "option")]


def test_other_bytes_are_another_document_and_all_are_listed_by_id(store: RawStore, tmp_path: Path, now: datetime) -> None:
    for number in range(20):
        store.land(made(tmp_path / f"{number}.txt", b"%d" % number), now, None, BOUNDS)
    assert [one.document_id for one in store.documents()] == sorted(sha256(b"%d" % number).hexdigest() for number in range(20))


@pytest.mark.parametrize("content", [b"", b"x", b"line\n\0\xff"], ids=["empty", "one byte", "binary"])
def test_what_is_read_back_is_what_landed(store: RawStore, tmp_path: Path, now: datetime, content: bytes) -> None:
    (landed,) = store.land(made(tmp_path / "page.txt", content), now, None, BOUNDS)
    with store.content_of(landed) as found:
        assert bytes(found.whole(LIMIT)) == content


def test_a_landing_cut_off_before_its_note_has_not_landed_and_the_next_one_completes_it(store: RawStore, tmp_path: Path, now: datetime) -> None:
    file = made(tmp_path / "page.txt")
    (landed,) = store.land(file, now, None, BOUNDS)
    store.file(landed.document_id).with_suffix(".json").unlink()
    assert store.documents() == []
    assert store.land(file, now, None, BOUNDS) == [landed]
    assert store.documents() == [landed]
    assert store.file(landed.document_id).read_bytes() == b"some bytes"


def test_bytes_that_were_lost_from_the_store_come_back_when_the_file_lands_again(store: RawStore, tmp_path: Path, now: datetime) -> None:
    file = made(tmp_path / "page.txt")
    (landed,) = store.land(file, now, None, BOUNDS)
    store.file(landed.document_id).unlink()
    store.land(file, now, None, BOUNDS)
    assert store.file(landed.document_id).exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("papers-2025-12-16.txt", datetime(2025, 12, 16)),
        ("2025_12_16 saved.txt", datetime(2025, 12, 16)),
        ("20251216.txt", datetime(2025, 12, 16)),
        ("hf.2025.12.16.txt", datetime(2025, 12, 16)),
        ("2026-01-16.txt", datetime(2026, 1, 16)),
    ],
    ids=["hyphens", "underscores", "none", "dots", "tomorrow: the name's zone may be ahead"],
)
def test_a_date_in_the_name_says_when_a_file_was_saved(name: str, expected: datetime, now: datetime) -> None:
    assert capture_of(Path("2001-01-01") / name, 0, now, None) == Capture(expected, "file_name")


@pytest.mark.parametrize(
    "name",
    [
        "000_e6e4d61cb130fea2.txt",
        "arxiv-20251301.txt",
        "2025-02-30.txt",
        "2026-01-17.txt",
        "120251216.txt",
        "a20251216.txt",
        "2025-12.16.txt",
        "1899-12-16.txt",
        "2503.02130.txt",
        "page.txt",
    ],
    ids=["hash", "month 13", "30 February", "in the future", "longer number", "part of a word", "two separators", "1899", "arXiv id", "none"],
)
def test_a_name_without_a_credible_date_leaves_the_modification_time(name: str, now: datetime) -> None:
    assert capture_of(Path("2001-01-01") / name, 1_766_226_600.75, now, None) == Capture(MODIFIED, "modified")


@pytest.mark.parametrize("modified", [1e12, -1e12], ids=["year 33658", "before year 1"])
def test_a_modification_time_that_no_calendar_has_is_no_reason_to_fail(now: datetime, modified: float) -> None:
    capture = capture_of(Path("page.txt"), modified, now, None)
    assert (capture.source, capture.at) == ("modified", now)


def test_the_option_comes_before_the_name_and_the_modification_time(now: datetime) -> None:
    told = datetime(2024, 5, 6, 7, 8)
    assert capture_of(Path("2025-12-16.txt"), 0, now, told) == Capture(told, "option")


def test_only_a_modification_time_may_not_date_a_page(now: datetime) -> None:
    captures = [capture_of(Path(name), 0, now, told) for name, told in (("2025-12-16", None), ("a", now), ("a", None))]
    assert [(capture.source, capture.is_known) for capture in captures] == [("file_name", True), ("option", True), ("modified", False)]


def nothing(_: Path) -> None:
    """Gone since it was listed."""


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_dangling_link(path: Path) -> None:
    path.symlink_to(path.with_name("gone"))


def a_circle(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (a_pipe, "this is no ordinary file"),
        (Path.mkdir, "this is no ordinary file"),
        (lambda path: path.symlink_to("/dev/zero"), "this is no ordinary file"),
        (a_dangling_link, "no such file or directory"),
        (a_circle, "too many levels of symbolic links"),
        (nothing, "no such file or directory"),
    ],
    ids=["named pipe", "folder", "device", "dangling link", "link to itself", "gone"],
)
def test_what_is_no_file_is_said_to_be_unreadable_and_does_not_hold_the_run(store: RawStore, tmp_path: Path, now: datetime, make, why: str) -> None:
    path = tmp_path / "odd"
    make(path)
    assert store.land(path, now, None, BOUNDS) == [Unreadable(str(path), "unreadable", f"{path}: {why}; the file was not read", now)]
    assert store.documents() == []
    assert list((tmp_path / "work").iterdir()) == []


def test_a_link_to_a_file_lands_as_the_file(store: RawStore, tmp_path: Path, now: datetime) -> None:
    made(tmp_path / "page.txt")
    (tmp_path / "link").symlink_to("page.txt")
    (landed,) = store.land(tmp_path / "link", now, None, BOUNDS)
    assert (landed.path, landed.bytes) == (str(tmp_path / "link"), 10)


def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_is_not(store: RawStore, tmp_path: Path, now: datetime) -> None:
    (refused,) = store.land(made(tmp_path / "large.txt", b"x" * (LIMIT + 1)), now, None, BOUNDS)
    reason = f"{tmp_path / 'large.txt'}: 1,001 bytes, more than the 1,000 allowed (setting max_document_bytes)"
    assert refused == Unreadable(str(tmp_path / "large.txt"), "too_large", reason, now)
    assert store.land(made(tmp_path / "just.txt", b"x" * LIMIT), now, None, BOUNDS)[0]


def test_a_file_whose_name_is_no_utf8_lands_like_any_other(store: RawStore, tmp_path: Path, now: datetime) -> None:
    named = os.fsencode(tmp_path) + b"/page-\xff\xfe.txt"
    try:
        Path(os.fsdecode(named)).write_bytes(b"some bytes")
    except OSError:
        pytest.skip("this file system takes no such name")
    (landed,) = store.land(Path(os.fsdecode(named)), now, None, BOUNDS)
    assert isinstance(landed, Landed)
    assert landed.path.encode("utf-8").endswith(b".txt")
    assert store.documents() == [landed]
