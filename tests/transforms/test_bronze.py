from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from transforms.bronze import RAW_BYTES_KEPT, Bronze, Landed, Unreadable, combined, raw_text, read_document, unreadable_rejects
from transforms.content import Content
from transforms.parsed import Capture, Limits
from warehouse.schema import bronze

SEEN = datetime(2026, 1, 15, 8, 0)
Read = Callable[..., Bronze]
Build = Callable[..., str]
Abstract = Callable[[int], str]


def test_a_document_is_one_row_with_its_counts(read: Read, page: Build, abstract: Abstract) -> None:
    text = page([("Small Models Seldom Right", abstract(1)), ("Cut Off After This", "")])
    (document,) = read(text, seen_by="file_name").documents.rows(named=True)
    assert document["bytes"] == len(text.encode())
    assert (document["source"], document["format"], document["path"]) == ("hf", "hf_text", "page.txt")
    assert (document["observed_at"], document["observed_at_source"], document["landed_at"]) == (SEEN, "file_name", SEEN)
    assert (document["read_count"], document["kept_count"], document["rejected_count"]) == (2, 1, 1)


def test_a_record_is_named_by_its_document_and_line(read: Read, page: Build, abstract: Abstract) -> None:
    text = page([("Small Models Seldom Right", abstract(1)), ("Pruning by Ear", abstract(2))])
    found = read(text)
    document_id = found.documents["document_id"][0]
    lines = [text.split("\n").index(title) + 1 for title in ("Small Models Seldom Right", "Pruning by Ear")]
    records = found.records.sort("position")
    assert records["position"].to_list() == lines
    assert records["record_id"].to_list() == [f"{document_id[:16]}-{line}" for line in lines]
    assert records["document_id"].unique().to_list() == [document_id]
    assert records["source"].unique().to_list() == ["hf"]


def test_a_records_bytes_are_title_to_footer(read: Read, page: Build, abstract: Abstract) -> None:
    text = "\ufeff" + page([("Über Tabellen", abstract(1), "nvidia NVIDIA", "·", "May 1 8"), ("Pruning by Ear", abstract(2))])
    data = text.encode()
    spans = [
        data[offset : offset + length].decode() for offset, length in read(data).records.sort("position").select("byte_offset", "byte_length").rows()
    ]
    assert spans == [f"Über Tabellen\n\n{abstract(1)}\n\nnvidia NVIDIA\n·\nMay 1 8", f"Pruning by Ear\n\n{abstract(2)}"]


def test_the_same_bytes_give_the_same_rows(read: Read, page: Build, abstract: Abstract) -> None:
    text = page([("Small Models Seldom Right", abstract(1)), ("Cut Off After This", "")])
    one, other = read(text), read(text)
    assert all(frame.equals(other.tables()[name]) for name, frame in one.tables().items())


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"\x00\x01", "binary"), (b"Dear all,", "unknown_format")],
)
def test_a_document_that_is_no_page_counts_as_one_read_and_one_rejected(read: Read, data: bytes, code: str) -> None:
    found = read(data)
    (document,), (reject,) = found.documents.rows(named=True), found.rejects.rows(named=True)
    assert (document["read_count"], document["kept_count"], document["rejected_count"]) == (1, 0, 1)
    assert (document["source"], document["format"], document["listing_state"]) == (None, "unknown", None)
    assert (reject["code"], reject["position"], reject["byte_offset"], reject["byte_length"]) == (code, None, 0, len(data))
    assert reject["reject_id"] == f"{document['document_id'][:16]}-document-{code}"
    assert (reject["document_id"], reject["path"], reject["first_seen_at"]) == (document["document_id"], "page.txt", SEEN)
    assert found.records.is_empty()


def test_a_page_that_is_not_utf8_keeps_its_beginning_wherever_the_bad_byte_is(read: Read, page: Build, abstract: Abstract) -> None:
    data = page([("Small Models Seldom Right", abstract(1))]).encode() + b"\xe9\n"
    (reject,) = read(data).rejects.rows(named=True)
    assert (reject["code"], reject["byte_offset"], reject["byte_length"]) == ("not_utf8", 0, len(data))
    assert f"offset {len(data) - 2} " in reject["reason"]
    assert reject["raw"] == raw_text(data)


def test_of_a_long_reject_the_first_64_kib_are_kept(read: Read, page: Build, abstract: Abstract) -> None:
    assert RAW_BYTES_KEPT == 64 * 1024
    text = page([("One Title", abstract(1)), ("Two Title", "x" * 100_000), ("Six Title", abstract(2))])
    found = read(text, max_line_bytes=90_000)
    (reject,) = found.rejects.rows(named=True)
    assert reject["code"] == "line_too_long"
    assert len(reject["raw"]) == 64 * 1024
    assert reject["byte_length"] > 100_000
    whole = text.encode()[reject["byte_offset"] :][: reject["byte_length"]].decode()
    assert whole.endswith("x" * 100_000)
    assert reject["raw"] == whole[: 64 * 1024]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        ("zwölf".encode(), "zwölf"),
        (b"caf\xe9", "caf\\xe9"),
        (b"a\x00b", "a\\x00b"),
        ("ü".encode()[:1], "\\xc3"),
        (b"", ""),
    ],
)
def test_bytes_are_shown_as_text(raw: bytes, text: str) -> None:
    assert raw_text(raw) == text


def test_a_path_that_could_not_be_read_is_a_reject_without_document() -> None:
    later = datetime(2026, 1, 16)
    found = unreadable_rejects(
        [Unreadable("/a/b.txt", "unreadable", "no permission to read it", SEEN, later), Unreadable("/c", "too_large", "is large", SEEN)]
    )
    assert found.schema == bronze.REJECTS.polars_schema()
    rows = {row["path"]: row for row in found.iter_rows(named=True)}
    assert (rows["/a/b.txt"]["code"], rows["/a/b.txt"]["reason"]) == ("unreadable", "no permission to read it")
    assert (rows["/a/b.txt"]["first_seen_at"], rows["/a/b.txt"]["resolved_at"]) == (SEEN, later)
    assert (rows["/c"]["resolved_at"], rows["/c"]["document_id"], rows["/c"]["raw"], rows["/c"]["position"]) == (None, None, None, None)
    assert found["reject_id"].n_unique() == 2


def test_no_path_is_no_reject() -> None:
    assert unreadable_rejects([]).equals(bronze.REJECTS.empty())


def test_a_file_name_that_is_not_utf8_is_a_reject_all_the_same() -> None:
    # Python writes such a byte of a file name as a lone surrogate, which no encoding takes.
    (row,) = unreadable_rejects([Unreadable("caf\udce9.txt", "unreadable", "no permission to read it", SEEN)]).rows(named=True)
    assert row["path"].startswith("caf")
    assert row["path"].endswith(".txt")


def test_combined_has_all_rows_of_all_parts_whatever_their_order(read: Read, page: Build, abstract: Abstract) -> None:
    parts = [read(page([("Small Models Seldom Right", abstract(1))])), read(b"no page"), read(page([("Pruning by Ear", abstract(2)), ("Cut", "")]))]
    one, other = combined(parts), combined(parts[::-1])
    assert all(frame.equals(other.tables()[name]) for name, frame in one.tables().items())
    assert (one.documents.height, one.records.height, one.rejects.height) == (3, 2, 2)
    assert set(one.records["title"]) == {"Small Models Seldom Right", "Pruning by Ear"}


def test_nothing_combined_is_empty() -> None:
    assert [frame.height for frame in combined([]).tables().values()] == [0, 0, 0, 0]
    assert isinstance(combined([]).records, pl.DataFrame)


@pytest.mark.parametrize("line", ["nothing", "x" * 60_000], ids=["many", "large"])
def test_rejects_become_rows_as_they_are_found_and_do_not_gather_in_memory(line: str) -> None:
    count = 200_000_000 // 60_000 if len(line) > 100 else 30_000
    data = b'{"paperId":"1","corpusId":1,"title":"Rain","externalIds":{}}\n' + f"{line}\n".encode() * count
    landed = Landed("0" * 64, "papers.jsonl", len(data), SEEN, Capture(SEEN, "option"))
    heights, sizes = [], []
    for chunk in read_document(landed, Content.of(data), Limits()):
        heights.append(chunk.records.height + chunk.rejects.height)
        sizes.append(chunk.rejects["raw"].str.len_bytes().sum())
    assert sum(heights) == count + 1
    assert max(heights) <= 2_000
    assert max(sizes) < 34 << 20


def test_the_counts_are_of_all_chunks_together() -> None:
    lines = [b'{"paperId":"%d","corpusId":1,"title":"Rain","externalIds":{}}' % n if n % 3 else b"nothing" for n in range(1, 7_001)]
    data = b"\n".join(lines)
    landed = Landed("0" * 64, "papers.jsonl", len(data), SEEN, Capture(SEEN, "option"))
    found = combined(list(read_document(landed, Content.of(data), Limits())))
    (document,) = found.documents.rows(named=True)
    assert (document["read_count"], document["kept_count"], document["rejected_count"]) == (7_000, 4_667, 2_333)
    assert (found.records.height, found.rejects.height) == (4_667, 2_333)
