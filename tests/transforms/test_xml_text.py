"""XML cut into records and read safely: what belongs to a record, what a fault costs, and what no entity may do."""

import time
import tracemalloc
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.paths import Paths
from transforms.xml_pieces import Piece, pieces
from transforms.xml_text import BadXml, Root, element, elements, note_paths, read_root, rejected, text_of

TAGS = frozenset((b"p", b"article"))
UTF8 = Root("utf-8", "c")


class Dribble(BytesIO):
    """A stream that gives few bytes at a time, as a decompressor may."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(self._size, size or 0))


def cut(data: bytes, limit: int = 1 << 20, root: bytes | None = b"c", size: int = 1 << 20) -> list[Piece]:
    return list(pieces(Dribble(data, size), TAGS, limit, root))


def raws(data: bytes, **options: int) -> list[bytes]:
    found = cut(data, **options)
    assert [piece.fault for piece in found] == [None] * len(found)
    assert all(data[piece.offset : piece.offset + piece.length] == piece.raw for piece in found)
    assert [piece.number for piece in found] == list(range(1, len(found) + 1))
    return [piece.raw for piece in found]


@pytest.mark.parametrize("size", [1, 2, 7, 1 << 20])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<c><p>1</p>\n<p>2</p></c>", [b"<p>1</p>", b"<p>2</p>"]),
        (b"<c><p/><p a='1'/><article key='k'>x</article ></c>", [b"<p/>", b"<p a='1'/>", b"<article key='k'>x</article >"]),
        (b"<c><page>1</page><p.x/><p>1</p></c>", [b"<p>1</p>"]),
        (b"<c><p>1<p>2</p>3</p><p>4</p></c>", [b"<p>1<p>2</p>3</p>", b"<p>4</p>"]),
        (b"<c><!-- <p>no</p> --><p>1<!-- </p> -->2</p></c>", [b"<p>1<!-- </p> -->2</p>"]),
        (b"<c><p><![CDATA[</p><p>]]></p><?x <p> ?></c>", [b"<p><![CDATA[</p><p>]]></p>"]),
        (b"<c><p a='>' b=\"/>\">1</p></c>", [b"<p a='>' b=\"/>\">1</p>"]),
        (b"<!DOCTYPE c [<!ENTITY a '<p>no</p>'> <!-- ' ]> <p> --> ]><c><p>1</p></c>", [b"<p>1</p>"]),
        (b"<c/>", []),
        (b"", []),
    ],
    ids=["two", "empty ones", "longer names", "nested", "comments", "CDATA and instructions", "attributes", "DOCTYPE", "none", "no bytes"],
)
def test_a_record_is_what_stands_between_its_tags(data: bytes, expected: list[bytes], size: int) -> None:
    assert raws(data, size=size) == expected


@pytest.mark.parametrize("size", [1, 1 << 20])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<c><p>1<p>2</p><p>3</p></c>", [("cut_off", b"<p>1"), (None, b"<p>2</p>"), (None, b"<p>3</p>")]),
        (b"<c><p>1<article>2</article></c>", [("cut_off", b"<p>1"), (None, b"<article>2</article>")]),
        (b"<c><p>1</c><c><p>2</p></c>", [("cut_off", b"<p>1"), (None, b"<p>2</p>")]),
        (b"<c>x</p><p>2</p></c>", [("malformed", b"</p>"), (None, b"<p>2</p>")]),
        (b"<c><p>1</p><p>2", [(None, b"<p>1</p>"), ("cut_off", b"<p>2")]),
        (b"<c><p>1</p> and", [(None, b"<p>1</p>"), ("cut_off", b"")]),
        (b"<c><p>1</p><c><p>2</p></c>", [(None, b"<p>1</p>"), ("cut_off", b""), (None, b"<p>2</p>")]),
        (b"<c><p>1<!-- x</p><p>2</p></c>", [(None, b"<p>1<!-- x</p>"), (None, b"<p>2</p>")]),
        (b"<c><p a='1>2</p><p>3</p></c>", [(None, b"<p a='1>2</p>"), (None, b"<p>3</p>")]),
    ],
    ids=["no end", "another begins", "root ends", "no beginning", "cut inside", "cut between", "cut, then another", "comment without end", "quote"],
)
def test_a_fault_costs_its_own_record(data: bytes, expected: list[tuple[str | None, bytes]], size: int) -> None:
    found = cut(data, size=size)
    assert [(piece.code, piece.raw) for piece in found] == expected
    assert [data[piece.offset : piece.offset + piece.length] for piece in found] == [raw for _, raw in expected]


@pytest.mark.parametrize("size", [100, 1 << 20])
def test_a_record_that_is_too_large_is_passed_over(size: int) -> None:
    data = b"<c><p>" + b"x" * 5000 + b"</p><p>2</p><p>" + b"y" * 3000 + b"<p>4</p></c>"
    found = cut(data, limit=1000, size=size)
    assert [(piece.code, piece.length) for piece in found] == [("record_too_large", 5007), (None, 8), ("record_too_large", 3003), (None, 8)]
    assert found[0].raw.startswith(b"<p>xxx")
    assert "5,007 bytes, more than the 1,000" in str(found[0].fault)


def test_no_more_is_held_of_a_stream_than_a_record() -> None:
    class Endless(BytesIO):
        """Bytes without any tag, and then a record."""

        left = 300

        def read(self, _size: int | None = -1) -> bytes:
            self.left -= 1
            return b"x" * (1 << 20) if self.left > 0 else b"<p>1</p>" if self.left == 0 else b""

    tracemalloc.start()
    found = list(pieces(Endless(), TAGS, 1 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [piece.raw for piece in found] == [b"<p>1</p>"]
    assert peak < 8 << 20


@pytest.mark.parametrize(
    "part", [b"<p ", b"<p>", b"<p a='", b"<!--", b"<![CDATA[", b"<?", b"<!DOCTYPE ", b"</p>", b"<p/>", b"<", b"<!DOCTYPE [", b"&a;", b"<c>"]
)
def test_hostile_bytes_take_no_longer_than_others(part: bytes) -> None:
    data = b"<c>" + part * (1_000_000 // len(part))
    start = time.process_time()
    for _ in elements(pieces(BytesIO(data), TAGS, 1 << 20, b"c"), UTF8):
        pass
    assert time.process_time() - start < 8


@given(
    st.lists(
        st.sampled_from([b"<p>", b"</p>", b"<p/>", b"<c>", b"</c>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"x", b"<", b"'", b">", b"<article "])
    )
)
def test_any_tags_make_pieces_in_order_whatever_the_stream_gives_at_a_time(parts: list[bytes]) -> None:
    data = b"".join(parts)
    found = cut(data)
    assert found == cut(data, size=3)
    at = 0
    for number, piece in enumerate(found, 1):
        assert piece.number == number
        assert piece.offset >= at
        at = piece.offset + piece.length
        assert data[piece.offset : at] == piece.raw
    for piece, read in elements(found, UTF8):
        assert isinstance(read, BadXml) or read.tag == piece.tag.decode()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<c/>", Root("utf-8", "c")),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<c>", Root("utf-8", "c", (), 25)),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE c SYSTEM 'c.dtd'><!-- <x> --><c>", Root("iso-8859-1", "c", (), 82)),
        (b"<?xml version='1.0' encoding=\"US-ASCII\"?><c>", Root("utf-8", "c", (), 41)),
        (b"<a:c xmlns:a='urn:a' b=\"1\">", Root("utf-8", "a:c", (("xmlns:a", "urn:a"), ("b", "1")))),
    ],
)
def test_the_root_says_how_to_read(head: bytes, expected: Root) -> None:
    assert read_root(head) == expected


def test_a_root_knows_its_namespace() -> None:
    assert read_root(b"<a:c xmlns:a='urn:a' xmlns='urn:b'>").namespace == "urn:a"
    assert read_root(b"<c xmlns='urn:b'>").namespace == "urn:b"
    assert read_root(b"<c>").namespace is None


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("<c/>".encode("utf-16"), "not_utf8"),
        ("<c/>".encode("utf-16-le"), "not_utf8"),
        (b"<?xml version='1.0' encoding='KOI8-R'?><c/>", "not_utf8"),
        (b"", "malformed"),
        (b"words", "malformed"),
        (b"<!-- <c>", "malformed"),
        (b"<c", "malformed"),
    ],
)
def test_what_has_no_readable_root_is_no_xml(head: bytes, code: str) -> None:
    with pytest.raises(BadXml) as error:
        read_root(head)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>B&ouml;hlen &eacute;t&eacute; &amp; &lt;i&gt; &#233;</p>", "Böhlen été & <i> é"),
        ("<p>&foo; and &bar.baz;</p>", "&foo; and &bar.baz;"),
        ("<p><![CDATA[&ouml; &foo;]]> &ouml;</p>", "&ouml; &foo; ö"),
        ("<p>a<!-- &ouml; -->b<?x y?>c</p>", "abc"),
        ("<p>&AMP;&LT;b&GT;</p>", "&<b>"),
        ("<p>a <i>b <b>c</b></i> d</p>", "a b c d"),
    ],
)
def test_character_entities_are_characters_and_others_stay_words(raw: str, text: str) -> None:
    assert text_of(element(raw.encode(), UTF8)) == text


def test_text_of_nothing_is_nothing() -> None:
    assert text_of(None) is None
    assert text_of(element(b"<p> \n</p>", UTF8)) is None
    assert text_of(element(b"<p/>", UTF8)) is None


def test_an_encoding_is_that_of_the_document() -> None:
    assert text_of(element("<p>Böhlen &ouml;</p>".encode("latin-1"), Root("iso-8859-1", "c"))) == "Böhlen ö"


def test_namespaces_are_those_of_the_root() -> None:
    root = read_root(b'<feed xmlns="urn:atom" xmlns:a="urn:a&amp;b">')
    found = element(b'<p xsi:type="x"><a:b/></p>', root)
    assert (found.tag, found[0].tag) == ("{urn:atom}p", "{urn:a&b}b")


def test_an_entity_of_the_document_is_never_expanded() -> None:
    bomb = b"<!DOCTYPE c [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/hostname'>]><c><p>&b;&f;</p></c>"
    ((_, found),) = elements(pieces(BytesIO(bomb), TAGS, 1 << 20, b"c"), read_root(bomb))
    assert text_of(found) == "&b;&f;"


@pytest.mark.parametrize(
    ("raw", "code", "offset"),
    [
        (b"<p>a</q>", "malformed", 4),
        (b"<p>a\x00b</p>", "malformed", 4),
        (b"<p>one\ntwo \x0b</p>", "malformed", 11),
        (b"<p>a\xffb</p>", "not_utf8", 4),
        (b"<p>a &amp b</p>", "malformed", 9),
        (b"<p>" + b"<i>" * 5000 + b"</i>" * 5000 + b"</p>", "malformed", 0),
        (b"<p><x:y/></p>", "malformed", 3),
        (b"<p/><p/>", "malformed", 0),
        (b"words", "malformed", 0),
    ],
    ids=["end tag", "zero byte", "control character", "UTF-8", "ampersand", "deep", "prefix", "two", "none"],
)
def test_bad_xml_says_where(raw: bytes, code: str, offset: int) -> None:
    with pytest.raises(BadXml) as error:
        element(raw, UTF8)
    assert error.value.code == code
    assert offset == 0 or abs(error.value.offset - offset) <= 6
    assert "wrapper" not in str(error.value)


def test_a_bad_record_among_many_costs_only_itself() -> None:
    data = b"<c>" + b"<p>x</p>" * 100 + b"<p>a & b</p>" + b"<p>x</p>" * 100 + b"</c>"
    found = list(elements(pieces(BytesIO(data), TAGS, 1 << 20, b"c"), UTF8))
    bad = [piece.number for piece, read in found if isinstance(read, BadXml)]
    assert (len(found), bad) == (201, [101])
    piece, read = found[100]
    reject = rejected(piece, read)
    assert (reject.code, reject.position, reject.offset, reject.length, reject.raw) == ("malformed", 101, 803, 12, b"<p>a & b</p>")
    assert reject.reason.startswith("element 101 at byte 803: ")


def test_paths_are_counted_without_namespaces() -> None:
    paths = Paths()
    found = element(b'<p xmlns="urn:x" id="1"><title lang="en">a <i>b<b k="1"/></i></title><a><b/></a><a/></p>', UTF8)
    note_paths(paths, found, "paper", frozenset({"title"}))
    assert paths.rows() == [
        ("paper/@id", "attribute", 1),
        ("paper/a", "element", 2),
        ("paper/a/b", "element", 1),
        ("paper/title", "element", 1),
        ("paper/title/@lang", "attribute", 1),
        ("paper/title/b", "element", 1),
        ("paper/title/b/@k", "attribute", 1),
        ("paper/title/i", "element", 1),
    ]
