"""Start tags of elements that hold records, as pieces of their own."""

from io import BytesIO

import pytest

from transforms.xml_pieces import Piece, pieces

HOLDERS = frozenset((b"box", b"shelf"))


def cut(text: bytes, root: bytes | None = b"shelf", limit: int = 1000) -> list[Piece]:
    found = list(pieces(BytesIO(text), frozenset((b"item", b"meta")), limit, root, HOLDERS))
    assert [piece.number for piece in found] == list(range(1, len(found) + 1))
    return found


def raws(found: list[Piece]) -> list[bytes]:
    return [piece.raw for piece in found]


def test_a_start_tag_is_a_piece_in_its_place() -> None:
    text = b'<shelf id="s"> <box id="1"><item>a</item></box><box id="2"/> <item>b</item></shelf>'
    found = cut(text)
    assert raws(found) == [b'<shelf id="s">', b'<box id="1">', b"<item>a</item>", b'<box id="2"/>', b"<item>b</item>"]
    assert [text[piece.offset : piece.offset + piece.length] for piece in found] == raws(found)
    assert {piece.code for piece in found} == {None}


def test_without_openings_a_holder_is_nothing() -> None:
    found = list(pieces(BytesIO(b'<shelf><box id="1"><item>a</item></box></shelf>'), frozenset((b"item",)), 1000, b"shelf"))
    assert raws(found) == [b"<item>a</item>"]


def test_a_records_own_field_of_that_name_stays_in_it() -> None:
    assert raws(cut(b"<shelf><meta><box>7</box></meta><item>a<box>8</box></item></shelf>"))[1:] == [
        b"<meta><box>7</box></meta>",
        b"<item>a<box>8</box></item>",
    ]


def test_a_holder_with_attributes_ends_a_record_that_lacks_its_end() -> None:
    found = cut(b'<shelf><item>a</box><box id="2"><item>b</item></box></shelf>')
    assert [(piece.raw, piece.code) for piece in found[1:]] == [(b"<item>a</box>", "cut_off"), (b'<box id="2">', None), (b"<item>b</item>", None)]


@pytest.mark.parametrize("field", [b"<box>7</box>", b""])
def test_a_record_that_is_too_large_ends_behind_its_fields(field: bytes) -> None:
    found = cut(b"<shelf><item>" + b"a" * 300 + field + b"</item><item>b</item></shelf>", limit=100)
    assert [(piece.code, piece.length, len(piece.raw)) for piece in found[1:]] == [
        ("record_too_large", 313 + len(field), 313 + len(field)),
        (None, 14, 14),
    ]


def test_a_root_that_opens_anew_is_said_and_is_a_piece_as_well() -> None:
    found = cut(b'<shelf id="1"><item>a</item><shelf id="2"><item>b</item></shelf>')
    assert [(piece.tag, piece.code) for piece in found] == [
        (b"shelf", None),
        (b"item", None),
        (b"shelf", "cut_off"),
        (b"shelf", None),
        (b"item", None),
    ]
