"""Text dumps of one paper's page: the paper rescued from the middle of the text, whole or cut."""

import json
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path

import pytest

from transforms.bronze import Bronze
from transforms.content import HEAD_BYTES
from transforms.recognize import recognize
from transforms.sources import Format

PAGE = (Path(__file__).parent / "hf_dumps" / "detail.txt").read_bytes().decode()
JSON_LINE = next(line for line in PAGE.split("\n") if '"paper":' in line)
Read = Callable[..., Bronze]
PLACE = ("record_id", "document_id", "source")
TITLE = "TeaCode: A Research Kettle\n  Curated by Scientists"
SHOWN_TITLE = "TeaCode: A Research Kettle Curated by Scientists"
SUMMARY = 'Since kettles boil, it has become\ndifficult to keep them "cold".'


def record(found: Bronze) -> dict:
    (row,) = found.records.iter_rows(named=True)
    kept = {name: value for name, value in row.items() if value is not None and name not in PLACE}
    return {name: json.loads(value) if name in ("rest", "authors") else value for name, value in kept.items()}


def document(found: Bronze) -> dict:
    (row,) = found.documents.rows(named=True)
    return row


def refusal(found: Bronze) -> tuple[str, str]:
    assert found.records.is_empty()
    (row,) = found.rejects.rows(named=True)
    return row["code"], row["reason"]


def cut_before(mark: str, words: bool = True) -> str:
    """The page with its JSON broken off right before this mark."""
    line = JSON_LINE[: JSON_LINE.index(mark)]
    return PAGE.replace(JSON_LINE, line) if words else PAGE[: PAGE.index(JSON_LINE)] + line


def test_the_paper_by_value(read: Read) -> None:
    found = read(PAGE)
    assert record(found) == {
        "position": 1,
        "byte_offset": 0,
        "byte_length": len(PAGE.encode()),
        "source_id": "2407.13168",
        "arxiv_id": "2407.13168",
        "title": TITLE,
        "abstract": SUMMARY,
        "authors": [{"name": "Mina Tal", "id": "669dcf3b7f28c43e09d5497d"}, {"name": "Xinan Chai", "id": "669dcf3b7f28c43e09d54980"}],
        "published_on": "2024-07-18T05:15:24.000Z",
        "listed_at": "2024-07-22T00:00:00.000Z",
        "upvote_count": 17,
        "rest": {
            "canReadDatabase": False,
            "upvoters": [{"_id": "6610c90c6c59fff43622eef7", "user": "amber"}],
            "acceptLanguages": ["*"],
            "dailyPaperRank": 0,
            "query": {},
            "paper": {
                "authors": {
                    "1": {
                        "user": {"_id": "64ead5f1213a0415bd22d0e4", "fullname": "Mina Tal", "user": "mtal8", "type": "user"},
                        "status": "extracted_pending",
                    }
                },
                "discussionId": "669dcf3c7f28c43e09d549ca",
                "ai_summary": "TeaCode is a kettle.",
            },
        },
    }
    assert found.paths["is_known"].all()


def test_the_page_was_seen_when_it_was_fetched(read: Read) -> None:
    row = document(read(PAGE))
    assert (row["format"], row["observed_at"], row["observed_at_source"]) == ("hf_detail", datetime(2026, 9, 14, 9, 17, 16), "page")
    assert (row["listing_state"], row["listed_on"], row["read_count"]) == ("normal", None, 1)
    assert document(read(PAGE, seen_by="fetch"))["observed_at_source"] == "fetch"


def test_escaped_json_is_read_as_well(read: Read) -> None:
    escaped = PAGE.replace(JSON_LINE, escape(JSON_LINE.replace(r"I read \"paper\":", "I read ")))
    same = {name: value for name, value in record(read(PAGE)).items() if name != "byte_length"}
    assert {name: value for name, value in record(read(escaped)).items() if name != "byte_length"} == same


@pytest.mark.parametrize("mark", ["upvotes", "\\ndifficult", '"summary"', "Curated by"])
def test_of_a_cut_object_the_leading_fields_count_and_the_words_fill_in(read: Read, mark: str) -> None:
    found = read(cut_before(mark))
    row = record(found)
    assert document(found)["listing_state"] == "truncated"
    assert row["authors"][1]["name"] == "Xinan Chai"
    assert row["upvote_count"] == 18
    assert row["title"] == (SHOWN_TITLE if mark == "Curated by" else TITLE)
    assert row["abstract"] == (SUMMARY if mark == "upvotes" else 'Since kettles boil , it has become\ndifficult to keep them "cold".')


def test_of_a_page_that_ends_there_the_leading_fields_are_all(read: Read) -> None:
    row = record(read(cut_before("upvotes", words=False)))
    assert (row["title"], row["abstract"], "upvote_count" in row) == (TITLE, SUMMARY, False)
    assert record(read(cut_before('"summary"', words=False)))["title"] == TITLE


def test_without_its_json_the_words_are_the_paper(read: Read) -> None:
    row = record(read(PAGE.replace(JSON_LINE, "Papers arxiv:2407.13168")))
    assert (row["title"], row["published_on"], row["upvote_count"]) == (SHOWN_TITLE, "Jul 18, 2024", 18)
    assert (row["source_id"], row["counts_are_rounded"]) == ("2407.13168", False)
    assert row["abstract"].startswith("Since kettles boil ,")


def test_of_several_papers_the_pages_own_counts(read: Read) -> None:
    other = '"paper":{"id":"2401.00001","title":"A Longer One","summary":"x","upvotes":1,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6},'
    assert record(read(PAGE.replace('"primaryEmailConfirmed"', other + '"primaryEmailConfirmed"')))["title"] == TITLE


def test_an_id_written_as_a_number_keeps_its_digits(read: Read) -> None:
    text = PAGE.replace('"id":"2407.13168"', '"id":2407.13160').replace("/2407.13168\n", "/2407.13160\n")
    assert record(read(text))["source_id"] == "2407.13160"


def test_a_field_that_nobody_knows_is_kept_and_shown_as_drift(read: Read) -> None:
    found = read(PAGE.replace('"upvotes":17', '"upvotes":17,"mood":"fine"'))
    assert record(found)["rest"]["paper"]["mood"] == "fine"
    assert found.paths.filter(~found.paths["is_known"])["path"].to_list() == ["paper.mood"]


def test_an_error_is_no_paper(read: Read) -> None:
    code, reason = refusal(read(PAGE.replace("HTTP: 200", "HTTP: 429")))
    assert code == "error_answer"
    assert "HTTP status 429" in reason


def test_a_page_without_a_title_is_no_paper(read: Read) -> None:
    assert refusal(read("\n".join(PAGE.split("\n")[:3]) + "\n\nSorry\n"))[0] == "no_paper"


def test_a_page_in_another_encoding_is_rejected(read: Read) -> None:
    assert refusal(read(PAGE.replace("Amber", "Ämber").encode("latin-1")))[0] == "not_utf8"


@pytest.mark.parametrize(
    "text",
    [
        PAGE.replace("SOURCE-URL: https://huggingface.co", "SOURCE-URL: https://example.org"),
        PAGE.replace("SOURCE-URL: ", "See "),
        "SOURCE-URL: https://huggingface.co/papers/2407.13168\n\nI liked it.\n",
    ],
    ids=["another site", "another beginning", "no answer"],
)
def test_other_texts_are_no_such_dump(text: str) -> None:
    found = recognize(text.encode()[:HEAD_BYTES])
    assert not isinstance(found, Format)
