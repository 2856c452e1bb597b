"""NotebookLM's exports of Hugging Face's pages: fields by value, and what is lost where a line is."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from transforms.bronze import Bronze
from transforms.content import HEAD_BYTES
from transforms.recognize import recognize
from transforms.sources import Format

PAGE = (Path(__file__).parent / "hf_dumps" / "notebook.md").read_bytes().decode()
Read = Callable[..., Bronze]
PLACE = ("record_id", "document_id", "source", "position", "byte_offset", "byte_length")
SEARCH = {"is_search_page": True, "page_date": "2026-03-25"}


def records(found: Bronze) -> list[dict]:
    rows = found.records.sort("position").iter_rows(named=True)
    full = [{name: value for name, value in row.items() if value is not None and name not in PLACE} for row in rows]
    return [{name: json.loads(value) if name == "rest" else value for name, value in row.items()} for row in full]


def rejects(found: Bronze) -> list[tuple[int, str]]:
    return found.rejects.sort("position").select("position", "code").rows()


def name_of(text: str) -> str | None:
    found = recognize(text.encode()[:HEAD_BYTES])
    return found.name if isinstance(found, Format) else None


def without(*lines: int) -> str:
    """The page without these lines, counted from 1; the others stay where they are."""
    return "\n".join("" if number in lines else line for number, line in enumerate(PAGE.split("\n"), start=1))


def line_of(text: str, nth: int = 1) -> int:
    """The number of the nth line that is this text."""
    return [number for number, line in enumerate(PAGE.split("\n"), start=1) if line.strip() == text][nth - 1]


def test_every_paper_by_value(read: Read) -> None:
    found = read(PAGE)
    first, second, third, fourth = records(found)
    assert first == {
        "source_id": "2410.05434",
        "arxiv_id": "2410.05434",
        "title": "Better than Your Teacher: LLM Agents that learn from Privileged AI Feedback",
        "abstract": "While large models decide much, few of them learn from what they decided. We let them, and give them more than they ask for.",
        "published_on": "Oct 7, 2024",
        "author_count": 2,
        "upvote_count": 1,
        "counts_are_rounded": False,
        "rest": SEARCH,
    }
    assert second == {
        "source_id": "2306.77011",
        "arxiv_id": "2306.77011",
        "title": "A Shell of One's Own: Commands for Rooms",
        "abstract": "People write commands in rooms. We ask which.\n\n"
        "A second paragraph says which: see https://huggingface.co/datasets/blue-lab/rooms for all.",
        "published_on": "Jun 26",
        "author_count": 4,
        "rest": SEARCH,
    }
    assert (third["upvote_count"], third["published_on"], third["comment_count"]) == (19, "Sep 3, 2024", 2)
    assert fourth == {
        "source_id": "2510.77012",
        "arxiv_id": "2510.77012",
        "title": "Soft Chairs",
        "abstract": "Chairs are hard. Ours are not.",
        "published_on": "Oct 23, 2025",
        "comment_count": 1,
        "upvote_count": 1200,
        "counts_are_rounded": True,
        "organization_handle": "blue-lab",
        "organization_name": "The Blue Lab",
        "rest": SEARCH,
    }
    (document,) = found.documents.rows(named=True)
    assert (document["format"], document["read_count"], document["rejected_count"]) == ("hf_notebook", 4, 0)
    assert (document["observed_at"], document["observed_at_source"], document["listed_on"]) == (datetime(2026, 7, 28), "page", None)
    assert document["listing_state"] == "normal"
    assert found.paths["is_known"].all()


def test_a_page_of_a_day_has_its_date(read: Read) -> None:
    found = read(PAGE.replace("papers?q=Intercode%20Bash", "papers"))
    assert found.documents.select("listed_on", "listed_on_is_inferred").row(0) == (date(2026, 3, 25), True)
    assert "rest" not in records(found)[0]


def test_the_papers_date_is_read_where_its_comments_have_no_address(read: Read) -> None:
    row = records(read(without(line_of("https://huggingface.co/papers/2409.02326#community"))))[2]
    assert row["published_on"] == "Sep 3, 2024"
    assert (row["rest"]["other_lines"], "comment_count" in row) == (["2"], False)


def test_a_lost_address_does_not_take_the_facts_into_the_abstract(read: Read) -> None:
    row = records(read(without(line_of("https://huggingface.co/papers/2306.77011", 2))))[1]
    assert row["abstract"].endswith("for all.")
    assert row["author_count"] == 4


def test_a_paper_whose_beginning_is_lost_is_rejected(read: Read) -> None:
    start = line_of("[-] 19")
    found = read(without(start, start + 2))
    assert rejects(found) == [(start + 4, "abstract_without_title")]
    assert [row["source_id"] for row in records(found)] == ["2410.05434", "2306.77011", "2510.77012"]


def test_votes_alone_may_be_lost(read: Read) -> None:
    rows = records(read(without(line_of("[-] 19"))))
    assert [row["source_id"] for row in rows] == ["2410.05434", "2306.77011", "2409.02326", "2510.77012"]
    assert "upvote_count" not in rows[2]


def test_a_paper_without_a_title_is_rejected(read: Read) -> None:
    found = read(without(line_of("Soft Chairs")))
    assert rejects(found) == [(line_of("[-] 1.2k"), "abstract_without_title")]


def test_a_page_cut_within_an_abstract_is_truncated_and_keeps_what_is_there(read: Read) -> None:
    found = read(PAGE[: PAGE.index("Ours are not")])
    assert found.documents["listing_state"].to_list() == ["truncated"]
    last = records(found)[3]
    assert (last["abstract"], last["rest"]["abstract_is_cut"]) == ("Chairs are hard.", True)


def test_a_page_cut_above_its_papers_gives_what_is_left_of_one(read: Read) -> None:
    found = read(PAGE[PAGE.index("While large models") :])
    assert rejects(found) == [(1, "abstract_without_title")]
    assert len(records(found)) == 3


def test_a_line_beyond_the_limit_costs_its_own_paper(read: Read) -> None:
    found = read(PAGE.replace("Tea houses in the Arctic are few.", "Tea houses in the Arctic are few. " * 20), max_line_bytes=500)
    assert rejects(found) == [(line_of("[-] 19"), "line_too_long")]
    assert len(records(found)) == 3


def test_a_page_in_another_encoding_is_rejected_whole(read: Read) -> None:
    found = read(PAGE.replace("Soft", "S\xf6ft").encode("latin-1"))
    assert found.rejects["code"].to_list() == ["not_utf8"]


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_line_breaks_do_not_change_the_papers(read: Read, line_break: str) -> None:
    assert records(read("\ufeff" + PAGE.replace("\n", line_break))) == records(read(PAGE))


@pytest.mark.parametrize(
    "text",
    [
        "Read https://huggingface.co/login?next=%2Fpapers%2F2410.05434 first.\n",
        "https://huggingface.co/login?next=%2Fpapers%2F2410.05434\n\nA title\n",
        "- [-] 1\n\nhttps://huggingface.co/papers/2410.05434\n",
    ],
)
def test_other_texts_with_such_addresses_are_no_such_page(text: str) -> None:
    assert name_of(text) is None


def test_a_text_about_such_pages_with_a_piece_of_one_is_no_such_page() -> None:
    body = PAGE[PAGE.index(" [-] 1\n") :]
    assert name_of(body) == "hf_notebook"
    assert name_of("# Formats\n" + "## A Chapter\n\nIt says much.\n\n" * 6 + body) is None
