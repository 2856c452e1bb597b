"""Saved pages of Hugging Face's papers, written with attributes in any order and in either quotes."""

import html
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from transforms.bronze import Bronze
from transforms.content import Content
from transforms.parsed import Capture, Limits, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources.hf_html import parse

Read = Callable[..., Bronze]


def item(number: int) -> dict[str, Any]:
    return {
        "paper": {
            "id": f"2407.9{number:04}",
            "authors": [{"_id": f"a{number}", "name": "Ada Löwe", "hidden": False}],
            "publishedAt": "2024-07-31T16:00:00.000Z",
            "title": f'Lamps & "Shades" {number}, isn\'t it < 3?',
            "summary": "It is.",
            "upvotes": number,
        },
        "publishedAt": "2024-08-01T01:21:47.935Z",
        "title": f'Lamps & "Shades" {number}, isn\'t it < 3?',
        "numComments": 2,
        "upvoted": False,
    }


LISTING = {
    "canSubmit": False,
    "date": "2024-08-01T00:00:00.000Z",
    "dailyPapers": [item(1), item(2), item(3)],
    "nextDate": "2024-08-02",
    "prevDate": "2024-07-31",
    "publisher": {"_id": "p", "avatarUrl": "/a.svg", "isPro": False, "fullname": "AK", "user": "ak", "type": "user"},
}
LATER = {"periodType": "day", "dateString": "2024-08-01", "dailyPapers": [item(1)], "prevDate": "2024-07-31", "nextDate": "2024-08-02"}
PAPER = {
    "comments": [{"id": "c1", "author": {"name": "x"}}],
    "primaryEmailConfirmed": False,
    "paper": {**item(7)["paper"], "upvotes": 17},
    "canReadDatabase": False,
    "upvoted": False,
    "upvoters": [{"_id": "u", "user": "u"}] * 12,
    "acceptLanguages": ["en"],
    "dailyPaperRank": 0,
    "submitterOrganization": {"_id": "o", "name": "LampLab", "fullname": "The Lamp Laboratory"},
}
COUNTER = {"upvotes": 118, "upvoters": [{"_id": "u"}] * 12}


def raw_tag(target: str, props: Any) -> str:
    value = html.escape(json.dumps(props), quote=False).replace('"', "&quot;")
    return f'<div class="SVELTE_HYDRATER contents" data-target="{target}" data-props="{value}">'


def pretty_tag(target: str, props: Any) -> str:
    value = json.dumps(props, indent=2, ensure_ascii=False).replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
    return f"<div\n  class='SVELTE_HYDRATER contents'\n  data-props='{value}'\n  data-target='{target}'\n>"


def bare_tag(target: str, props: Any) -> str:
    value = json.dumps(props, separators=(",", ":")).replace("&", "&amp;").replace(" ", "&#x20;").replace('"', "&#34;").replace("'", "&apos;")
    return f"<DIV DATA-TARGET={target} DATA-PROPS={value.replace('>', '&gt;')} class=x>"


TAGS = [raw_tag, pretty_tag, bare_tag]


def page(*tags: str, title: str = "Daily Papers - Hugging Face") -> str:
    head = f"<!doctype html>\n<html>\n<head><meta charset='utf-8'><title>{title}</title></head><body>"
    return f"{head}<!-- <div data-target='DailyPapers' data-props='[]'> -->\n<main>{'</div>'.join(tags)}</div><h3>Lamps</h3></main></body></html>"


@pytest.mark.parametrize("tag", TAGS)
def test_a_listing_by_value_however_its_tag_is_written(read: Read, tag: Callable[[str, Any], str]) -> None:
    text = page(raw_tag("MainHeader", {"isWide": False}), tag("DailyPapers", LISTING))
    found = read(text)
    (document,) = found.documents.rows(named=True)
    facts = ("format", "listed_on", "listed_on_is_inferred", "listing_state", "read_count", "kept_count")
    assert [document[name] for name in facts] == ["hf_html", date(2024, 8, 1), False, "normal", 3, 3]
    records = found.records.sort("position").rows(named=True)
    assert [(row["position"], row["source_id"], row["upvote_count"], row["comment_count"]) for row in records] == [
        (number, f"2407.9{number:04}", number, 2) for number in (1, 2, 3)
    ]
    assert records[0]["title"] == 'Lamps & "Shades" 1, isn\'t it < 3?'
    assert json.loads(records[0]["authors"]) == [{"name": "Ada Löwe", "id": "a1"}]
    assert json.loads(records[0]["rest"]) == {"upvoted": False}
    for number, row in enumerate(records, start=1):
        place = text.encode()[row["byte_offset"] : row["byte_offset"] + row["byte_length"]].decode()
        assert json.loads(html.unescape(place)) == item(number)
    assert found.paths.filter(~found.paths["is_known"]).is_empty()


@pytest.mark.parametrize("tag", TAGS)
def test_a_paper_page_takes_its_votes_from_the_counter(read: Read, tag: Callable[[str, Any], str]) -> None:
    text = page(tag("PaperContent", PAPER), tag("UpvoteControl", COUNTER), title="Paper page - Lamps")
    found = read(text)
    (record,) = found.records.rows(named=True)
    assert (record["source_id"], record["upvote_count"], record["organization_handle"]) == ("2407.90007", 118, "LampLab")
    rest = json.loads(record["rest"])
    assert (len(rest["upvoters"]), rest["comments"], rest["paper"]) == (12, PAPER["comments"], {"upvotes": 17})
    place = text.encode()[record["byte_offset"] : record["byte_offset"] + record["byte_length"]].decode()
    assert json.loads(html.unescape(place)) == PAPER["paper"]
    (document,) = found.documents.rows(named=True)
    assert (document["listed_on"], document["listing_state"], document["read_count"]) == (None, "normal", 1)
    assert found.paths.filter(~found.paths["is_known"]).is_empty()


def test_without_a_counter_the_paper_says_its_votes(read: Read) -> None:
    (record,) = read(page(raw_tag("PaperContent", PAPER))).records.rows(named=True)
    assert record["upvote_count"] == 17


def test_a_damaged_property_does_not_cost_the_paper(read: Read) -> None:
    text = page(raw_tag("PaperContent", PAPER).replace("&quot;canReadDatabase&quot;: false", "&quot;canReadDatabase&quot;: no"))
    assert read(text).records["source_id"].to_list() == ["2407.90007"]


@pytest.mark.parametrize(
    ("props", "day"),
    [
        (LATER, date(2024, 8, 1)),
        ({**LATER, "dateString": "2024-W31", "periodType": "week"}, None),
        ({**LATER, "dateString": "2024-08", "periodType": "month"}, None),
        ({"dailyPapers": [item(1)], "query": {}}, None),
    ],
)
def test_the_page_says_its_day_and_not_its_name_or_address(read: Read, props: dict[str, Any], day: date | None) -> None:
    found = read(page(raw_tag("DailyPapers", props)), name="2024-08-04.html", url="https://huggingface.co/papers/date/2024-08-04")
    assert found.documents["listed_on"].to_list() == [day]
    assert found.records.height == 1


def test_a_page_cut_within_its_data_keeps_what_is_before(read: Read) -> None:
    text = page(raw_tag("DailyPapers", LISTING))
    found = read(text[: text.find("2407.90003") + 40])
    assert found.records["source_id"].to_list() == ["2407.90001", "2407.90002"]
    assert found.rejects.select("code", "position").rows() == [("cut_off", 3)]
    assert found.documents["listing_state"].to_list() == ["truncated"]


@pytest.mark.parametrize(
    "text",
    [
        page("<div>"),
        page("<div data-target='DailyPapers'>"),
        page("<div data-target='DailyPapers' data-props='{}'>"),
        page("<div data-target='DailyPapers' data-props='nothing'>"),
        page("<div data-target='PaperContent' data-props='{\"paper\"'>"),
        "<html><head><meta property='og:url' content='https://huggingface.co/papers/2407.90001'></head></html>",
    ],
)
def test_a_page_without_data_says_what_to_save(read: Read, text: str) -> None:
    found = read(text)
    (reject,) = found.rejects.rows(named=True)
    assert (reject["code"], reject["position"]) == ("no_paper", None)
    assert "save the page's source" in reject["reason"]
    assert found.documents["read_count"].to_list() == [1]


def test_a_page_too_large_to_hold_is_refused() -> None:
    told = Told(Capture(datetime(2026, 1, 1), "modified"), Limits(max_record_bytes=100))
    found = list(parse(Content.of(page(raw_tag("DailyPapers", LISTING)).encode()), told))
    assert [part.code for part in found if isinstance(part, Reject)] == ["too_large"]
    assert not any(isinstance(part, Record) for part in found)


def test_an_empty_listing_is_no_fault(read: Read) -> None:
    found = read(page(raw_tag("DailyPapers", {**LISTING, "dailyPapers": []})))
    assert (found.rejects.height, found.documents["read_count"].to_list(), found.documents["listed_on"].to_list()) == (0, [0], [date(2024, 8, 1)])


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><title>My notes</title><a href='https://huggingface.co/papers'>papers</a>",
        "SOURCE-URL: https://huggingface.co/papers/2407.90001\n" + raw_tag("PaperContent", PAPER),
        "<?xml version='1.0'?><a/>",
    ],
)
def test_other_pages_are_left_to_others(text: str) -> None:
    found = recognize(text.encode())
    assert isinstance(found, Reject) or found.name != "hf_html"
