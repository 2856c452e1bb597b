import mmap
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.lines import NotUtf8, plain, scan

NO_LIMIT = 1 << 20


def texts(data: bytes) -> list[str]:
    return [line.text for line in scan(data, NO_LIMIT)]


def test_a_line_knows_its_number_its_bytes_and_the_blank_line_before_it() -> None:
    one, two, three = scan("eins\nzwölf\n\n  drei \n".encode(), NO_LIMIT)
    assert (one.number, one.offset, one.length, one.text, one.has_gap) == (1, 0, 4, "eins", False)
    # ö takes two bytes.
    assert (two.number, two.offset, two.length, two.text, two.has_gap) == (2, 5, 6, "zwölf", False)
    assert (three.number, three.offset, three.length, three.text, three.has_gap) == (4, 13, 7, "drei", True)
    assert three.end == 20


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_every_kind_of_line_break_gives_the_same_lines(line_break: bytes) -> None:
    lines = list(scan(line_break.join([b"a", b"", b"b", b"c"]), NO_LIMIT))
    assert [(line.number, line.text, line.has_gap) for line in lines] == [(1, "a", False), (3, "b", True), (4, "c", False)]


def test_lf_and_crlf_may_stand_in_one_document() -> None:
    assert texts(b"a\r\nb\nc\r\n") == ["a", "b", "c"]


def test_a_missing_final_line_break_does_not_matter() -> None:
    assert texts(b"a\nb") == texts(b"a\nb\n") == ["a", "b"]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    (line,) = scan(b"\xef\xbb\xbftitle\n", NO_LIMIT)
    assert (line.text, line.offset, line.number) == ("title", 3, 1)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \t\r\n ", "\u00a0\n\u200b\ufeff\n\u3000".encode()])
def test_a_document_of_white_space_has_no_lines(data: bytes) -> None:
    assert texts(data) == []


def test_a_line_of_odd_spaces_is_a_blank_line() -> None:
    _, second = scan("a\n\u00a0\u200b\nb".encode(), NO_LIMIT)
    assert second.has_gap


def test_printed_keeps_the_odd_spaces_that_text_makes_plain() -> None:
    (line,) = scan("KV\u00a0cache\u2009size".encode(), NO_LIMIT)
    assert line.printed == "KV\u00a0cache\u2009size"
    assert line.text == "KV cache size"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u00a0b", "a b"),
        ("a \u202f\t b", "a b"),
        ("\ufeffa\u200bb ", "a b"),
        ("a\u3000b", "a b"),
        ("a\u2060b", "a b"),
        ("a\r\x0b\x0cb", "a b"),
        ("ab", "ab"),
    ],
)
def test_plain_folds_every_run_of_spaces(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_line_beyond_the_limit_is_not_read_but_has_its_place() -> None:
    first, long, last = scan(b"ab\n\n" + b"x" * 11 + b"\nyz\n", 10)
    assert (first.text, last.text) == ("ab", "yz")
    assert (long.number, long.offset, long.length, long.is_too_long, long.has_gap) == (3, 4, 11, True, True)
    assert (long.text, long.printed) == ("", "")
    assert (last.number, last.offset, last.has_gap, last.is_too_long) == (4, 16, False, False)


def test_a_line_of_just_the_limit_is_read() -> None:
    (line,) = scan(b"x" * 10 + b"\n", 10)
    assert (line.text, line.is_too_long) == ("x" * 10, False)


@pytest.mark.parametrize(
    ("data", "offset", "value", "line"),
    [
        (b"good\nbad \xe9 byte\n", 9, 0xE9, 2),
        (b"\xef\xbb\xbfab\xff", 5, 0xFF, 1),
        (b"a\rb\r\x80", 4, 0x80, 3),
        (b"a\r\n\r\nb\xc3", 6, 0xC3, 3),
        ("ü".encode() + b"\xed\xa0\x80", 2, 0xED, 1),
    ],
    ids=["latin-1", "behind a byte order mark", "CR only", "cut within a letter", "a surrogate"],
)
def test_a_byte_that_is_not_utf8_is_named_with_offset_and_line(data: bytes, offset: int, value: int, line: int) -> None:
    with pytest.raises(NotUtf8, match=rf"byte 0x{value:02X} at offset {offset} \(line {line}\) is not UTF-8") as caught:
        list(scan(data, NO_LIMIT))
    assert (caught.value.offset, caught.value.value, caught.value.line) == (offset, value, line)


def test_lines_before_a_bad_byte_come_first() -> None:
    lines = scan(b"good\n\xff\n", NO_LIMIT)
    assert next(lines).text == "good"
    with pytest.raises(NotUtf8):
        next(lines)


def test_a_mapped_file_gives_the_lines_of_its_bytes(tmp_path: Path) -> None:
    data = "\ufeffeins\r\n\r\nzwölf\r\n".encode()
    file = tmp_path / "page"
    file.write_bytes(data)
    with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        # A map that was read from must not begin where that ended.
        mapped.read(5)
        assert list(scan(mapped, NO_LIMIT)) == list(scan(data, NO_LIMIT))
        assert texts(data) == ["eins", "zwölf"]


@given(st.text(alphabet=st.sampled_from("ab\u00e9\u00a0\u200b \t\r\n"), max_size=60), st.integers(1, 20))
def test_every_line_is_where_it_says_and_no_two_overlap(text: str, limit: int) -> None:
    data = text.encode()
    lines = list(scan(data, limit))
    for line in lines:
        raw = data[line.offset : line.end]
        assert line.is_too_long == (len(raw) > limit)
        assert line.is_too_long or raw.decode().strip() == line.printed
    assert all(before.end < after.offset and before.number < after.number for before, after in pairwise(lines))
    between, at = b"", 0
    for line in lines:
        between, at = between + data[at : line.offset], line.end
    # What lies outside all lines is white space.
    assert plain((between + data[at:]).decode().replace("\r", " ").replace("\n", " ")) == ""
