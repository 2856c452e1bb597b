"""What must hold of BibTeX, RIS, tables and venue files whatever their bytes are: nothing raises, and every record has its place."""

import json
import random
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.content import HEAD_BYTES, Content
from transforms.parsed import Capture, Limits, Record, Reject, Told
from transforms.sources import FORMATS, bibtex, csv_table, paperlists, ris

CAPTURE = Capture(datetime(2026, 1, 15, 8, 0), "modified")
MODULES = {"bibtex": bibtex, "ris": ris, "csv": csv_table, "paperlists": paperlists}
FORMS = st.sampled_from(sorted(MODULES))
WORDS = st.sampled_from(["Table", "Réader", "small", "{Model}", "right;", "a, b", "and", '"x"', "von", "5", "&amp;", "東京"])
TITLES = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: "Title " + " ".join(words))
PAPERS = st.lists(st.tuples(TITLES, TITLES, st.sampled_from(["1994", "2004/07", "in press"])), min_size=1, max_size=6)


def written(form: str, papers: list[tuple[str, str, str]], line_break: str) -> bytes:
    if form == "bibtex":
        text = "".join(f"@misc{{k,\n  title = {{{title}}},\n  author = {{{author}}},\n  year = {{{year}}}\n}}\n\n" for title, author, year in papers)
    elif form == "ris":
        text = "".join(f"TY  - JOUR\nTI  - {title}\nAU  - {author}\nPY  - {year}\nER  - \n\n" for title, author, year in papers)
    elif form == "csv":
        cells = [[cell.replace('"', '""') for cell in row] for row in papers]
        text = "title,authors,year\n" + "".join(f'"{title}","{author}",{year}\n' for title, author, year in cells)
    else:
        text = json.dumps(
            [{"title": title, "author": author, "track": year, "status": "x"} for title, author, year in papers], ensure_ascii=False, indent=1
        )
    return text.replace("\n", line_break).encode()


def parts_of(form: str, data: bytes, limits: Limits = Limits()) -> list:
    return list(MODULES[form].parse(Content.of(data), Told(CAPTURE, limits, "venue2020.json")))


def check(form: str, data: bytes, limits: Limits = Limits()) -> list[Record]:
    parts = parts_of(form, data, limits)
    found = [part for part in parts if isinstance(part, Record | Reject)]
    positions = [part.position for part in found]
    assert len(set(positions)) == len(positions)
    page = parts[-1]
    assert page.read_count is None or page.read_count == len(found)
    end = 0
    for part in found:
        if part.position is None:
            continue
        assert part.position >= 1
        assert part.offset >= end
        assert part.length is not None
        assert part.length > 0
        end = part.offset + part.length
        assert end <= len(data)
    records = [part for part in found if isinstance(part, Record)]
    for record in records:
        raw = data[record.offset : record.offset + record.length].decode()
        assert record.values["title"].strip()
        for value in record.values.values():
            assert isinstance(value, int) or value.encode() is not None
        if form != "paperlists":
            # A title between quotes has them doubled in a table; a macro's text stands elsewhere.
            assert record.values["title"].split()[0][:3].replace('"', "") in raw.replace('"', "") or "#" in raw or "=" in raw
    return records


@given(FORMS, PAPERS, st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(form: str, papers: list[tuple[str, str, str]], line_break: str) -> None:
    data = written(form, papers, line_break)
    assert MODULES[form].matches(data)
    assert [other.name for other in FORMATS if other.matches(data[:HEAD_BYTES])] == [form]
    records = check(form, data)
    assert [record.values["title"] for record in records] == [title for title, _, _ in papers]
    for record in records:
        assert record.values["title"].split()[1][:2].encode() in data[record.offset : record.offset + record.length]


@given(FORMS, st.binary(max_size=300))
def test_any_bytes_are_read_or_rejected(form: str, data: bytes) -> None:
    MODULES[form].matches(data)
    check(form, data)


TOKENS = st.sampled_from(
    [
        *'@,{}"#=%()\\\n\r ;[\x00é\ufeff',
        *("@misc{", "@string{a=", "@comment{", "k,", "title", "a", "TY  - ", "ER  - ", "TI  - ", "AU  - "),
        *("\n\n", "title,year", "2004", '""', '{"title":"T"}', "and"),
    ]
)


@given(FORMS, st.lists(TOKENS, max_size=60).map("".join), st.sampled_from([Limits(), Limits(40, 60)]))
def test_any_signs_are_read_or_rejected(form: str, text: str, limits: Limits) -> None:
    MODULES[form].matches(text.encode())
    check(form, text.encode(), limits)


@given(FORMS, PAPERS, st.randoms(use_true_random=False), st.sampled_from(["cut", "flip", "drop", "double", "insert"]))
def test_damage_gives_no_record_without_its_place(form: str, papers: list[tuple[str, str, str]], chance: random.Random, damage: str) -> None:
    raw = bytearray(written(form, papers, "\n"))
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(raw))
        if damage == "cut":
            del raw[at + 1 :]
        elif damage == "flip":
            raw[at] = chance.choice([0, 10, 13, 34, 44, 64, 123, 125, 0xC3, 0xFF])
        elif damage == "drop":
            del raw[at : at + chance.randrange(1, 30)]
            raw = raw or bytearray(b" ")
        elif damage == "double":
            raw[at:at] = raw[at : at + 40]
        else:
            raw[at:at] = chance.choice([b"{", b"}", b'"', b"\n", b"@", b"\xff", b","])
    check(form, bytes(raw))


HOSTILE = [
    *'{}"@=,\\ \n;[',
    *("@a{", "@a{b,c={", "@misc{k,t=", "\n@misc{k, title={", "#a", "{{{{{{}}}}}}"),
    *("TY  - ", "A,", '"a","', '\n"', "and "),
]


@pytest.mark.parametrize("form", sorted(MODULES))
@pytest.mark.parametrize("part", HOSTILE)
def test_no_sign_takes_long_however_often_it_comes(form: str, part: str) -> None:
    begin = {"bibtex": "@misc{k, title = {", "ris": "TY  - JOUR\nTI  - ", "csv": "title,year\n", "paperlists": '[{"title":"'}[form]
    for text in (part * (200_000 // len(part)), begin + part * (200_000 // len(part))):
        start = time.process_time()
        MODULES[form].matches(text[:HEAD_BYTES].encode())
        parts_of(form, text.encode())
        assert time.process_time() - start < 5
