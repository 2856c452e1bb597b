"""What must hold of every saved page and of any bytes behind its beginning: nothing raises, no line is lost, every record has its place."""

import random
import time
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bronze import Bronze, Landed, combined, read_document
from transforms.content import HEAD_BYTES, Content
from transforms.lines import plain
from transforms.parsed import Capture, Limits, Page, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import FORMATS, Format

SEEN = datetime(2026, 10, 20)
CAPTURE = Capture(SEEN, "modified")
OURS = {form.name: form for form in FORMATS if form.name in ("hf_markdown", "hf_notebook", "hf_detail")}
PAGES = {file.stem: file.read_bytes() for file in sorted((Path(__file__).parent / "hf_dumps").iterdir())}
NAMES = st.sampled_from(sorted(PAGES))
FORMS = st.sampled_from(sorted(OURS))
CHANCE = st.randoms(use_true_random=False)


def read(data: bytes, limits: Limits = Limits()) -> Bronze:
    landed = Landed(sha256(data).hexdigest(), "page.md", len(data), SEEN, CAPTURE)
    return combined(list(read_document(landed, Content.of(data), limits)))


def check_parts(form: Format, data: bytes, max_line_bytes: int = 1 << 20) -> None:
    """What one parser gives for these bytes, known or not: parts in their places, and every line in one of them or in the furniture."""
    parts = list(form.parse(Content.of(data), Told(CAPTURE, Limits(max_line_bytes))))
    assert isinstance(parts[-1], Page)
    judged = [part for part in parts if isinstance(part, Record | Reject)]
    assert parts[-1].read_count == len(judged) >= 1
    if any(part.position is None for part in judged):
        assert len(judged) == 1
        return
    places = [part.position for part in judged]
    assert len(set(places)) == len(places)
    spans = [(part.offset, part.length or 0) for part in judged] + list(parts[-1].furniture)
    assert all(offset >= 0 and length >= 0 and offset + length <= len(data) for offset, length in spans)
    line_break = b"\n" if b"\n" in data else b"\r"
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for line in data[at:].split(line_break):
        if plain(line.decode("utf-8", errors="replace").strip()):
            holders = [1 for offset, length in spans if offset <= at and at + len(line) <= offset + length]
            assert len(holders) == 1, f"{len(holders)} places hold the line at {at}: {line[:80]!r}"
        at += len(line) + 1
    for part in judged:
        if isinstance(part, Record) and form.name != "hf_detail":
            raw = data[part.offset : part.offset + part.length].decode()
            first = part.values["title"].split()[0]
            assert first.replace("\\", "") in raw.replace("\\", "")
            assert isinstance(part.values["abstract"], str | None)


def check(data: bytes, max_line_bytes: int = 1 << 20) -> None:
    """The same of a document as it is recognised, and what its rows say."""
    found = read(data, Limits(max_line_bytes))
    (document,) = found.documents.rows(named=True)
    assert document["read_count"] == document["kept_count"] + document["rejected_count"] >= 1
    assert "parser_failed" not in found.rejects["code"]
    assert found.records["record_id"].n_unique() == found.records.height
    assert (found.records["title"].str.strip_chars() != "").all()
    form = recognize(data[:HEAD_BYTES])
    if isinstance(form, Format) and form.name in OURS:
        check_parts(form, data, max_line_bytes)


@pytest.mark.parametrize("name", PAGES)
def test_no_line_of_a_page_is_lost(name: str) -> None:
    form = recognize(PAGES[name])
    assert isinstance(form, Format)
    assert form.name in OURS
    check_parts(form, PAGES[name])


@given(FORMS, st.binary(max_size=300))
def test_any_bytes_are_kept_or_rejected(form: str, data: bytes) -> None:
    check_parts(OURS[form], data)
    assert OURS[form].matches(data) in (True, False)


LINES = st.sampled_from([*sorted({line for data in PAGES.values() for line in data.decode().split("\n")}), "", "### ", "### [", "[", "](/)", "][1]"])


@given(FORMS, st.lists(LINES | st.text(max_size=30), max_size=40), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([1 << 20, 100]))
def test_any_lines_are_kept_or_rejected(form: str, lines: list[str], line_break: str, limit: int) -> None:
    check_parts(OURS[form], line_break.join(lines).encode(errors="replace"), limit)


@given(NAMES, st.sampled_from(["cut", "behead", "flip", "shuffle", "drop", "double", "splice"]), CHANCE, st.sampled_from([1 << 20, 200]))
def test_damage_costs_no_line(name: str, damage: str, chance: random.Random, limit: int) -> None:
    data = PAGES[name]
    lines = data.split(b"\n")
    at = chance.randrange(len(data))
    if damage == "cut":
        data = data[:at]
    elif damage == "behead":
        data = data[at:]
    elif damage == "splice":
        other = PAGES[chance.choice(sorted(PAGES))]
        data = data[:at] + other[chance.randrange(len(other)) :]
    elif damage == "flip":
        raw = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.choice([0, 10, 13, 32, 35, 40, 41, 91, 93, 0xC2, 0xFF])
        data = bytes(raw)
    else:
        if damage == "shuffle":
            chance.shuffle(lines)
        for _ in range(chance.randrange(1, 5)):
            spot = chance.randrange(len(lines))
            lines[spot : spot + 1] = [] if damage == "drop" and len(lines) > 1 else [lines[spot]] * (2 if damage == "double" else 1)
        data = b"\n".join(lines)
    check(data, limit)
    for form in OURS.values():
        check_parts(form, data, limit)


@given(NAMES, st.integers(0, HEAD_BYTES))
def test_a_head_cut_anywhere_is_looked_at_without_fault(name: str, size: int) -> None:
    for form in OURS.values():
        assert form.matches(PAGES[name][:size]) in (True, False)


def seconds(form: Format, data: bytes) -> float:
    start = time.process_time()
    form.matches(data[:HEAD_BYTES])
    list(form.parse(Content.of(data), Told(CAPTURE)))
    return time.process_time() - start


HOSTILE = [
    *("[", "![](", "](https://x/", "](", "][1]", "[x](/a(b)", "[[", "[LINK: ", "\\", "· ", "### [", "`", "- [ ] ", "9,999", "(", "[·"),
    *("Published on May 1 ", '{"paper":', '"paper":{"a":[', "&quot;paper&quot;:{", "by AK ", '<a id="'),
]


@pytest.mark.parametrize("part", HOSTILE)
@pytest.mark.parametrize("form", OURS)
def test_a_hostile_line_takes_no_longer_than_another(form: str, part: str) -> None:
    line = part * (100_000 // len(part))
    start = {"hf_notebook": "notebook", "hf_detail": "detail"}.get(form, "firecrawl_search")
    assert seconds(OURS[form], PAGES[start] + b"\n### [T](https://huggingface.co/papers/1)\n\n" + line.encode() + b"\n\n" + line.encode()) < 3


@pytest.mark.parametrize(
    "block", ["[\n", "·\n", "### [\n", "- 3 authors\n", "Submitted by\n", "[-](https://huggingface.co/login?next=%2Fpapers%2F1)\n", "·\nwords\n"]
)
@pytest.mark.parametrize("form", OURS)
def test_a_page_of_ten_thousand_lines_takes_a_moment(form: str, block: str) -> None:
    start = {"hf_notebook": "notebook", "hf_detail": "detail"}.get(form, "numbered_cut")
    assert seconds(OURS[form], PAGES[start] + block.encode() * (10_000 // block.count("\n"))) < 5


@pytest.mark.corpus
def test_no_other_real_file_is_taken_for_such_a_page(corpus: Path) -> None:
    files = [file for folder in ("dumps", "hf_html", "samples", "hf_daily") for file in sorted((corpus / folder).rglob("*")) if file.is_file()]
    assert len(files) > 500
    for file in files:
        with file.open("rb") as stream:
            found = recognize(stream.read(HEAD_BYTES))
        assert not isinstance(found, Format) or found.name not in OURS, file
