"""Pages of Hugging Face's papers saved as Markdown by four savers: every field by value, every trap, every reject."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from transforms.bronze import Bronze
from transforms.content import HEAD_BYTES
from transforms.recognize import recognize
from transforms.sources import Format

PAGES = Path(__file__).parent / "hf_dumps"
Read = Callable[..., Bronze]


def page(name: str) -> str:
    return (PAGES / name).read_bytes().decode()


def records(found: Bronze) -> list[dict]:
    """The records in the page's order with what each has; JSON columns as values."""
    rows = [{name: value for name, value in row.items() if value is not None} for row in found.records.sort("position").iter_rows(named=True)]
    return [{name: json.loads(value) if name in ("links", "rest") else value for name, value in row.items()} for row in rows]


def facts(row: dict, *names: str) -> dict:
    return {name: row[name] for name in names if name in row}


def document(found: Bronze) -> dict:
    (row,) = found.documents.rows(named=True)
    return row


def rejects(found: Bronze) -> list[tuple[int, str]]:
    return found.rejects.sort("position").select("position", "code").rows()


def name_of(text: str) -> str | None:
    found = recognize(text.encode()[:HEAD_BYTES])
    return found.name if isinstance(found, Format) else None


PLACE = ("record_id", "document_id", "source", "position", "byte_offset", "byte_length")


def without_place(row: dict) -> dict:
    return {name: value for name, value in row.items() if name not in PLACE}


@pytest.mark.parametrize(
    ("name", "kept", "passed"),
    [("firecrawl_search", 4, 0), ("firecrawl_day", 4, 0), ("numbered", 3, 0), ("numbered_cut", 4, 0), ("trending", 3, 3), ("trending_plain", 3, 3)],
)
def test_each_page_is_known_and_every_paper_kept_once(read: Read, name: str, kept: int, passed: int) -> None:
    found = read(page(f"{name}.md"))
    assert facts(document(found), "format", "source") == {"format": "hf_markdown", "source": "hf"}
    counts = {"read_count": kept, "kept_count": kept, "rejected_count": 0, "passed_count": passed}
    assert facts(document(found), *counts) == counts


def test_a_linked_page_by_value(read: Read) -> None:
    first, second, third, fourth = map(without_place, records(read(page("firecrawl_search.md"))))
    search = {"is_search_page": True, "page_date": "2026-10-02"}
    assert first == {
        "source_id": "2606.00683",
        "arxiv_id": "2606.00683",
        "title": "OCC-RAG: Optimal Cognitive Core for Faithful Question Answering",
        "abstract": "Recent progress is told in few words. The model writes reasoning traces with sourcecitations grounded in quotes [see Sec. 3].",
        "published_on": "May 29",
        "comment_count": 6,
        "upvote_count": 101,
        "counts_are_rounded": False,
        "organization_handle": "occ-ai",
        "organization_name": "OCC",
        "rest": {"organization_picture": "https://cdn-avatars.huggingface.co/v1/production/uploads/1/occ.png", **search},
    }
    assert second == {
        "source_id": "2502.77001",
        "arxiv_id": "2502.77001",
        "title": "The Quiet Path from Shelf to Reader: Counting How Librarians Move Old Books",
        "abstract": "Old books are moved more often than one thinks\nand nobody counts -- the moves. We count them in\n"
        "[0, 1) of all cases, and lose 80\\% of\nthe dust.",
        "published_on": "Feb 27, 2025",
        "author_count": 3,
        "rest": {
            "author_pictures": ["https://cdn-avatars.huggingface.co/v1/production/uploads/2/a.jpeg", "https://huggingface.co/avatars/b.svg"],
            **search,
        },
    }
    assert facts(third, "upvote_count", "author_count", "published_on", "comment_count") == {
        "upvote_count": 1204,
        "author_count": 10,
        "published_on": "Aug 8",
    }
    assert facts(fourth, "title", "published_on", "comment_count", "upvote_count") == {
        "title": "BIP! A Table of Tables in Small Houses",
        "published_on": "Jul 24, 2023",
        "comment_count": 2,
    }


def test_the_printed_backslashes_of_the_reference_are_taken_out_as_well(read: Read) -> None:
    text = page("firecrawl_search.md").replace("Move\\  Old", "Move\\\\ Old").replace("thinks\\\\\n", "thinks\\\\\\\\\n")
    row = records(read(text))[1]
    assert row["title"].endswith("Move Old Books")
    assert row["abstract"].startswith("Old books are moved more often than one thinks\nand nobody")


def test_a_backslash_of_tex_in_a_title_stays(read: Read) -> None:
    text = page("firecrawl_search.md").replace("BIP! A", r"BIP! $\mu$LO et al.\ A")
    assert records(read(text))[3]["title"].startswith(r"BIP! $\mu$LO et al.\ A Table")


def test_a_page_of_a_day_has_the_date_it_prints_and_not_its_addresss(read: Read) -> None:
    found = read(page("firecrawl_day.md"))
    listing = {"listed_on": date(2026, 10, 2), "listed_on_is_inferred": True, "listing_state": "normal"}
    capture = {"observed_at": datetime(2026, 10, 2), "observed_at_source": "page"}
    assert facts(document(found), *listing, *capture) == listing | capture
    assert [row.get("rest", {}).get("is_search_page") for row in records(found)] == [None] * 4
    assert records(found)[2]["rest"]["submitted_by"] == "marta"
    assert found.paths["is_known"].all()
    assert found.paths.height == 7


def test_a_search_page_is_no_listing_of_a_day(read: Read) -> None:
    row = document(read(page("firecrawl_search.md")))
    assert (row["listed_on"], row["listed_on_is_inferred"], row["observed_at"]) == (None, None, datetime(2026, 10, 2))


@pytest.mark.parametrize(("note", "year"), [("2026-10-02", 2026), ("2027-01-03", 2026), ("2026-10-01", 2026), ("2026-09-30", 2025)])
def test_the_page_takes_the_latest_year_that_does_not_lie_after_its_capture(read: Read, note: str, year: int) -> None:
    assert document(read(page("firecrawl_day.md").replace("retrieved: 2026-10-02", f"retrieved: {note}")))["listed_on"] == date(year, 10, 2)


def test_what_a_fetch_says_of_the_time_goes_before_the_page(read: Read) -> None:
    row = document(read(page("firecrawl_day.md"), seen_by="fetch", at=datetime(2025, 10, 5)))
    assert (row["observed_at"], row["observed_at_source"], row["listed_on"]) == (datetime(2025, 10, 5), "fetch", date(2025, 10, 2))


def test_the_documents_own_address_tells_a_search_where_no_note_does(read: Read) -> None:
    text = page("firecrawl_day.md").replace("url: https://huggingface.co/papers/date/2026-09-30\n", "")
    assert records(read(text, url="https://huggingface.co/papers?q=lamps"))[0]["rest"]["is_search_page"] is True
    assert "is_search_page" not in records(read(text, url="https://huggingface.co/papers"))[0]["rest"]


def test_a_page_that_was_not_saved_whole_is_truncated(read: Read) -> None:
    text = page("firecrawl_day.md").replace("completeness: full", "completeness: partial")
    assert document(read(text))["listing_state"] == "truncated"


def test_numbers_are_resolved_from_the_table_at_the_end(read: Read) -> None:
    rows = records(read(page("numbered.md")))
    assert [row["source_id"] for row in rows] == [row["arxiv_id"] for row in rows] == ["2606.01483", "2403.77021", "2601.77022"]


@pytest.mark.parametrize("form", ["{}. {}", "[{}] {}", "  {}. {}"])
def test_other_forms_of_the_table_are_read(read: Read, form: str) -> None:
    head, start, table = page("numbered.md").partition("[1]: ")
    lines = [line.split("]: ") for line in (start + table).splitlines() if "]: " in line]
    text = head + "References\n\n" + "\n".join(form.format(number[1:], url) for number, url in lines)
    assert [row["source_id"] for row in records(read(text))] == ["2606.01483", "2403.77021", "2601.77022"]


def test_a_numbered_page_by_value(read: Read) -> None:
    first, second, third = records(read(page("numbered.md")))
    assert first["abstract"] == (
        "Long-form automatic speech recognition (ASR) requires patience, and more of it than most people who wrote such systems\n"
        "had when they wrote them."
    )
    assert "upvote_count" not in first
    assert facts(first, "published_on", "author_count", "rest") == {
        "published_on": "May 30",
        "author_count": 3,
        "rest": {"is_search_page": True, "page_date": "2026-06-29"},
    }
    assert second["title"].endswith("Homologous Aunts and the Contextual Awareness of Uncles")
    assert second["abstract"] == "In this report, we present a way to choose teapots.\n\nIt has two steps."
    assert facts(second, "upvote_count", "author_count", "published_on", "comment_count") == {
        "upvote_count": 65,
        "author_count": 671,
        "published_on": "Mar 8, 2024",
        "comment_count": 6,
    }
    assert facts(third, "organization_handle", "organization_name", "comment_count") == {
        "organization_handle": "microsoft",
        "organization_name": "Microsoft",
        "comment_count": 3,
    }


def test_a_page_that_is_cut_loses_its_ids_and_is_truncated(read: Read) -> None:
    found = read(page("numbered_cut.md"))
    assert document(found)["listing_state"] == "truncated"
    assert document(found)["observed_at"] == datetime(2026, 6, 29, 16, 31, 22, 135762)
    rows = records(found)
    assert all("source_id" not in row and "arxiv_id" not in row for row in rows)
    assert (rows[3]["abstract"], rows[3]["rest"]["abstract_is_cut"]) == ("Corridors have become long. Ho", True)
    assert [row["rest"].get("abstract_is_cut") for row in rows[:3]] == [None] * 3


def test_a_title_alone_is_kept_with_an_id_and_rejected_without(read: Read) -> None:
    cut = page("numbered_cut.md").replace("[\n\nCorridors have become long. Ho\n", "")
    found = read(cut)
    assert rejects(found) == [(83, "title_without_abstract")]
    assert "line 83: a title with neither an abstract nor an id or a date; save the page again" in found.rejects["reason"][0]
    assert found.rejects["raw"][0].startswith("[\n1\n][45]\n\n### [Reducing Noise")
    whole = read(cut.replace("[Content truncated]", "[46]: https://huggingface.co/papers/2601.77029"))
    assert (rejects(whole), records(whole)[3]["source_id"], "abstract" in records(whole)[3]) == ([], "2601.77029", False)


def test_the_trending_page_has_one_record_for_two_cards(read: Read) -> None:
    first, second, third = map(without_place, records(read(page("trending.md"))))
    assert first == {
        "source_id": "2610.05608",
        "arxiv_id": "2610.05608",
        "title": "Kandinsky 6.0 Video: Foundation Models for Synchronized Video and Audio Generation",
        "abstract": "We present a family of models that paint and hum at once.",
        "published_on": "Oct 4, 2026",
        "upvote_count": 117,
        "star_count": 131,
        "counts_are_rounded": False,
        "organization_handle": "kandinskylab",
        "organization_name": "Kandinsky Lab",
        "links": [
            {"url": "https://github.com/kandinskylab/kandinsky-6", "rel": "code"},
            {"url": "https://arxiv.org/abs/2610.05608", "rel": "landing"},
        ],
        "rest": {"submitted_by": "vvasilev", "text_may_be_summary": True},
    }
    assert facts(second, "title", "star_count", "counts_are_rounded", "organization_handle") == {
        "title": "The Other Half of the Garden Wall: Serving Roses with Trained Ladders",
        "star_count": 3290,
        "counts_are_rounded": True,
        "organization_handle": "Edge0",
    }
    assert facts(third, "author_count", "star_count", "published_on", "rest") == {
        "author_count": 4,
        "star_count": 110_000,
        "published_on": "Dec 28, 2024",
        "rest": {"text_may_be_summary": True},
    }


def test_what_only_the_second_card_has_is_added(read: Read) -> None:
    start, title, rest = page("trending.md").partition("### [TradingTeapots")
    first, other, second = rest.partition("### [TradingTeapots")
    text = start + title + first.replace("149](", "-](").replace("· Published on Dec 28, 2024", "") + other
    text += second.replace("A framework of several", "We present several")
    row = records(read(text))[2]
    assert facts(row, "upvote_count", "published_on") == {"upvote_count": 149, "published_on": "Dec 28, 2024"}
    assert row["abstract"].startswith("A framework of several")
    assert row["rest"]["other_text"].startswith("We present several")


def test_a_repeat_elsewhere_on_the_page_is_the_same_paper(read: Read) -> None:
    text = page("trending.md")
    start = text.index("Submitted by")
    end = text.index("Submitted by", start + 1)
    found = read(text + "\n\n" + text[start:end])
    assert (document(found)["kept_count"], document(found)["passed_count"]) == (3, 4)


def test_the_same_paper_twice_in_a_search_is_two_records(read: Read) -> None:
    text = page("firecrawl_search.md")
    start = text.index("[101]")
    end = text.index("[-](", start)
    assert document(read(text[:start] + text[start:end] * 2 + text[end:]))["kept_count"] == 5


def test_the_plain_page_by_value(read: Read) -> None:
    found = read(page("trending_plain.md"))
    first, second, third = map(without_place, records(found))
    assert first == {
        "title": "Agent Thunder: Train Any Cloud with Weather",
        "abstract": "Agent Thunder is a framework for training clouds in various kinds of weather.",
        "author_count": 8,
        "star_count": 11_300,
        "counts_are_rounded": True,
        "links": [{"url": "https://github.com/blue-lab/thunder", "rel": "code"}],
        "rest": {"text_may_be_summary": True},
    }
    assert second["title"] == "SmallDoor: An ultra-compact door model for end-to-end multi-modal house entry"
    assert second["abstract"] == "Doors are the first thing one meets. Yet\nfew models know of them."
    assert facts(third, "star_count", "counts_are_rounded", "author_count") == {"star_count": 476, "counts_are_rounded": False}
    assert facts(document(found), "listed_on", "observed_at_source") == {"listed_on": None, "observed_at_source": "modified"}


def test_a_line_that_no_reader_knows_is_kept(read: Read) -> None:
    text = page("firecrawl_search.md").replace("\nFeb 27, 2025\n", "\nFeb 27, 2025\n\nReplicated 3 times\n")
    assert records(read(text))[1]["rest"]["other_lines"] == ["Replicated 3 times"]


def test_a_link_of_another_name_is_kept_with_the_others(read: Read) -> None:
    text = page("trending.md").replace("[arXiv Page]", "[Project Page](https://tea.example) [Talk](https://tea.example/talk) [arXiv Page]")
    rels = [link["rel"] for link in records(read(text))[0]["links"]]
    assert rels == ["code", "project", "other", "landing"]


def test_a_paper_whose_title_is_lost_is_rejected_and_its_neighbours_are_whole(read: Read) -> None:
    text = page("firecrawl_search.md")
    whole = [without_place(row) for row in records(read(text))]
    title = next(line for line in text.splitlines() if line.startswith("### [Lamp or"))
    found = read(text.replace(title + "\n", ""))
    assert rejects(found) == [(59, "abstract_without_title")]
    assert [without_place(row) for row in records(found)] == [whole[0], whole[1], whole[3]]


def test_a_paper_whose_title_was_cut_off_with_the_top_is_rejected(read: Read) -> None:
    text = page("firecrawl_search.md")
    found = read(text[text.index("traces with") :])
    assert rejects(found) == [(1, "abstract_without_title")]
    assert len(records(found)) == 3


@pytest.mark.parametrize("title", ["### [](https://huggingface.co/papers/2307.77003)", "### [\u200b](https://huggingface.co/papers/2307.77003)"])
def test_a_title_of_nothing_is_no_title(read: Read, title: str) -> None:
    text = page("firecrawl_search.md")
    old = next(line for line in text.splitlines() if line.startswith("### [BIP!"))
    assert rejects(read(text.replace(old, title))) == [(71, "abstract_without_title")]


def test_a_line_beyond_the_limit_costs_its_own_paper(read: Read) -> None:
    text = page("firecrawl_search.md").replace("Small houses have tables.", "Small houses have tables. " * 60)
    found = read(text, max_line_bytes=1_000)
    assert rejects(found) == [(71, "line_too_long")]
    assert "line 75 has 1," in found.rejects["reason"][0]
    assert len(records(found)) == 3


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
@pytest.mark.parametrize("name", ["firecrawl_search", "firecrawl_day", "numbered", "numbered_cut", "trending"])
def test_neither_line_breaks_nor_a_byte_order_mark_change_a_page(read: Read, name: str, line_break: str) -> None:
    text = page(f"{name}.md")
    other = read("\ufeff" + text.replace("\n", line_break))
    assert [without_place(row) for row in records(other)] == [without_place(row) for row in records(read(text))]


def test_a_page_in_another_encoding_is_rejected_with_the_place_of_the_fault(read: Read) -> None:
    data = page("firecrawl_search.md").encode("latin-1", "replace")
    found = read(data)
    assert found.rejects["code"].to_list() == ["not_utf8"]
    place = data.index(b"\xb7")
    assert f"offset {place}" in found.rejects["reason"][0]


def test_a_search_without_a_result_gives_no_record(read: Read) -> None:
    text = page("firecrawl_search.md")
    start = text.index("[101]")
    assert name_of(text[:start]) is None
    found = read(text[:start] + "### Nothing found\n")
    assert rejects(found) == [(30, "title_without_abstract")]


@pytest.mark.parametrize(
    "text",
    [
        "# Reading list\n\nFrom https://huggingface.co/papers:\n\n### [Lamp](https://huggingface.co/papers/2605.77002)\n\nGood.\n",
        "# Daily Papers\n\nA bot for it.\n\n## Trending Papers\n\n### [Lamp](https://huggingface.co/papers/2605.77002)\n\n[Lamps.](https://x.example)\n",
        "# Notes\n\nGet trending papers in your email inbox!\n\n### Lamps\n\nDaily Papers by AK and the research community.\n",
        "Daily Papers\n\nGet trending papers in your email inbox!\n\n### Lamps\n\n• 10 authors\n·\nMay 1 8\n",
    ],
    ids=["a list of links", "a bot's README", "notes", "the plain layout"],
)
def test_other_texts_with_such_links_are_no_such_page(text: str) -> None:
    assert name_of(text) in (None, "hf_text")


def test_a_text_about_such_pages_with_a_piece_of_one_is_no_such_page() -> None:
    body = page("firecrawl_search.md").partition("Oct 2")[2]
    about = "".join(f"## {number}. A Chapter\n\nIt says much.\n\n" for number in range(6))
    assert name_of(body) == "hf_markdown"
    assert name_of(f"# Formats\n\n{about}```\n{body}\n```\n") is None


@pytest.mark.parametrize("name", ["firecrawl_search", "numbered", "trending"])
def test_a_page_is_known_without_its_upper_part(name: str) -> None:
    text = page(f"{name}.md")
    assert name_of(text[text.index("\n### [") - 120 :]) == "hf_markdown"
