"""What `land_fetched` keeps in the raw store."""

import gzip
import json
from datetime import datetime
from hashlib import sha256

import pytest

from flows.archives import Bounds
from flows.home import Home
from flows.raw_store import RawStore

AT = datetime(2026, 1, 2, 3, 4, 5)
NOW = datetime(2026, 1, 2, 4)
BOUNDS = Bounds(100, 1000, 250)
DIGEST = sha256(b"bytes").hexdigest()


@pytest.fixture
def store(home):
    Home(home).prepare()
    return RawStore(Home(home).raw, Home(home).work)


@pytest.fixture
def part(home):
    def write():
        (home / "part").write_bytes(b"bytes")
        return home / "part"

    return write


def test_the_bytes_move_and_the_note_says_what_is_known(store, part) -> None:
    assert store.land_fetched(part(), "https://a.org/x", AT, {"status": 200, "etag": '"1"'}, BOUNDS, NOW)[:2] == (DIGEST, True)
    assert store.file(DIGEST).read_bytes() == b"bytes"
    assert not (store.folder.parent / "part").exists()
    note = json.loads(store.file(DIGEST).with_suffix(".json").read_text())
    assert note["fetch"] == {"status": 200, "etag": '"1"'}
    [landed] = store.documents()
    assert (landed.document_id, landed.path, landed.url, landed.bytes) == (DIGEST, "https://a.org/x", "https://a.org/x", 5)
    assert (landed.landed_at, landed.capture.at, landed.capture.source) == (NOW, AT, "fetch")


def test_the_same_bytes_later_are_known_and_the_first_sighting_stands(store, part) -> None:
    store.land_fetched(part(), "https://a.org/x", AT, {}, BOUNDS, NOW)
    assert store.land_fetched(part(), "https://b.org/y", NOW, {}, BOUNDS, NOW)[:2] == (DIGEST, False)
    [landed] = store.documents()
    assert (landed.url, landed.capture.at) == ("https://a.org/x", AT)
    assert len(list(store.folder.rglob("*.json"))) == 1


def test_a_fetch_says_better_when_bytes_were_seen_than_a_file_does(store, part, home, tmp_path) -> None:
    file = tmp_path / "2025-12-16.txt"
    file.write_bytes(b"bytes")
    store.land(file, NOW, None, BOUNDS)
    assert store.land_fetched(part(), "https://a.org/x", AT, {}, BOUNDS, NOW)[:2] == (DIGEST, False)
    [landed] = store.documents()
    assert (landed.capture.at, landed.capture.source) == (AT, "fetch")


def test_it_may_be_repeated_with_the_stores_own_file(store, part) -> None:
    store.land_fetched(part(), "https://a.org/x", AT, {}, BOUNDS, NOW)
    store.file(DIGEST).with_suffix(".json").unlink()
    assert store.land_fetched(store.file(DIGEST), "https://a.org/x", AT, {}, BOUNDS, NOW)[:2] == (DIGEST, True)
    assert len(store.documents()) == 1


def test_an_archive_is_known_by_what_it_holds(store, home) -> None:
    part = home / "part"
    part.write_bytes(gzip.compress(b"bytes"))
    packed = sha256(part.read_bytes()).hexdigest()
    assert store.land_fetched(part, "https://a.org/x.gz", AT, {}, BOUNDS, NOW)[:2] == (packed, True)
    [landed] = store.documents()
    assert (landed.document_id, landed.archive_id, landed.url, landed.capture.source) == (DIGEST, packed, "https://a.org/x.gz", "fetch")


def test_what_an_archive_holds_beyond_the_bounds_is_said_and_can_be_had_with_wider_ones(store, home) -> None:
    part = home / "part"
    part.write_bytes(gzip.compress(b"b" * 101))
    packed, is_new, [unread] = store.land_fetched(part, "https://a.org/x.gz", AT, {}, BOUNDS, NOW)
    assert (is_new, unread.code, store.documents()) == (True, "too_large", [])
    _, is_new, [landed] = store.land_fetched(store.file(packed), "https://a.org/x.gz", AT, {}, Bounds(101, 1000, 250), NOW)
    assert (is_new, landed.bytes, store.documents()) == (False, 101, [landed])
