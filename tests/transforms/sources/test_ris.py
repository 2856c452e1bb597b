import json
from collections.abc import Callable

import pytest

from transforms.bronze import Bronze
from transforms.sources import ris

Read = Callable[..., Bronze]
ARTICLE = """TY  - JOUR
AU  - Lamp, Ada B., Jr.
A1  - Hill, Bo
TI  - Small Models Seldom Right
JF  - Journal of Houses
JO  - J. Houses
VL  - 12
IS  - 3
SP  - 96
EP  - 110
PY  - 2004///
DA  - 2004/07/15/
DO  - 10.1234/Abc
UR  - https://arxiv.org/abs/1706.03762v1
L1  - https://house.example/a.pdf
AB  - A table
speaks.

AI - and a reader listens.
KW  - tables
KW  - readers
SN  - 1234-5678
PB  - House
LA  - en
ID  - lamp04
M3  - Article
ER  - 
"""
GOOD = "TY  - CONF\nT1  - A Good One\nER  - \n"


def rows(found: Bronze) -> list[dict]:
    return found.records.sort("position").to_dicts()


def test_a_record_fills_the_columns(read: Read) -> None:
    found = read(ARTICLE)
    (row,) = rows(found)
    assert found.rejects.is_empty()
    expected = {
        "source": "ris",
        "position": 1,
        "kind": "JOUR",
        "source_id": "lamp04",
        "title": "Small Models Seldom Right",
        "abstract": "A table\nspeaks.\n\nAI - and a reader listens.",
        "venue": "Journal of Houses",
        "volume": "12",
        "issue": "3",
        "pages": "96-110",
        "publisher": "House",
        "language": "en",
        "published_on": "2004-07-15",
        "doi": "10.1234/Abc",
        "arxiv_id": "1706.03762v1",
    }
    assert {name: row[name] for name in expected} == expected
    assert json.loads(row["authors"]) == [{"family": "Lamp", "given": "Ada B.", "suffix": "Jr."}, {"family": "Hill", "given": "Bo"}]
    assert [link["rel"] for link in json.loads(row["links"])] == ["landing", "pdf"]
    assert json.loads(row["rest"]) == {"JO": "J. Houses", "KW": ["tables", "readers"], "SN": "1234-5678", "M3": "Article"}
    assert found.paths.filter("is_known").height == found.paths.height


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("sign", ["  - ", " - ", "- ", "  -"], ids=["two blanks", "one", "none", "none behind"])
def test_the_way_it_is_written_changes_nothing(read: Read, mark: str, line_break: str, sign: str) -> None:
    text = GOOD.replace("  - ", sign) + "\n\n" + GOOD.replace("  - ", sign)
    data = (mark + text.replace("\n", line_break)).encode()
    found = read(data)
    if sign == "  -":
        # Without a blank behind the hyphen there is no tag.
        assert found.records.is_empty()
        return
    assert [(row["title"], row["position"]) for row in rows(found)] == [("A Good One", 1), ("A Good One", 6)]
    for row in rows(found):
        assert data[row["byte_offset"] : row["byte_offset"] + row["byte_length"]].strip().startswith(b"TY")


@pytest.mark.parametrize(
    ("lines", "column", "value"),
    [
        ("PY  - 2004", "published_on", "2004"),
        ("Y1  - 2004/7/5", "published_on", "2004-07-05"),
        ("PY  - 2004\nDA  - 2005/01/01", "published_on", "2004"),
        ("PY  - 2004/07//Spring", "published_on", "2004-07"),
        ("DA  - Spring 2004", "published_on", "Spring 2004"),
        ("DA  - 2004-07-15", "published_on", "2004-07-15"),
        ("PY  - 2004/07//Spring", "rest", '{"PY":"2004/07//Spring"}'),
        ("SP  - 96-110\nEP  - 110", "pages", "96-110"),
        ("SP  - e96", "pages", "e96"),
        ("EP  - 110", "rest", '{"EP":"110"}'),
        ("T2  - Second", "venue", "Second"),
        ("DO  - 10.1/a\nDO  - 10.1/b", "identifiers", '{"doi":["10.1/b"]}'),
        ("UR  - https://a.example/x; https://b.example/y", "links", None),
        ("UR  - no address", "rest", '{"UR":"no address"}'),
        ("ZZ  - x", "rest", '{"ZZ":"x"}'),
    ],
)
def test_a_tag_goes_to_its_column(read: Read, lines: str, column: str, value: str | None) -> None:
    (row,) = rows(read(f"TY  - JOUR\nTI  - T\n{lines}\nER  - \n"))
    if column == "links":
        assert len(json.loads(row["links"])) == 2
    else:
        assert row[column] == value


@pytest.mark.parametrize(
    ("record", "code", "words"),
    [
        ("TY  - JOUR\nAU  - A\nER  - \n", "no_title", "it has no title"),
        ("AU  - A\nTI  - T\nER  - \n", "malformed", "begins with AU"),
    ],
)
def test_a_broken_record_costs_itself(read: Read, record: str, code: str, words: str) -> None:
    found = read(GOOD + record + GOOD)
    (reject,) = found.rejects.to_dicts()
    assert (found.records.height, reject["code"], reject["position"], reject["byte_offset"]) == (2, code, 4, len(GOOD))
    assert words in reject["reason"]
    assert reject["raw"].startswith(record[:6])


def test_a_record_without_its_end_is_kept_where_another_follows_and_cut_off_at_the_end(read: Read) -> None:
    found = read("TY  - JOUR\nTI  - First\nTY  - JOUR\nTI  - Seco")
    assert found.records["title"].to_list() == ["First"]
    assert found.rejects["code"].to_list() == ["cut_off"]


def test_a_byte_that_is_not_utf_8_costs_its_record(read: Read) -> None:
    found = read(GOOD.encode() + "TY  - JOUR\nTI  - Café\nER  - \n".encode("latin-1") + GOOD.encode())
    assert (found.records.height, found.rejects["code"].to_list()) == (2, ["not_utf8"])
    assert "byte 0xE9" in found.rejects["reason"][0]


def test_a_line_beyond_the_limit_costs_its_record(read: Read) -> None:
    found = read(f"{GOOD}TY  - JOUR\nTI  - T\nAB  - {'x' * 5000}\nER  - \n{GOOD}", max_line_bytes=1000)
    assert (found.records.height, found.rejects["code"].to_list()) == (2, ["record_too_large"])


def test_lines_between_records_are_counted(read: Read) -> None:
    found = read(f"Provider: House\nContent: text/plain\n\n{GOOD}words\n{GOOD}")
    assert (found.records.height, found.documents["passed_count"][0]) == (2, 3)


@pytest.mark.parametrize(
    "head", [b"", b"TY", b"Dear all,\nTY\n", b"TYPE - x", b'{"a": "TY  - JOUR"}', b"TY  - JOUR\x00", b"\n".join([b"line"] * 20) + b"\nTY  - JOUR"]
)
def test_other_texts_are_not_ris(head: bytes) -> None:
    assert not ris.matches(head)
