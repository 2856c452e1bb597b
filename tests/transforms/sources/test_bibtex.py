import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from transforms.bronze import Bronze
from transforms.sources import bibtex
from transforms.sources.bibtex_pieces import pieces
from transforms.sources.bibtex_reader import entries
from transforms.sources.person_names import person, table_people

Read = Callable[..., Bronze]
GOOD = "@article{good, title = {A Good One}}\n"


def rows(found: Bronze) -> list[dict]:
    return found.records.sort("position").to_dicts()


def one(read: Read, text: str | bytes) -> dict:
    found = read(text)
    assert found.rejects.is_empty()
    (row,) = rows(found)
    return row


def test_an_entry_of_dblp_fills_the_columns(read: Read) -> None:
    row = one(
        read,
        """@inproceedings{DBLP:conf/xyz/LampR24,
  author    = {Ada Lamp and
               Jos{\\'{e}} R{\\"{u}}ck 0001},
  editor    = {Max Hill},
  title     = {{SMALL:} Models
               {S}eldom {R}ight},
  booktitle = {Proc. of {XYZ} 2024},
  pages     = {1--9},
  publisher = {House},
  year      = {2024},
  url       = {https://doi.org/10.1234/xyz\\_5},
  doi       = {10.1234/XYZ\\_5},
  timestamp = {Mon, 06 Nov 2017 17:26:30 +0100},
  biburl    = {https://dblp.org/rec/conf/xyz/LampR24.bib}
}
""",
    )
    assert (row["source"], row["kind"], row["source_id"]) == ("bibtex", "inproceedings", "DBLP:conf/xyz/LampR24")
    assert row["title"] == "{SMALL:} Models\n               {S}eldom {R}ight"
    assert (row["venue"], row["pages"], row["publisher"], row["published_on"]) == ("Proc. of {XYZ} 2024", "1--9", "House", "2024")
    assert row["doi"] == "10.1234/XYZ\\_5"
    assert json.loads(row["authors"]) == [
        {"name": "Ada Lamp", "given": "Ada", "family": "Lamp"},
        {"name": "Jos{\\'{e}} R{\\\"{u}}ck 0001", "given": "Jos{\\'{e}}", "family": 'R{\\"{u}}ck'},
    ]
    assert json.loads(row["identifiers"]) == {"dblp": ["conf/xyz/LampR24"]}
    assert [link["rel"] for link in json.loads(row["links"])] == ["landing", "other"]
    assert json.loads(row["rest"]) == {"editor": "Max Hill", "timestamp": "Mon, 06 Nov 2017 17:26:30 +0100"}


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ("year = 2004", "published_on", "2004"),
        ("year = {2004}, month = jul", "published_on", "2004-07"),
        ('year = "2004", month = "15~" # JUL', "published_on", "2004-07"),
        ("year = 2004, month = 12", "published_on", "2004-12"),
        ("year = 2004, month = {Spring}", "published_on", "2004"),
        ("year = {in press}, month = jul", "published_on", "in press"),
        ("date = {2004-07-15}, year = 2004", "published_on", "2004-07-15"),
        ("date = {2004-07-15/2004-07-18}", "published_on", "2004-07-15"),
        ("journal = {J}, booktitle = {B}", "venue", "J"),
        ("number = 3", "issue", "3"),
        ("eprint = {1706.03762v2}, archivePrefix = {arXiv}", "arxiv_id", "1706.03762v2"),
        ("eprint = {1706.03762}, eprinttype = {ARXIV}", "arxiv_id", "1706.03762"),
        ("eprint = {hep-th/9901001}", "arxiv_id", "hep-th/9901001"),
        ("eprint = {12345}, eprinttype = {jstor}", "arxiv_id", None),
        ("journal = {CoRR}, volume = {abs/1706.03762}", "arxiv_id", "1706.03762"),
        ("journal = {arXiv preprint arXiv:1706.03762}", "arxiv_id", "1706.03762"),
        ("url = {http://arxiv.org/pdf/1706.03762v1.pdf}", "arxiv_id", "1706.03762v1"),
        ("url = {https://doi.org/10.1234/a.b}", "doi", "10.1234/a.b"),
        ("url = {https://aclanthology.org/2022.acl-long.1/}", "identifiers", '{"acl":["2022.acl-long.1"]}'),
        ("url = {https://www.aclweb.org/anthology/P19-1001}", "identifiers", '{"acl":["P19-1001"]}'),
        ("url = {https://openreview.net/forum?id=rJl-x_1}", "identifiers", '{"openreview":["rJl-x_1"]}'),
        ("pmid = 1234", "identifiers", '{"pmid":["1234"]}'),
        ("url = {see the book}", "rest", '{"url":"see the book"}'),
        ("crossref = {book}, isbn = 123", "rest", '{"crossref":"book","isbn":"123"}'),
        ("title = {Second}, note = {a}, note = {b}", "rest", '{"title":"Second","note":["b","a"]}'),
        ("month = jul", "rest", '{"month":"July"}'),
        ("strange = {x}", "rest", '{"strange":"x"}'),
        ("author = {}", "authors", None),
    ],
)
def test_a_field_goes_to_its_column(read: Read, fields: str, column: str, value: str | None) -> None:
    assert one(read, f"@misc{{k, title = {{T}}, {fields}}}")[column] == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lamp, Ada", [{"family": "Lamp", "given": "Ada"}]),
        ("Lamp, Jr., Ada", [{"family": "Lamp", "suffix": "Jr.", "given": "Ada"}]),
        ("Ada von der Lamp", [{"name": "Ada von der Lamp", "given": "Ada", "family": "von der Lamp"}]),
        ("{Lamp and Sons {Ltd}}", [{"name": "Lamp and Sons {Ltd}"}]),
        ("{Lamp} and {Sons}", [{"name": "Lamp"}, {"name": "Sons"}]),
        (
            "A. Lamp AND B. Hill and others",
            [{"name": "A. Lamp", "given": "A.", "family": "Lamp"}, {"name": "B. Hill", "given": "B.", "family": "Hill"}],
        ),
        ("Plato", [{"name": "Plato"}]),
        ("Andy Brand", [{"name": "Andy Brand", "given": "Andy", "family": "Brand"}]),
        ("M{\\`a} and Lamp, Ada", [{"name": "M{\\`a}"}, {"family": "Lamp", "given": "Ada"}]),
    ],
)
def test_names_are_read_as_bibtex_reads_them(read: Read, text: str, expected: list[dict]) -> None:
    row = one(read, f"@misc{{k, title = {{T}}, author = {{{text}}}}}")
    assert json.loads(row["authors"]) == expected
    assert (json.loads(row["rest"] or "{}").get("author_others") == "others") == text.endswith("others")


@pytest.mark.parametrize(
    ("entry", "key", "title"),
    [
        ("@ARTICLE(k1, TITLE = {A}, year = 2000)", "k1", "A"),
        ('@misc{k, title = "The {"}Quoted{"} One"}', "k", 'The {"}Quoted{"} One'),
        ('@misc{k, title = "G\\"odel and {\\"o}"}', "k", 'G\\"odel and {\\"o}'),
        ("@misc{k, title = {a{b{c{d{e{f}}}}}}}", "k", "a{b{c{d{e{f}}}}}"),
        ("@misc{k\n title = {A}\n year = 2000\n}", "k", "A"),
        ("@misc{k title = {A}}", "k", "A"),
        ("@misc{title = {A}, year = 2000}", None, "A"),
        ("@misc{, title = {A}}", None, "A"),
        ("@misc{k:/+x'y.2, title = {A},,}", "k:/+x'y.2", "A"),
        ("@misc{a=b, title = {A}}", "a=b", "A"),
        ("@misc{l{\\'e}on, title = {A}}", "l{\\'e}on", "A"),
        ("@misc{Größe 1, title = {A}}", "Größe 1", "A"),
        ('@string{aj = {Astro} # " J"}@misc{k, title = aj # { B} # 7}', "k", "Astro JB7".replace("JB", "J B")),
        ("@misc{k, % a remark\n title = {A}}", "k", "A"),
        ("@misc{k, title = undefined}", "k", "undefined"),
        ("@misc{k, note = {see\n@misc{inner, title = {No}}\nthere}, title = {A}}", "k", "A"),
    ],
)
def test_an_entry_is_read_however_it_is_written(read: Read, entry: str, key: str | None, title: str) -> None:
    for text in (entry, "\ufeff" + entry.replace("\n", "\r\n"), f"% Encoding: UTF-8\n\n{entry}\n"):
        row = one(read, text)
        assert (row["source_id"], row["title"]) == (key, title)
        data = text.encode()
        assert (
            data[row["byte_offset"] : row["byte_offset"] + row["byte_length"]].decode().startswith("@misc" if "@misc{k, title = aj" in text else "@")
        )


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ("@misc{bad, title = {Open,\n  author = {A},\n}", "malformed", "the value of field title is not closed before field author"),
        ("@misc{bad, title = {A}, author = {B}", "malformed", "the entry is not closed"),
        ('@misc{bad, title = "A, year = 2000}', "malformed", "the value of field title is not closed"),
        ("@misc{bad, title = {A}}, author = {B}}", "malformed", "its braces close before its last field"),
        ("@misc bad, title = {A}}", "malformed", "no { follows"),
        ("@misc{bad, title = {A} and more, year = 1}", "malformed", "a field was expected, and 'and more"),
        ("@misc{bad, year = 2000}", "no_title", "it has no title"),
        ("@misc{bad, title = { }}", "no_title", "it has no title"),
        ("@misc{bad}", "no_title", "it has no title"),
    ],
)
def test_a_broken_entry_costs_itself(read: Read, entry: str, code: str, words: str) -> None:
    found = read(f"{GOOD}{entry}\n{GOOD}")
    assert [row["position"] for row in rows(found)] == [1, 3]
    (reject,) = found.rejects.to_dicts()
    assert (reject["code"], reject["position"], reject["byte_offset"]) == (code, 2, len(GOOD))
    assert words in reject["reason"]
    assert "entry 2, line 2" in reject["reason"]
    assert reject["raw"].startswith(entry[:9])


def test_a_byte_that_is_not_utf_8_costs_its_entry(read: Read) -> None:
    found = read(GOOD.encode() + "@misc{k, title = {café}} @misc{l, title = {Naïf}}\n".encode("latin-1") + GOOD.encode())
    assert [row["position"] for row in rows(found)] == [1, 4]
    assert found.rejects["code"].to_list() == ["not_utf8", "not_utf8"]
    assert "byte 0xE9" in found.rejects.sort("position")["reason"][0]
    assert "iconv" in found.rejects["reason"][0]


def test_the_end_of_a_file_that_is_cut_off_is_told_from_a_fault(read: Read) -> None:
    found = read(GOOD + "@misc{k, title = {The en")
    assert (found.records.height, found.rejects["code"].to_list()) == (1, ["cut_off"])


def test_what_is_no_paper_is_counted_and_two_entries_of_one_key_are_two(read: Read) -> None:
    found = read(f"@comment{{jabref\n@misc{{gone, title = {{G}}}}\n}}\n@preamble{{ {{x}} }}\n@string{{a = 1}}\nwords\n{GOOD}{GOOD}")
    assert [row["source_id"] for row in rows(found)] == ["good", "good"]
    assert found.rejects.is_empty()
    assert found.documents["passed_count"][0] == 4


def test_a_bibliography_without_a_paper_is_rejected(read: Read) -> None:
    found = read("@comment{nothing}\n@string{a = {b}}\n")
    assert (found.records.height, found.rejects["code"].to_list()) == (0, ["no_paper"])


def test_macros_cannot_grow_without_bound(read: Read) -> None:
    macros = "@string{a0 = {" + "x" * 1000 + "}}\n" + "".join(f"@string{{a{n} = a{n - 1} # a{n - 1} # a{n - 1}}}\n" for n in range(1, 40))
    found = read(macros + "@misc{k, title = a39}\n" + GOOD)
    assert found.records["title"].str.len_chars().max() < 20_000
    assert set(found.rejects["code"]) <= {"malformed"}


def test_drift_has_the_fields(read: Read) -> None:
    paths = {row["path"]: row for row in read("@misc{k, Title = {A}, odd-field = {B}}").paths.to_dicts()}
    assert (paths["title"]["is_known"], paths["odd-field"]["is_known"], paths["title"]["type"]) == (True, False, "field")


@pytest.mark.parametrize(
    "head",
    [
        b"# Readme\n\n```bibtex\n@article{a, title={B}}\n```\n",
        b"@media (max-width: 600px) { a { b: c } }",
        b"@dataclass(frozen=True, slots=True)\nclass A:\n",
        b'{"bibtex": "@article{a,\\n title={B}}"}',
        b"Write to me@article.org {now}, title = x",
        b"",
        b"@",
        b"@article{a, \x00",
    ],
)
def test_other_texts_are_no_bibliography(head: bytes) -> None:
    assert not bibtex.matches(head)


@pytest.mark.parametrize(
    "head", [b"\xef\xbb\xbf@article{a, title={B}}", b"% x\n@string{a = {b}}", b"This file was made by X\n\n@Book{a,\n", b"@odd{a, title={B}}"]
)
def test_a_bibliography_is_known(head: bytes) -> None:
    assert bibtex.matches(head)


def test_an_entry_beyond_the_limit_is_not_held() -> None:
    long = b"@misc{long, title = {" + b"x" * 3_000_000 + b"}}\n"
    data = GOOD.encode() + long + GOOD.encode()
    found = list(entries(BytesIO(data), 1 << 20))
    assert [(entry.key or entry.code, entry.offset) for entry in found] == [
        ("good", 0),
        ("record_too_large", len(GOOD)),
        ("good", len(GOOD) + len(long)),
    ]
    assert found[1].length == len(long)
    assert found[2].line == 3
    assert sum(piece.length for piece in pieces(BytesIO(data), 1 << 20)) == len(data)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A. Lamp; B. Hill", ["A. Lamp", "B. Hill"]),
        ("Lamp, Ada; Hill, Bo", ["Lamp|Ada", "Hill|Bo"]),
        ("Lamp, A B and Hill, C", ["Lamp|A B", "Hill|C"]),
        ("A. Lamp, B. Hill and C.D.   Rock", ["A. Lamp", "B. Hill", "C.D.   Rock"]),
        ("Ada Lamp, Bo Hill", ["Ada Lamp", "Bo Hill"]),
        ("Lamp, A., Hill, B.C., and Rock, D", ["Lamp|A.", "Hill|B.C.", "Rock|D"]),
        ("Lamp, Ada", ["Lamp|Ada"]),
        ("Lamp A, Hill BC", ["Lamp A", "Hill BC"]),
        ("['Ada Lamp', \"Bo O'Hill\"]", ["Ada Lamp", "Bo O'Hill"]),
        ('["Ada Lamp"]', ["Ada Lamp"]),
        ("M&uuml;ller, Ada &amp; Hill, Bo", ["M&uuml;ller|Ada", "Hill|Bo"]),
        ("Ada Lamp et al.", ["Ada Lamp et al."]),
    ],
)
def test_the_names_of_a_cell(text: str, names: list[str]) -> None:
    people, _ = table_people(text)
    assert [one["name"] if "name" in one else f"{one['family']}|{one['given']}" for one in people] == names


def test_a_long_run_of_blanks_or_words_takes_a_moment() -> None:
    person("a " * 50_000)
    table_people("and " * 50_000 + " " * 100_000)


@pytest.mark.corpus
def test_the_conferences_of_dblp(corpus: Path) -> None:
    import gzip

    with gzip.open(corpus / "bulk/dblp-conferences.bib.gz") as stream:
        found = [(entry.kind, entry.fault, bool(dict(entry.fields).get("title"))) for entry in entries(stream, 1 << 24)]
    assert len(found) == 85_353
    assert {fault for _, fault, _ in found} == {None}
    assert all(has_title for _, _, has_title in found)
    assert sum(kind == "proceedings" for kind, _, _ in found) == 125
