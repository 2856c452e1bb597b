"""Fields that a person leaves out of the evidence: no column is filled from them, nor is an identifier found in them."""

import json
from datetime import datetime

import pytest

from transforms.content import Content
from transforms.parsed import Capture, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import Format

ADDRESS = "https://openreview.net/forum?id=abc_DEF12"
BIB = f"@article{{k, title={{T}}, year=2001, ee={{{ADDRESS}}}}}"
PAPER = {
    "title": "T",
    "author": "Ann Lamp",
    "status": "Poster",
    "track": "main",
    "site": ADDRESS,
    "id": "7",
    "bibtex": f"@misc{{x, doi={{10.1/x}}, url={{{ADDRESS}}}}}",
}
DBLP = (
    '<?xml version="1.0"?><dblp><article key="journals/x/Lamp01" mdate="2001-01-01"><author>Ann Lamp</author><title>T</title><year>2001</year>'
    "<ee>https://doi.org/10.1000/x</ee></article></dblp>"
)


def values(text: str, *ignored: str) -> dict[str, str]:
    form = recognize(text.encode())
    assert isinstance(form, Format)
    told = Told(Capture(datetime(2026, 1, 1), "modified"), ignored=frozenset(ignored))
    (found,) = [part for part in form.parse(Content.of(text.encode()), told) if isinstance(part, Record)]
    return {name: value for name, value in found.values.items() if value is not None}


@pytest.mark.parametrize(
    ("text", "field", "columns"),
    [
        (BIB, "ee", {"identifiers", "links"}),
        (json.dumps([PAPER]), "site", {"identifiers", "links"}),
        (json.dumps([PAPER]), "doi", {"doi"}),
        (DBLP, "ee", {"doi", "links"}),
        (f"record_id,title,year,url\nk,T,2001,{ADDRESS}\n", "url", {"identifiers", "links"}),
        (f"TY  - JOUR\nID  - k\nTI  - T\nUR  - {ADDRESS}\nER  - \n", "ur", {"identifiers", "links"}),
        (json.dumps({"record_id": "k", "title": "T", "year": 2001, "url": ADDRESS}), "url", {"identifiers", "links"}),
    ],
)
def test_what_an_ignored_field_fills_is_empty_and_all_else_is_as_it_was(text: str, field: str, columns: set[str]) -> None:
    before, after = values(text), values(text, field)
    lost = {name for name in before if name != "rest" and before[name] != after.get(name)}
    assert lost == columns
    assert after["source_id"] == before["source_id"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("@article{k, year=2001, author={Ann Lamp}}", "k"),
        ("record_id,title,year\nr1,,2001\n", "r1"),
        ("TY  - JOUR\nID  - k\nAU  - Lamp, Ann\nER  - \n", "k"),
        (json.dumps([PAPER | {"title": ""}]), "7"),
        (
            '<dblp><article key="journals/x/Lamp01" mdate="2001-01-01"><author>Ann Lamp</author><year>2001</year></article></dblp>',
            "journals/x/Lamp01",
        ),
    ],
)
def test_a_record_without_title_is_rejected_with_its_key(text: str, key: str) -> None:
    form = recognize(text.encode())
    assert isinstance(form, Format)
    (reject,) = [part for part in form.parse(Content.of(text.encode()), Told(Capture(datetime(2026, 1, 1), "modified"))) if isinstance(part, Reject)]
    assert (reject.code, reject.source_id) == ("no_title", key)
