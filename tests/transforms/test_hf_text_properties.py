"""What must hold of any page and of any bytes: the same items come back, and no byte is lost."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bronze import Bronze, Landed, combined, read_document
from transforms.content import HEAD_BYTES, Content
from transforms.lines import plain
from transforms.parsed import Capture, Limits, Page, Told
from transforms.recognize import recognize
from transforms.sources import Format

SEEN = datetime(2026, 1, 15, 8, 0)
CAPTURE = Capture(SEEN, "modified")
HEADER = ("new", "Get trending papers in your email inbox!", "Subscribe", "Daily Papers", "byAK and the research community", "Dec 16")
WORDS = [
    "table",
    "reader",
    "model",
    "small",
    "large",
    "right",
    "noise",
    "drift",
    "paper",
    "number",
    "label",
    "margin",
    "habit",
    "layout",
    "field",
    "house",
    "record",
    "river",
    "stone",
    "lamp",
    "window",
    "garden",
    "harbour",
    "letter",
]
NAMES = st.sampled_from(["nvidia NVIDIA", "blue-lab The Blue Lab", "solo", "• 1 author", "• 12 authors"])
DATES = st.sampled_from(["Oct 28, 2024 2", "May 1 8", "May 18", "Feb 10", "Jan 2, 2023"])


def sentences(words: list[str]) -> str:
    """Prose of eight words a sentence."""
    parts = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    return " ".join(part[0].upper() + part[1:] + "." for part in parts)


TITLES = st.lists(st.sampled_from(WORDS), min_size=3, max_size=10).map(lambda words: " ".join(word.capitalize() for word in words))
ABSTRACTS = st.lists(st.sampled_from(WORDS), min_size=40, max_size=120).map(sentences)
ITEMS = st.lists(st.tuples(TITLES, st.sampled_from(["", "", "", "?"]), ABSTRACTS, NAMES, DATES), min_size=1, max_size=6)


@dataclass(frozen=True)
class Style:
    """How a page is written down."""

    footers: str
    gap: str
    columns: int | None
    line_break: str
    mark: str
    blank: str
    end: str
    one_line: bool


# Wrapped lines without any blank line leave only wording to go by, which made-up sentences have not.
SHAPES = st.sampled_from([(gap, columns) for gap in ("\n\n", "\n", "\n\n\n") for columns in (None, 60, 80, 120) if gap != "\n" or columns is None])
STYLES = st.builds(
    lambda footers, shape, *rest: Style(footers, *shape, *rest),
    st.sampled_from(["all", "none", "but the first"]),
    SHAPES,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from([" ", "\u00a0"]),
    st.sampled_from(["", "\n", "\n\n"]),
    st.booleans(),
)


def wrap(text: str, columns: int | None) -> str:
    if columns is None:
        return text
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def written(items: list[tuple[str, str, str, str, str]], style: Style) -> bytes:
    parts = [*HEADER]
    for number, (title, sign, abstract, name, date) in enumerate(items):
        parts += [title + sign, wrap(abstract, style.columns)]
        if style.footers == "all" or (style.footers == "but the first" and number > 0):
            parts.append(f"{name} · {date}" if style.one_line else f"{name}\n·\n{date}")
    text = style.mark + style.gap.join(parts) + style.end
    return text.replace(" ", style.blank).replace("\n", style.line_break).encode()


def read(data: bytes, limits: Limits = Limits()) -> Bronze:
    landed = Landed(sha256(data).hexdigest(), "page.txt", len(data), SEEN, CAPTURE)
    return combined(list(read_document(landed, Content.of(data), limits)))


@given(ITEMS, STYLES)
def test_the_items_of_a_page_come_back_however_it_is_written(items: list[tuple[str, str, str, str, str]], style: Style) -> None:
    found = read(written(items, style))
    assert found.rejects.is_empty()
    records = found.records.sort("position")
    texts = [(plain(title), plain(abstract.replace("\n", " "))) for title, abstract in records.select("title", "abstract").iter_rows()]
    assert texts == [(title + sign, abstract) for title, sign, abstract, _, _ in items]
    for number, row in enumerate(records.iter_rows(named=True)):
        name, date = items[number][3:]
        has_footer = style.footers == "all" or (style.footers == "but the first" and number > 0)
        count = int(name.split()[1]) if name.startswith("•") else None
        handle = None if count else name.split()[0]
        expected = (count, handle) if has_footer else (None, None)
        assert (row["author_count"], row["organization_handle"]) == expected
        shown = " ".join(filter(None, (row["published_on"], str(row["comment_count"] or "")))).replace("\u00a0", " ")
        assert shown == (date if has_footer else "")


def furniture_of(form: Format, data: bytes, max_line_bytes: int) -> list[tuple[int, int]]:
    parts = form.parse(Content.of(data), Told(CAPTURE, Limits(max_line_bytes)))
    return [span for part in parts if isinstance(part, Page) for span in part.furniture]


def check_nothing_is_lost(data: bytes, max_line_bytes: int = 1 << 20) -> None:
    found = read(data, Limits(max_line_bytes))
    (document,) = found.documents.rows(named=True)
    assert document["read_count"] == document["kept_count"] + document["rejected_count"]
    if document["format"] == "hf_json":
        # An empty answer of the papers API ([]): a day without papers, and no page of text.
        return
    assert document["read_count"] >= 1
    assert (document["kept_count"], document["rejected_count"]) == (found.records.height, found.rejects.height)
    assert found.records["record_id"].n_unique() == found.records.height
    assert found.rejects["reject_id"].n_unique() == found.rejects.height
    assert (found.records["title"].str.strip_chars() != "").all()
    spans = [*found.records.select("byte_offset", "byte_length").rows(), *found.rejects.select("byte_offset", "byte_length").rows()]
    assert all(offset >= 0 and length >= 0 and offset + length <= len(data) for offset, length in spans)
    form = recognize(data[:HEAD_BYTES])
    if isinstance(form, Format):
        spans += [] if found.rejects["position"].null_count() else furniture_of(form, data, max_line_bytes)
    line_break = b"\n" if b"\n" in data else b"\r"
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    covered = sorted(spans)
    for line in data[at:].split(line_break):
        if plain(line.decode("utf-8", errors="replace").strip()):
            holders = [1 for offset, length in covered if offset <= at and at + len(line) <= offset + length]
            assert len(holders) == 1, f"{len(holders)} places hold the line at {at}: {line[:80]!r}"
        at += len(line) + 1
    for row in found.records.iter_rows(named=True):
        raw = data[row["byte_offset"] : row["byte_offset"] + row["byte_length"]].decode()
        assert plain(row["title"])[:10] in plain(raw.replace("\n", " ").replace("\r", " "))


@given(st.binary(max_size=300))
def test_any_bytes_are_kept_or_rejected(data: bytes) -> None:
    check_nothing_is_lost(data)


LINES = st.sampled_from(
    [
        "·",
        "•",
        "• 3 authors",
        "May 1 8",
        "Oct 28, 2024",
        "nvidia NVIDIA",
        "x · May 1",
        "",
        "A Title",
        "and so on.",
        "a" * 250,
        *HEADER,
        "Saved: 2025-01-01",
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=40), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([1 << 20, 100]))
def test_any_lines_behind_a_header_are_kept_or_rejected(lines: list[str], line_break: str, limit: int) -> None:
    check_nothing_is_lost(line_break.join([*HEADER, *lines]).encode(errors="replace"), limit)


@given(
    ITEMS, STYLES, st.sampled_from(["cut", "flip", "shuffle", "drop", "double"]), st.randoms(use_true_random=False), st.sampled_from([1 << 20, 200])
)
def test_a_damaged_page_loses_nothing(
    items: list[tuple[str, str, str, str, str]], style: Style, damage: str, chance: random.Random, limit: int
) -> None:
    data = written(items, style)
    line_break = style.line_break.encode()
    lines = data.split(line_break)
    if damage == "cut":
        data = data[chance.randrange(len(data)) :] if chance.random() < 0.5 else data[: chance.randrange(len(data))]
    elif damage == "flip":
        raw = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.choice([0, 10, 13, 32, 46, 65, 0xC2, 0xFF])
        data = bytes(raw)
    else:
        if damage == "shuffle":
            chance.shuffle(lines)
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(lines))
            lines[at : at + 1] = [] if damage == "drop" and len(lines) > 1 else [lines[at]] * (2 if damage == "double" else 1)
        data = line_break.join(lines)
    check_nothing_is_lost(data, limit)


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


BLOCK = {
    "footers": "A Title of Some Words\nThe abstract says little. It says so here.\n• 3 authors\n·\nMay 1\n",
    "blank lines": "A Title of Some Words\n\nThe abstract says little. It says so here.\n\n",
    "one paragraph": "and the line goes on\nwith more words of it\n",
    "titles": "A Title of Some Words\nAnother Title of Words\n",
    "dots": "·\n·\n",
    "dates": "May 1\nMay 2\n",
}


@pytest.mark.parametrize("block", BLOCK.values(), ids=BLOCK.keys())
def test_a_page_of_twenty_thousand_lines_takes_a_moment(block: str) -> None:
    text = "\n".join(HEADER) + "\n" + block * (20_000 // block.count("\n"))
    assert seconds(lambda: read(text.encode())) < 10


@pytest.mark.parametrize(
    "part", ["{", "\\", "(", "·", "• ", "http://", "https://x/ ", ". ", "A. B ", "1 authors ", "May 1 ", "a\u00a0", "·May 1", "'"]
)
def test_a_hostile_line_takes_no_longer_than_another(part: str) -> None:
    # A quadratic pattern takes ten seconds and more for this.
    text = "\n\n".join([*HEADER, "A Title", part * (100_000 // len(part)) + " x", "A Title", "Its abstract is not long. But it is one."])
    assert seconds(lambda: read(text.encode())) < 2
