"""A file whose download breaks off goes on from there, and is never put together from two different files."""

import random
import re

import pytest

from flows.fetch import download, resume

FILE = random.Random(1).randbytes(100_000)


@pytest.fixture
def site(serve, answers):
    """Serves a file with an ETag, and its rest where that is asked for."""
    site = serve()
    site.file, site.etag, site.sent = FILE, '"1"', []

    def give(handler, _):
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked and handler.headers.get("If-Range") == site.etag else 0
        body = site.file[start:]
        more = {"Content_Range": f"bytes {start}-{len(site.file) - 1}/{len(site.file)}"} if start else {}
        answers.reply(handler, 206 if start else 200, body, "application/octet-stream", ETag=site.etag, **more)

    site.routes["/file"] = give
    return site


@pytest.fixture
def cut(site, answers):
    """Gives so many bytes of the file and hangs up."""

    def by(count):
        def give(handler, _):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(site.file)))
            handler.send_header("ETag", site.etag)
            handler.end_headers()
            handler.wfile.write(site.file[:count])
            handler.close_connection = True

        return give

    return by


def ranges(site):
    return [headers.get("range") for _, _, headers in site.asked]


def left(home):
    return sorted(path.name for path in (home / ".paperhouse-fetch").iterdir() if not path.name.startswith("asked-"))


def test_it_goes_on_within_a_fetch(site, fetch, landed, cut, home) -> None:
    site.faults = [cut(30_000)]
    assert fetch("url", urls=[f"{site.url}/file"])["new"] == 1
    assert ranges(site) == [None, "bytes=30000-"]
    [(note, content)] = landed()
    assert content == FILE
    assert note["bytes"] == len(FILE)
    assert left(home) == []


def test_it_goes_on_in_the_next_fetch(site, fetch, landed, cut, settings, home) -> None:
    settings(retry_count=0)
    site.faults = [cut(30_000)]
    assert fetch("url", urls=[f"{site.url}/file"])["failed"]
    assert left(home) == ["answer.part", "answer.part.json"]
    assert fetch("url", urls=[f"{site.url}/file"])["new"] == 1
    assert ranges(site) == [None, "bytes=30000-"]
    assert [content for _, content in landed()] == [FILE]
    assert left(home) == []


def test_the_beginning_of_one_file_is_never_that_of_another(site, fetch, landed, cut, settings) -> None:
    settings(retry_count=0)
    site.faults = [cut(30_000), cut(20_000)]
    site.routes["/other"] = site.routes["/file"]
    for name in ("file", "other", "file", "other"):
        fetch("url", urls=[f"{site.url}/{name}"])
    assert ranges(site) == [None, None, None, None]
    assert [content for _, content in landed()] == [FILE]


def test_it_goes_on_from_what_was_synced_when_it_died(site, fetch, landed, monkeypatch, home) -> None:
    monkeypatch.setattr(download, "_SYNC_BYTES", 50_000)
    real = resume.keep

    def dying(*arguments):
        real(*arguments)
        monkeypatch.setattr(resume, "keep", real)
        # What stands behind what was synced may be anything.
        with arguments[0].open("ab") as file:
            file.write(b"rubbish")
        raise KeyboardInterrupt

    monkeypatch.setattr(resume, "keep", dying)
    with pytest.raises(KeyboardInterrupt):
        fetch("url", urls=[f"{site.url}/file"])
    assert fetch("url", urls=[f"{site.url}/file"])["new"] == 1
    start = int(ranges(site)[1].removeprefix("bytes=").removesuffix("-"))
    assert 50_000 <= start < 100_000
    assert [content for _, content in landed()] == [FILE]


def test_a_file_that_has_changed_meanwhile_begins_anew(site, fetch, landed, cut) -> None:
    def change(handler, query):
        site.file, site.etag = FILE[::-1], '"2"'
        site.routes["/file"](handler, query)

    site.faults = [cut(30_000), change]
    assert fetch("url", urls=[f"{site.url}/file"])["new"] == 1
    assert [content for _, content in landed()] == [FILE[::-1]]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (206, {"Content_Range": "bytes 0-9/100000"}),
        (206, {}),
        (206, {"Content_Range": "bytes 30000-99999/100000", "ETag": '"2"'}),
        (206, {"Content_Range": "bytes 30000-99999/100000", "Content_Encoding": "gzip"}),
        (416, {"Content_Range": "bytes */10"}),
    ],
)
def test_a_rest_that_is_none_is_not_added(site, fetch, landed, cut, answers, status, headers) -> None:
    site.faults = [cut(30_000), answers.of(status, FILE[30_000:], "application/octet-stream", **headers)]
    assert fetch("url", urls=[f"{site.url}/file"])["new"] == 1
    assert ranges(site) == [None, "bytes=30000-", None]
    assert [content for _, content in landed()] == [FILE]


@pytest.mark.parametrize("etag", ['W/"1"', "1", '"\xe9"'])
def test_only_an_etag_that_names_the_bytes_will_do(site, fetch, landed, cut, etag) -> None:
    site.etag = etag
    site.faults = [cut(30_000)]
    assert fetch("url", urls=[f"{site.url}/file"])["new"] == 1
    assert ranges(site) == [None, None]
    assert [content for _, content in landed()] == [FILE]


def test_the_limit_is_of_the_whole(site, fetch, cut, settings, home) -> None:
    settings(max_document_bytes=99_999)
    site.file = FILE[:60_000]
    site.faults = [cut(30_000)]

    def grow(handler, query):
        site.file = FILE
        site.routes["/file"](handler, query)

    site.faults.append(grow)
    reason = fetch("url", urls=[f"{site.url}/file"])["failed"][0]["reason"]
    assert reason == "the answer has 100,000 bytes, more than the 99,999 allowed"
    assert left(home) == []
