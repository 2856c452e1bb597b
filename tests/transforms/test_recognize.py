import gzip
from collections.abc import Callable

import pytest

from transforms.content import HEAD_BYTES
from transforms.parsed import Reject
from transforms.recognize import recognize
from transforms.sources import FORMATS, Format

TITLE = "Small Models Seldom Right"


def refusal(data: bytes) -> Reject:
    found = recognize(data[:HEAD_BYTES])
    assert isinstance(found, Reject)
    assert found.position is None
    return found


def name(data: bytes) -> str:
    found = recognize(data[:HEAD_BYTES])
    assert isinstance(found, Format), found
    return found.name


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "empty", "the file is empty"),
        (b"%PDF-1.7\n%abc", "binary", "a PDF file"),
        (b"PK\x03\x04rest", "binary", "a zip archive"),
        (gzip.compress(b"page"), "binary", "a gzip archive"),
        (b"\x28\xb5\x2f\xfdrest", "binary", "a zstd archive"),
        (b"\x89PNG\r\n\x1a\n", "binary", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "binary", "a JPEG picture"),
        (b"\x7fELF\x02", "binary", "a program"),
        (b"SQLite format 3\x00", "binary", "a SQLite database"),
        (b"ab\x00cd", "binary", "byte 0x00 at offset 2"),
        ("\ufeffnew\n".encode("utf-16-le"), "not_utf8", "byte 0xFF at offset 0 (line 1) is not UTF-8: it looks like UTF-16 text"),
        ("\ufeffnew\n".encode("utf-16-be"), "not_utf8", "byte 0xFE at offset 0 (line 1)"),
        ("new\n".encode("utf-16-le"), "binary", "byte 0x00 at offset 1"),
        (b"<!DOCTYPE html>\n<html>", "unknown_format", "it looks like an HTML page"),
        (b"\n <HTML lang=en>", "unknown_format", "it looks like an HTML page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "unknown_format", "it looks like XML"),
        (b' [{"paper": 1}]', "unknown_format", "it looks like JSON"),
        (b"{}", "unknown_format", "it looks like JSON"),
        (b"@unheard of", "unknown_format", "it looks like BibTeX"),
        (b"Dear all,\nwe meet on Monday.\n", "unknown_format", "nothing in its first 64 KiB is known"),
        (b" \n\n", "unknown_format", "nothing in its first 64 KiB is known"),
    ],
)
def test_what_cannot_be_read_is_called_what_it_looks_like(data: bytes, code: str, words: str) -> None:
    found = refusal(data)
    assert found.code == code
    assert words in found.reason


@pytest.mark.parametrize("data", [b"%PDF-", b"{}", b"plain words", b"a\x00"])
def test_a_refusal_says_what_can_be_read(data: bytes) -> None:
    assert all(form.about in refusal(data).reason for form in FORMATS)


def test_a_page_is_known_by_its_header(page: Callable[..., str], abstract: Callable[[int], str]) -> None:
    assert name(page([(TITLE, abstract(1))]).encode()) == "hf_text"


def test_a_page_without_header_is_known_by_a_footer(page: Callable[..., str], abstract: Callable[[int], str]) -> None:
    text = page([(TITLE, abstract(1), "• 10 authors", "·", "May 1 8")], header=(), date="")
    assert name(text.encode()) == "hf_text"


@pytest.mark.parametrize(
    "text",
    [
        "Daily Papers\n\nWhat I read this week.\n",
        "Notes\n\n• 10 authors\n\nwere there on\n\nMay 1 8\n",
        "We met.\n\nnvidia NVIDIA\n·\nOct 28, 2024 2\n",
    ],
    ids=["one phrase of the header", "authors and a date without the dot", "an organisation and a date"],
)
def test_one_sign_alone_can_stand_in_any_text(text: str) -> None:
    assert refusal(text.encode()).code == "unknown_format"


def test_a_page_in_another_encoding_is_a_page_all_the_same(page: Callable[..., str], abstract: Callable[[int], str]) -> None:
    # So that its parser can name the byte and the line.
    assert name(page([("Modèles", abstract(1))]).encode("latin-1")) == "hf_text"


def test_a_page_with_a_zero_byte_is_no_text(page: Callable[..., str], abstract: Callable[[int], str]) -> None:
    data = page([(TITLE, abstract(1))]).encode() + b"\x00"
    found = refusal(data)
    assert found.code == "binary"
    assert f"byte 0x00 at offset {len(data) - 1}" in found.reason


def test_the_head_may_end_within_a_letter(page: Callable[..., str], abstract: Callable[[int], str]) -> None:
    text = page([(TITLE, abstract(1))]).encode()
    start = text + b"x" * (HEAD_BYTES - len(text) - 1)
    assert name(start + "ü".encode() * 10) == "hf_text"


@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["with", "without"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_neither_line_breaks_nor_a_byte_order_mark_hide_a_page(
    page: Callable[..., str], abstract: Callable[[int], str], mark: str, line_break: str
) -> None:
    text = mark + page([(TITLE, abstract(1))]).replace("\n", line_break)
    assert name(text.encode()) == "hf_text"
