"""Archives as people make them, as lines damage them and as attackers forge them: what is a document, what is a reject and in which words."""

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import archives, unpacking
from flows.archives import Archives, Bounds, Member, members
from flows.unpacking import kind_of
from warehouse.errors import TroubleError

MIB = 1 << 20
ROOMY = Bounds(64 * MIB, 256 * MIB, 1000)
PAGE = b'[{"id": "1", "title": "Rain"}]\n'
_NOISE = random.Random(7)
# Half of it does not shrink, so that a cut or a flipped byte falls where there is data.
LONG = b"".join(b'{"id": "%d", "title": "%s"}\n' % (n, _NOISE.randbytes(30).hex().encode()) for n in range(8_000))


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


@pytest.fixture
def held(tmp_path: Path, spool: Path) -> Callable[..., list[Member]]:
    """What an archive of these bytes holds. Every document reads back as it was found, however the others are damaged, and nothing is left behind."""

    def call(data: bytes, bounds: Bounds = ROOMY) -> list[Member]:
        file = tmp_path / "archive"
        file.write_bytes(data)
        found = members(file, spool, bounds)
        assert members(file, spool, bounds) == found
        before = len(list(Path("/dev/fd").iterdir()))
        with Archives(spool) as opened:
            for one in [*found, *reversed(found)]:
                if one.digest:
                    with opened.stream(file, one.way) as stream:
                        data = stream.read()
                    assert (len(data), sha256(data).hexdigest()) == (one.bytes, one.digest)
        assert len(list(Path("/dev/fd").iterdir())) == before
        assert list(spool.iterdir()) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "spool"]
        return found

    return call


def document(data: bytes, *way: int, name: str = "", damage: str | None = None) -> Member:
    return Member(way, name, len(data), sha256(data).hexdigest(), damage)


def zipped(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return target.getvalue()


def tarred(entries: Iterable[tuple[str | tarfile.TarInfo, bytes]]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in entries:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


PACKED: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}


# Packed files


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_is_one_document_without_a_name(held: Callable[..., list[Member]], kind: str) -> None:
    assert kind_of(PACKED[kind](PAGE)) == kind
    for data in (PAGE, LONG):
        assert held(PACKED[kind](data)) == [document(data, 0)]


@pytest.mark.parametrize("kind", PACKED)
def test_parts_packed_one_behind_the_other_are_one_document(held: Callable[..., list[Member]], kind: str) -> None:
    assert held(PACKED[kind](PAGE) + PACKED[kind](LONG) + PACKED[kind](PAGE)) == [document(PAGE + LONG + PAGE, 0)]


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_of_nothing_is_an_empty_document(held: Callable[..., list[Member]], kind: str) -> None:
    assert held(PACKED[kind](b"")) == [document(b"", 0)]


def test_a_gzip_file_of_nothing_is_an_empty_document_however_long_the_name_in_it(held: Callable[..., list[Member]]) -> None:
    target = io.BytesIO()
    with gzip.GzipFile("a-rather-long-name-that-makes-the-header-long.json", "w", fileobj=target):
        pass
    assert held(target.getvalue()) == [document(b"", 0)]


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_packed_file_that_is_cut_gives_what_comes_before_the_cut(held: Callable[..., list[Member]], kind: str, share: float) -> None:
    packed = PACKED[kind](LONG)
    (found,) = held(packed[: int(len(packed) * share)])
    if found.digest:
        assert found.digest == sha256(LONG[: found.bytes]).hexdigest()
    else:
        assert kind == "bzip2", "one block of bzip2 has all of it"
    # A block of bzip2 is 900 KB, one of zstd 128 KiB; the others give back what they can.
    assert found.bytes >= {"bzip2": 0, "zstd": share - 0.4}.get(kind, share - 0.15) * len(LONG)
    assert found.damage == f"the packed data is damaged after {found.bytes:,} unpacked bytes (it ends too early); get the file again"


@pytest.mark.parametrize("data", [PAGE, LONG], ids=["short", "long"])
def test_a_wrong_checksum_costs_no_byte_but_is_said(held: Callable[..., list[Member]], data: bytes) -> None:
    packed = bytearray(gzip.compress(data))
    packed[-8] ^= 1
    (found,) = held(bytes(packed))
    assert (found.bytes, found.digest) == (len(data), sha256(data).hexdigest())
    assert found.damage is not None
    assert found.damage.startswith(f"the packed data is damaged after {len(data):,} unpacked bytes (CRC check failed")


@pytest.mark.parametrize("kind", ["gzip", "xz"])
def test_what_stands_behind_the_packed_data_is_said_and_costs_nothing(held: Callable[..., list[Member]], kind: str) -> None:
    (found,) = held(PACKED[kind](PAGE) + b"and some words of a mail server")
    assert found.digest == document(PAGE, 0).digest
    assert found.damage is not None


def test_zeros_behind_packed_data_are_a_tapes(held: Callable[..., list[Member]]) -> None:
    for kind in ("gzip", "xz"):
        assert held(PACKED[kind](PAGE) + bytes(1024)) == [document(PAGE, 0)]


@pytest.mark.parametrize("kind", PACKED)
def test_what_only_begins_like_a_packed_file_is_a_reject_that_says_so(held: Callable[..., list[Member]], kind: str) -> None:
    (found,) = held(PACKED[kind](LONG)[:10] + b"\xff no such thing" * 50)
    assert (found.digest, found.code) == (None, "bad_archive")
    assert found.damage is not None
    assert found.damage.startswith("the packed data is damaged after 0 unpacked bytes (")
    assert found.damage.endswith("); get the file again")


@given(at=st.integers(0, 10**6), flip=st.integers(1, 255), kind=st.sampled_from([*PACKED, "zip", "tar", "tar.gz"]), is_cut=st.booleans())
def test_any_damage_gives_documents_that_read_back_the_same_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, at: int, flip: int, kind: str, is_cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    entries = [("a.json", LONG[:50_000]), ("b.json", PAGE), ("c/d.json", LONG[50_000:90_000])]
    made = {"zip": lambda: zipped(entries), "tar": lambda: tarred(entries), "tar.gz": lambda: gzip.compress(tarred(entries))}
    data = bytearray(made[kind]() if kind in made else PACKED[kind](LONG[:200_000]))
    at %= len(data)
    data[at] ^= flip
    file = folder / "archive"
    file.write_bytes(data[:at] if is_cut else data)
    found = members(file, folder, ROOMY)
    assert found or kind_of(bytes(data[:512] if not is_cut else data[:at][:512])) is None
    with Archives(folder) as opened:
        for one in found:
            assert one.digest or (one.damage and one.code)
            if one.digest:
                with opened.stream(file, one.way) as stream:
                    assert sha256(stream.read()).hexdigest() == one.digest
    assert [path.name for path in folder.iterdir()] == ["archive"]


# Zips


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_each_file_of_a_zip_is_a_document_in_the_order_of_the_zip(held: Callable[..., list[Member]], method: int) -> None:
    data = zipped([("b.json", PAGE), ("folder/", b""), ("folder/a.json", LONG), ("empty.json", b""), ("__MACOSX/._b.json", b"x")], method)
    expected = [document(PAGE, 0, name="b.json"), document(LONG, 2, name="folder/a.json"), document(b"", 3, name="empty.json")]
    assert held(data) == expected


@pytest.mark.parametrize("data", [zipped([]), zipped([("folder/", b"")]), zipped([("__MACOSX/._a", b"x")])])
def test_an_archive_with_no_file_in_it_is_said_to_be_empty(held: Callable[..., list[Member]], data: bytes) -> None:
    assert held(data) == [Member((), "", damage="there is no file in this archive; pack it again", code="empty")]


def test_an_encrypted_entry_is_a_reject_and_the_others_are_read(held: Callable[..., list[Member]]) -> None:
    data = bytearray(zipped([("a.json", PAGE), ("b.json", LONG)], zipfile.ZIP_STORED))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    damage = "it is encrypted; unpack it with its password, and load what it holds"
    assert held(bytes(data)) == [Member((0,), "a.json", damage=damage, code="encrypted"), document(LONG, 1, name="b.json")]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_what_is_packed_by_another_method_is_a_reject_that_names_it(held: Callable[..., list[Member]], method: int) -> None:
    (found,) = held(zipped([("a.json", PAGE)], method))
    assert found.damage == f"it is packed by method {method}, which is not read here; unpack it, and load what it holds"


def test_a_damaged_entry_of_a_zip_is_kept_up_to_the_damage_and_the_others_whole(held: Callable[..., list[Member]]) -> None:
    data = bytearray(zipped([("a.json", LONG), ("b.json", PAGE), ("c.json", LONG)], zipfile.ZIP_STORED))
    place = data.index(b"a.json") + 6 + 100_000
    data[place] ^= 1
    first, *others = held(bytes(data))
    changed = bytearray(LONG)
    changed[100_000] ^= 1
    assert first.digest == sha256(changed).hexdigest(), "a byte that is wrong costs no other byte"
    assert first.damage == (
        f"the packed data is damaged after {len(LONG):,} unpacked bytes (its checksum is not the one that the archive has for it); get the file again"
    )
    assert others == [document(PAGE, 1, name="b.json"), document(LONG, 2, name="c.json")]


def test_a_deflated_entry_that_is_no_deflated_data_costs_itself_alone(held: Callable[..., list[Member]]) -> None:
    data = bytearray(zipped([("a.json", LONG), ("b.json", PAGE)]))
    place = data.index(b"a.json") + 6
    data[place : place + 200] = b"\xff" * 200
    bad, good = held(bytes(data))
    assert (bad.digest, bad.code) == (None, "bad_archive")
    assert bad.damage == "the packed data is damaged after 0 unpacked bytes (the bytes are no packed data); get the file again"
    assert good == document(PAGE, 1, name="b.json")


def test_an_entry_whose_header_is_gone_costs_itself_alone(held: Callable[..., list[Member]]) -> None:
    data = zipped([("a.json", PAGE), ("b.json", PAGE)]).replace(b"PK\3\4", b"PKxx", 2).replace(b"PKxx", b"PK\3\4", 1)
    good, bad = held(data)
    assert good == document(PAGE, 0, name="a.json")
    assert bad.damage == "it cannot be unpacked (Bad magic number for file header); get the archive again"


def test_a_zip_that_is_cut_lacks_its_list_and_is_a_reject(held: Callable[..., list[Member]]) -> None:
    (found,) = held(zipped([("a.json", LONG)])[:-30])
    damage = "it begins like an archive and cannot be opened as one (the list of its entries is missing or damaged); get it again"
    assert found == Member((), "", damage=damage)


@pytest.mark.parametrize(
    "name",
    ["../../escaped.json", "/etc/passwd", "C:\\Windows\\x.json", "CON", "nul.json", "a\nb\x1b[2J.json", "x" * 5_000, "folder/../../../x"],
)
def test_a_name_is_a_label_and_never_a_path(held: Callable[..., list[Member]], tmp_path: Path, name: str) -> None:
    assert held(zipped([(name, PAGE), ("b.json", LONG)])) == [document(PAGE, 0, name=name), document(LONG, 1, name="b.json")]
    assert held(tarred([(name, PAGE), ("b.json", LONG)])) == [document(PAGE, 0, name=name), document(LONG, 1, name="b.json")]
    assert not (tmp_path.parent / "escaped.json").exists()


def test_a_name_that_is_no_utf8_becomes_text_that_a_table_can_hold(held: Callable[..., list[Member]]) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        info = tarfile.TarInfo("r\xe9sum\xe9.json")
        info.size = len(PAGE)
        archive.addfile(info, io.BytesIO(PAGE))
    (found,) = held(target.getvalue())
    assert found == document(PAGE, 0, name="r\\xe9sum\\xe9.json")
    found.name.encode()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_entries_of_one_name_are_told_apart(held: Callable[..., list[Member]]) -> None:
    entries = [("a.json", PAGE), ("a.json", LONG), ("a.json", PAGE)]
    for data in (zipped(entries), tarred(entries)):
        assert [(one.way, one.name, one.bytes) for one in held(data)] == [
            ((0,), "a.json", len(PAGE)),
            ((1,), "a.json (entry 2)", len(LONG)),
            ((2,), "a.json (entry 3)", len(PAGE)),
        ]


def test_a_link_in_a_zip_is_a_reject_and_not_followed(held: Callable[..., list[Member]]) -> None:
    link = zipfile.ZipInfo("link.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    damage = "it is a link, and no link in an archive is followed; load the file itself"
    found = held(zipped([(link, b"/etc/passwd"), ("a.json", PAGE)]))
    assert found == [Member((0,), "link.json", damage=damage, code="unreadable"), document(PAGE, 1, name="a.json")]


# Bounds


def refusal(found: Member) -> tuple[str | None, str, str]:
    return found.digest, found.code, (found.damage or "").partition("; ")[0]


TIGHT = Bounds(2 * MIB, 256 * MIB, 100_000)


@pytest.mark.parametrize("kind", [*PACKED, "zip", "tar"])
def test_a_document_beyond_the_bound_costs_itself_alone(held: Callable[..., list[Member]], kind: str) -> None:
    large = bytes(2 * MIB + 1)
    why = (None, "too_large", "it unpacks to more than 2,097,152 bytes (setting max_document_bytes)")
    if kind in PACKED:
        (found,) = held(PACKED[kind](large), TIGHT)
        assert refusal(found) == why
        assert held(PACKED[kind](large[1:]), TIGHT) == [document(large[1:], 0)]
        return
    first, second, third = held((zipped if kind == "zip" else tarred)([("a", PAGE), ("b", large), ("c", LONG)]), TIGHT)
    assert refusal(second) == why
    assert (first, third) == (document(PAGE, 0, name="a"), document(LONG, 2, name="c"))


def test_what_does_not_fit_in_the_bound_of_all_is_refused_and_what_does_is_read(held: Callable[..., list[Member]]) -> None:
    parts = [bytes([n]) * MIB for n in range(4)]
    found = held(zipped([("a", parts[0]), ("b", parts[1]), ("c", parts[2]), ("d", PAGE)]), Bounds(MIB, 2 * MIB + 100, 100_000))
    assert [one.digest is not None for one in found] == [True, True, False, True]
    assert refusal(found[2]) == (None, "too_large", "with it the archive unpacks to more than 2,097,252 bytes (setting max_unpacked_bytes)")


def test_a_bomb_by_ratio_is_refused_and_what_stands_beside_it_is_read(held: Callable[..., list[Member]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_HARMLESS_BYTES", MIB)
    found = held(zipped([("a", PAGE), ("bomb", bytes(40 * MIB)), ("b", PAGE)]), Bounds(64 * MIB, 1 << 40, 100))
    assert refusal(found[1]) == (None, "too_large", "with it the archive unpacks to more than 100 times its size (setting max_unpacked_ratio)")
    assert [one.digest for one in found] == [document(PAGE).digest, None, document(PAGE).digest]


def test_bombs_in_bombs_unpack_no_more_together_than_one_may(held: Callable[..., list[Member]]) -> None:
    bomb = gzip.compress(gzip.compress(bytes(8 * MIB)))
    found = held(zipped([(f"{n}.gz", bomb) for n in range(20)] + [("a", PAGE)]), Bounds(64 * MIB, 20 * MIB, 1 << 30))
    assert [one.digest is not None for one in found] == [True, True, *[False] * 18, True]
    assert {one.code for one in found[2:-1]} == {"too_large"}


def overlapping(count: int, size: int) -> bytes:
    """A zip whose entries all have the same packed bytes."""
    body = zipped([("a", bytes(size))])
    start = body.index(b"PK\1\2")
    directory = body[start : body.index(b"PK\5\6")]
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, count * len(directory), start, 0)
    return body[:start] + directory * count + end


def test_entries_that_share_their_packed_bytes_are_bounded_by_what_they_unpack_to(held: Callable[..., list[Member]]) -> None:
    found = held(overlapping(200, MIB), Bounds(MIB, 10 * MIB, 1 << 30))
    assert [one.code for one in found if one.digest is None] == ["too_large"] * 190
    assert len({one.name for one in found}) == 200


def test_an_entry_that_lies_about_its_size_is_no_larger_than_it_says(held: Callable[..., list[Member]]) -> None:
    data = bytearray(zipped([("a", LONG), ("b", PAGE)]))
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<L", data, data.index(mark) + place, 1000)
    lying, good = held(bytes(data))
    assert lying.bytes == 1000
    assert lying.damage is not None
    assert "its checksum is not the one" in lying.damage
    assert good == document(PAGE, 1, name="b")


def test_a_sparse_entry_of_terabytes_is_refused_without_unpacking_it(held: Callable[..., list[Member]]) -> None:
    info = tarfile.TarInfo("sparse.json")
    info.pax_headers = {"GNU.sparse.size": str(8 << 40), "GNU.sparse.map": "0,512", "GNU.sparse.numblocks": "1"}
    began = time.perf_counter()
    sparse, good = held(tarred([(info, b"x" * 512), ("a", PAGE)]))
    assert time.perf_counter() - began < 2
    assert refusal(sparse)[1:] == ("too_large", "it unpacks to more than 67,108,864 bytes (setting max_document_bytes)")
    assert good == document(PAGE, good.way[0], name="a")


def test_a_sparse_entry_is_unpacked_with_its_holes(held: Callable[..., list[Member]]) -> None:
    info = tarfile.TarInfo("sparse.json")
    info.pax_headers = {"GNU.sparse.size": "100512", "GNU.sparse.map": "100000,512", "GNU.sparse.numblocks": "1"}
    (sparse,) = held(tarred([(info, b"x" * 512)]))
    assert sparse.digest == sha256(bytes(100_000) + b"x" * 512).hexdigest()


def test_more_entries_than_any_listing_has_are_not_read(held: Callable[..., list[Member]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 10)
    for pack in (zipped, tarred):
        assert [one.digest is not None for one in held(pack([(str(n), PAGE) for n in range(10)]))] == [True] * 10
        found = held(pack([(str(n), PAGE) for n in range(12)]))
        assert len(found) == 11
        assert refusal(found[-1]) == (None, "too_large", "it has more than 10 entries, and the others were not read")


def test_a_directory_of_a_zip_that_takes_too_much_memory_is_not_read(held: Callable[..., list[Member]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_MAX_DIRECTORY_BYTES", 1 << 17)
    assert len(held(zipped([(str(n), b"") for n in range(1_000)]))) == 1_000
    (found,) = held(zipped([(str(n) + "x" * 200, b"") for n in range(1_000)]))
    assert found.damage is not None
    assert "the list of its entries takes more memory than a real one" in found.damage


# Tars


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd, bz2.compress, lzma.compress], ids=["tar", "gz", "zst", "bz2", "xz"])
def test_each_file_of_a_tar_is_a_document(held: Callable[..., list[Member]], pack: Callable[[bytes], bytes]) -> None:
    way = () if pack is bytes else (0,)
    found = held(pack(tarred([special("folder", tarfile.DIRTYPE), ("folder/a.json", PAGE), ("b.json", LONG), ("empty.json", b"")])))
    assert found == [document(PAGE, *way, 1, name="folder/a.json"), document(LONG, *way, 2, name="b.json"), document(b"", *way, 3, name="empty.json")]


def test_links_and_devices_are_rejects_and_a_second_name_of_a_document_is_nothing_new(held: Callable[..., list[Member]]) -> None:
    link = "it is a link, and no link in an archive is followed; load the file itself"
    device = "it is a device or a pipe, and no file; leave it out of the archive"
    entries: list[tuple[str | tarfile.TarInfo, bytes]] = [
        special("up", tarfile.SYMTYPE, "../../etc/passwd"),
        special("gone", tarfile.LNKTYPE, "nowhere"),
        ("a", PAGE),
        special("a-again", tarfile.LNKTYPE, "a"),
        special("null", tarfile.CHRTYPE),
        special("disk", tarfile.BLKTYPE),
        special("pipe", tarfile.FIFOTYPE),
        ("b", PAGE),
    ]
    assert [(one.name, one.code if one.damage else None, one.damage) for one in held(tarred(entries))] == [
        ("up", "unreadable", link),
        ("gone", "unreadable", link),
        ("a", None, None),
        ("null", "unreadable", device),
        ("disk", "unreadable", device),
        ("pipe", "unreadable", device),
        ("b", None, None),
    ]


def test_a_tar_that_is_cut_gives_what_it_has_and_says_what_it_has_not(held: Callable[..., list[Member]]) -> None:
    data = tarred([("a", PAGE), ("b", LONG), ("c", PAGE)])
    first, second, rest = held(data[: 512 + 512 + 512 + 100_000])
    assert first == document(PAGE, 0, name="a")
    assert 80_000 < second.bytes <= 100_000
    damage = f"the packed data is damaged after {second.bytes:,} unpacked bytes (it ends too early); get the file again"
    assert second == document(LONG[: second.bytes], 1, name="b", damage=damage)
    assert (rest.name, rest.digest, rest.damage) == ("", None, "behind entry 2 it ends too early, and what follows is not read; get it again")


def test_a_tar_with_a_damaged_header_says_that_what_follows_is_lost(held: Callable[..., list[Member]]) -> None:
    data = bytearray(tarred([("a", PAGE), ("b", PAGE), ("c", PAGE)]))
    data[1024:1034] = b"\xff" * 10
    first, rest = held(bytes(data))
    assert first == document(PAGE, 0, name="a")
    assert rest.damage == "behind entry 1 no header of an entry is found, and what follows is not read; get it again"


def test_a_tar_that_is_cut_between_two_entries_says_that_its_end_is_missing(held: Callable[..., list[Member]]) -> None:
    found = held(tarred([("a", PAGE), ("b", PAGE)])[:2048])
    assert [one.name for one in found] == ["a", "b", ""]
    assert found[-1].damage == "behind entry 2 it ends without the mark of its end, and what follows is not read; get it again"


def test_damage_of_the_packing_around_a_tar_is_said_beside_what_the_tar_holds(held: Callable[..., list[Member]]) -> None:
    packed = bytearray(gzip.compress(tarred([("a", PAGE), ("b", LONG)])))
    packed[-8] ^= 1
    first, second, outer = held(bytes(packed))
    assert (first, second) == (document(PAGE, 0, 0, name="a"), document(LONG, 0, 1, name="b"))
    assert (outer.digest, outer.way) == (None, (0,))
    assert outer.damage is not None
    assert "CRC check failed" in outer.damage


def test_an_entry_of_a_negative_size_does_not_lead_round_for_ever(held: Callable[..., list[Member]]) -> None:
    data = bytearray(tarred([("a", PAGE), ("b", PAGE)]))
    header = data[1024:1536]
    header[124:136] = b"\xff" * 10 + struct.pack(">h", -1024)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    data[1024:1536] = header
    first, rest = held(bytes(data))
    assert first == document(PAGE, 0, name="a")
    assert rest.code == "bad_archive"
    info = tarfile.TarInfo("b")
    info.pax_headers = {"size": "-4096"}
    assert [one.digest is not None for one in held(tarred([("a", PAGE), (info, b"")]))] == [True, False]


def test_headers_that_take_too_much_memory_are_not_read(held: Callable[..., list[Member]]) -> None:
    info = tarfile.TarInfo("b")
    info.pax_headers = {"comment": "x" * 100_000}
    first, rest = held(tarred([("a", PAGE), (info, PAGE)]))
    assert first == document(PAGE, 0, name="a")
    assert rest.damage is not None
    assert "the list of its entries takes more memory than a real one" in rest.damage


@pytest.mark.parametrize(
    "payload",
    [b"1" * 15_000, b"4 " * 7_500 + b"=", b"3 a" * 5_000 + b"=\n", b"15000 a=" + b"1" * 14_991 + b"\n", b"x" * 15_000],
    ids=["digits", "no names", "no ends", "a value of digits", "no record"],
)
def test_an_extended_header_that_is_none_takes_no_longer_than_another(held: Callable[..., list[Member]], payload: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = b"x", len(payload)
    one = info.tobuf() + payload + bytes(-len(payload) % 512) + tarfile.TarInfo("f").tobuf()
    began = time.perf_counter()
    assert held(tarred([("a", PAGE)])[:1024] + one * 50 + bytes(1024))[0] == document(PAGE, 0, name="a")
    # The library alone takes forty seconds for this.
    assert time.perf_counter() - began < 5


def test_a_real_extended_header_is_read(held: Callable[..., list[Member]]) -> None:
    info = tarfile.TarInfo("n" * 900 + ".json")
    info.pax_headers = {"comment": "c" * 700, "mtime": "1735689600.123456", "LIBARCHIVE.creationtime": "1735689600"}
    assert held(tarred([(info, PAGE), ("b", PAGE)])) == [document(PAGE, 0, name="n" * 900 + ".json"), document(PAGE, 1, name="b")]


def test_headers_before_headers_before_headers_end_the_reading_and_not_the_run(held: Callable[..., list[Member]]) -> None:
    one = tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT)
    header = bytearray(one)
    header[156:157] = b"x"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (found,) = held(bytes(header) * 5_000)
    assert (found.digest, found.code) == (None, "bad_archive")


# Nesting


def test_archives_are_opened_three_deep_and_no_deeper(held: Callable[..., list[Member]]) -> None:
    inner = zipped([("c.json", PAGE), ("d.json.gz", gzip.compress(LONG))])
    found = held(zipped([("a.zip", zipped([("b.zip", inner)])), ("x.json", PAGE)]))
    assert found[0] == document(PAGE, 0, 0, 0, name="a.zip/b.zip/c.json")
    assert (found[1].way, found[1].name) == ((0, 0, 1), "a.zip/b.zip/d.json.gz")
    assert found[1].damage == "it is an archive that stands in archives 3 deep; unpack it, and load what it holds"
    assert found[2] == document(PAGE, 1, name="x.json")


def test_a_nested_archive_that_is_none_or_is_empty_costs_itself_alone(held: Callable[..., list[Member]]) -> None:
    found = held(zipped([("a.zip", b"PK\3\4 no zip"), ("b.zip", zipped([])), ("c.zip", zipped([("d", PAGE)]))]))
    assert [(one.name, one.code) for one in found if one.damage] == [("a.zip", "bad_archive"), ("b.zip", "empty")]
    assert found[2] == document(PAGE, 2, 0, name="c.zip/d")


def test_a_zip_that_holds_itself_ends(held: Callable[..., list[Member]]) -> None:
    data = zipped([("a", PAGE)])
    for _ in range(10):
        data = zipped([("r.zip", data)])
    (found,) = held(data)
    assert (found.name, found.code) == ("r.zip/r.zip/r.zip", "bad_archive")


@pytest.mark.parametrize("text", [b"", b"plain", b"BZh is how this page begins", b"PK", b"[]" * 300, b"\x1f"])
def test_what_is_no_archive_holds_nothing(held: Callable[..., list[Member]], text: bytes) -> None:
    assert kind_of(text) is None
    assert held(text) == []


@given(st.binary(max_size=600))
def test_the_kind_is_told_of_any_bytes(head: bytes) -> None:
    assert kind_of(head) in {None, "zip", "gzip", "zstd", "bzip2", "xz", "tar"}


# Time and memory


def rounds(count: int, tmp_path: Path, spool: Path, data: bytes) -> float:
    file = tmp_path / f"{count}.archive"
    file.write_bytes(data)
    began = time.perf_counter()
    found = members(file, spool, Bounds(MIB, 1 << 40, 10_000))
    with Archives(spool) as opened:
        for one in found:
            with opened.stream(file, one.way) as stream:
                assert sha256(stream.read()).hexdigest() == one.digest
    assert len(found) == count
    return time.perf_counter() - began


@pytest.mark.parametrize("kind", ["zip", "tar", "zip in gzip"])
def test_many_members_take_linear_time(tmp_path: Path, spool: Path, kind: str) -> None:
    def made(count: int) -> bytes:
        entries = [(f"{n}.json", b'{"id": %d}' % n) for n in range(count)]
        return tarred(entries) if kind == "tar" else zipped(entries) if kind == "zip" else gzip.compress(zipped(entries))

    rounds(10, tmp_path, spool, made(10))
    few, many = rounds(500, tmp_path, spool, made(500)), rounds(5_000, tmp_path, spool, made(5_000))
    # Opened anew for each member, ten times as many took a hundred times as long.
    assert many < 30 * few


_MEASURED = """
import resource, sys
from pathlib import Path
from flows.archives import Bounds, members
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = members(Path(sys.argv[1]), Path(sys.argv[2]), Bounds(1 << 30, 1 << 31, 1 << 30))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, found[0].bytes)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz", "zip"])
def test_memory_does_not_grow_with_what_is_unpacked(tmp_path: Path, spool: Path, kind: str) -> None:
    large = bytes(256 * MIB)
    (tmp_path / "bomb").write_bytes(zipped([("a", large)]) if kind == "zip" else PACKED[kind](large))
    done = subprocess.run([sys.executable, "-c", _MEASURED, tmp_path / "bomb", spool], capture_output=True, text=True, check=True)
    grown, size = map(int, done.stdout.split())
    assert size == len(large)
    assert grown * (1024 if sys.platform == "linux" else 1) < 64 * MIB


def test_a_dictionary_beyond_the_bound_is_refused(held: Callable[..., list[Member]]) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 * MIB, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3}]
    try:
        packed = lzma.compress(PAGE, filters=filters)
    except MemoryError:
        pytest.skip("too little memory to make it")
    (found,) = held(packed)
    assert found.damage is not None
    assert "emory usage limit" in found.damage


def test_an_archive_that_was_changed_in_the_store_is_our_trouble(tmp_path: Path, spool: Path) -> None:
    file = tmp_path / "archive"
    file.write_bytes(b"PK\3\4 no more")
    with Archives(spool) as opened, pytest.raises(TroubleError, match=r"copy of this archive cannot be read any more .* load it again"):
        opened.stream(file, (0,))
    file.write_bytes(zipped([("a", PAGE)]))
    with Archives(spool) as opened, pytest.raises(TroubleError):
        opened.stream(file, (0, 0))
    assert list(spool.iterdir()) == []
