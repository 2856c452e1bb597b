"""Answers of Hugging Face's papers API: the fields by value for every vintage and every kind of answer, each trap, each reject."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest

from transforms.bronze import Bronze
from transforms.content import Content
from transforms.parsed import Capture, Limits, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import Format
from transforms.sources.hf_json import parse

Read = Callable[..., Bronze]

OLD: dict[str, Any] = {
    "paper": {
        "id": "2405.90001",
        "authors": [
            {
                "_id": "a1",
                "user": {"avatarUrl": "/avatars/a.svg", "isPro": False, "fullname": "Ada Löwe", "user": "adal", "type": "user"},
                "name": "Ada Löwe",
                "status": "admin_assigned",
                "statusLastChangedAt": "2024-05-27T07:54:25.329Z",
                "hidden": False,
            },
            {"_id": "a2", "name": "Bo Ek", "hidden": True},
            {"_id": "a3", "name": "Cy Dahl", "hidden": False},
        ],
        "publishedAt": "2024-05-24T17:34:15.000Z",
        "title": "House Plants as Backbones for Slow\n  Models",
        "summary": "High shelves\nhelp.",
        "upvotes": 32,
    },
    "publishedAt": "2024-05-27T03:50:58.348Z",
    "title": "House Plants as Backbones for Slow Models",
    "mediaUrl": "https://cdn.example/2405.90001.png",
    "numComments": 3,
}
NEW: dict[str, Any] = {
    "paper": {
        "id": "2602.90010",
        "authors": [{"_id": "b1", "name": "Dee Falk", "hidden": False}],
        "mediaUrls": ["https://cdn.example/x.webp"],
        "publishedAt": "2026-02-26T17:08:18.000Z",
        "submittedOnDailyAt": "2026-03-06T03:55:12.777Z",
        "title": "Large Lamps",
        "submittedOnDailyBy": {
            "_id": "u1",
            "avatarUrl": "/avatars/u.svg",
            "isPro": False,
            "fullname": "Dee",
            "user": "dee",
            "type": "user",
            "name": "dee",
        },
        "summary": "Which lamp?",
        "upvotes": 10,
        "discussionId": "d1",
        "projectPage": "https://lamps.example/",
        "githubRepo": "https://github.com/dee/lamps",
        "githubRepoAddedBy": "user",
        "ai_summary": "Lamps are large.",
        "ai_keywords": ["lamp"],
        "githubStars": 9,
        "organization": {"_id": "o1", "name": "LampLab", "fullname": "The Lamp Laboratory", "avatar": "https://cdn.example/o.png"},
    },
    "publishedAt": "2026-02-26T12:08:18.000Z",
    "title": "Large Lamps",
    "summary": "Which lamp?",
    "mediaUrls": ["https://cdn.example/x.webp"],
    "thumbnail": "https://cdn.example/t.png",
    "numComments": 1,
    "submittedBy": {"_id": "u1", "fullname": "Dee", "name": "dee", "isHfAdmin": False, "followerCount": 1},
    "organization": {"_id": "o1", "name": "LampLab", "fullname": "The Lamp Laboratory", "avatar": "https://cdn.example/o.png"},
    "isAuthorParticipating": False,
}
FLAT = {**NEW["paper"], "linkedModels": [{"modelId": "dee/lamp"}], "numTotalModels": 1, "thumbnailUrl": "https://cdn.example/t.png"}


def changed(item: dict[str, Any], **paper: Any) -> dict[str, Any]:
    """The item with other values in its paper; None takes a key out."""
    found = deepcopy(item)
    found["paper"].update(paper)
    found["paper"] = {name: value for name, value in found["paper"].items() if value is not None}
    return found


def only(found: Bronze) -> dict[str, Any]:
    assert found.rejects.is_empty(), found.rejects["reason"].to_list()
    (record,) = found.records.rows(named=True)
    return record


def document(found: Bronze) -> dict[str, Any]:
    (row,) = found.documents.rows(named=True)
    return row


def listing(found: Bronze) -> tuple[Any, ...]:
    row = document(found)
    return row["listed_on"], row["listed_on_is_inferred"], row["listing_state"]


def reject(found: Bronze) -> dict[str, Any]:
    (row,) = found.rejects.rows(named=True)
    return row


def test_the_oldest_vintage_by_value(read: Read) -> None:
    found = read(json.dumps([OLD], indent=4))
    record = only(found)
    assert document(found)["format"] == "hf_json"
    shown = {name: value for name, value in record.items() if value is not None and name not in ("record_id", "document_id", "authors", "rest")}
    assert shown == {
        "source": "hf",
        "position": 1,
        "byte_offset": 6,
        "byte_length": len(json.dumps([OLD], indent=4)) - 8,
        "source_id": "2405.90001",
        "arxiv_id": "2405.90001",
        "title": "House Plants as Backbones for Slow\n  Models",
        "abstract": "High shelves\nhelp.",
        "published_on": "2024-05-24T17:34:15.000Z",
        "listed_at": "2024-05-27T03:50:58.348Z",
        "upvote_count": 32,
        "comment_count": 3,
    }
    assert json.loads(record["authors"]) == [{"name": "Ada Löwe", "id": "a1"}, {"name": "Bo Ek", "id": "a2"}, {"name": "Cy Dahl", "id": "a3"}]
    first = OLD["paper"]["authors"][0]
    assert json.loads(record["rest"]) == {
        "title": "House Plants as Backbones for Slow Models",
        "mediaUrl": "https://cdn.example/2405.90001.png",
        "paper": {"authors": {"1": {name: first[name] for name in ("user", "status", "statusLastChangedAt")}, "2": {"hidden": True}}},
    }
    assert listing(found) == (date(2024, 5, 27), False, "normal")


def test_the_current_vintage_by_value(read: Read) -> None:
    found = read(json.dumps([NEW]))
    record = only(found)
    shown = {name: record[name] for name in ("source_id", "title", "abstract", "upvote_count", "comment_count", "star_count", "listed_at")}
    assert shown == {
        "source_id": "2602.90010",
        "title": "Large Lamps",
        "abstract": "Which lamp?",
        "upvote_count": 10,
        "comment_count": 1,
        "star_count": 9,
        "listed_at": "2026-03-06T03:55:12.777Z",
    }
    assert (record["organization_handle"], record["organization_name"], record["status"]) == ("LampLab", "The Lamp Laboratory", None)
    assert json.loads(record["links"]) == [
        {"url": "https://github.com/dee/lamps", "rel": "code"},
        {"url": "https://lamps.example/", "rel": "project"},
    ]
    paper = {
        name: NEW["paper"][name] for name in ("mediaUrls", "submittedOnDailyBy", "discussionId", "githubRepoAddedBy", "ai_summary", "ai_keywords")
    }
    assert json.loads(record["rest"]) == {
        # A clock in New York, no time of the listing: it goes nowhere else.
        "publishedAt": "2026-02-26T12:08:18.000Z",
        **{name: NEW[name] for name in ("thumbnail", "submittedBy", "isAuthorParticipating")},
        "paper": {**paper, "organization": {"_id": "o1", "avatar": "https://cdn.example/o.png"}},
    }
    assert listing(found) == (date(2026, 3, 6), False, "normal")


@pytest.mark.parametrize("value", [FLAT, [FLAT], [NEW], NEW, {"data": [NEW], "count": 1}], ids=["alone", "list", "listing", "item alone", "wrapped"])
def test_the_paper_is_the_same_in_every_answer(read: Read, value: Any) -> None:
    record = only(read(json.dumps(value)))
    expected = only(read(json.dumps([NEW])))
    same = ("source_id", "arxiv_id", "title", "abstract", "authors", "published_on", "listed_at", "upvote_count", "star_count", "links")
    assert [record[name] for name in same] == [expected[name] for name in same]
    assert record["organization_handle"] == "LampLab"


def test_a_paper_alone_is_no_listing_and_keeps_what_is_linked(read: Read) -> None:
    found = read(json.dumps(FLAT), name="2026-03-06.json")
    rest = json.loads(only(found)["rest"])
    assert (rest["linkedModels"], rest["numTotalModels"]) == ([{"modelId": "dee/lamp"}], 1)
    assert listing(found) == (None, None, "normal")
    assert found.paths.filter(~found.paths["is_known"]).is_empty()


def test_the_name_of_four_days_is_an_organisation_too(read: Read) -> None:
    item = changed(NEW, organization=None)
    item["submitterOrganization"] = item.pop("organization")
    record = only(read(json.dumps([item])))
    assert (record["organization_handle"], record["organization_name"]) == ("LampLab", "The Lamp Laboratory")
    assert json.loads(record["rest"])["submitterOrganization"] == {"_id": "o1", "avatar": "https://cdn.example/o.png"}


def test_a_withdrawn_paper_says_so(read: Read) -> None:
    record = only(read(json.dumps([changed(NEW, withdrawnAt="2026-03-07T00:00:00.000Z")])))
    assert record["status"] == "withdrawn"
    assert json.loads(record["rest"])["paper"]["withdrawnAt"] == "2026-03-07T00:00:00.000Z"


# Damaged captures


@pytest.mark.parametrize("wrap", [False, True])
def test_printed_python_is_read_again(read: Read, wrap: bool) -> None:
    item = changed(OLD, title='It\'s "so" \\ étrange\u200b 😀')
    strings = [str(item), str(changed(OLD, id="2405.90002"))]
    value = {"status": "success", "date": "2025-01-10", "count": 2, "data": strings} if wrap else strings
    text = json.dumps(value, indent=4)
    found = read(text)
    assert found.rejects.is_empty()
    first, second = found.records.sort("position").rows(named=True)
    expected = only(read(json.dumps([item])))
    differs = ("record_id", "document_id", "byte_offset", "byte_length")
    assert {name: value for name, value in first.items() if name not in differs} == {k: v for k, v in expected.items() if k not in differs}
    assert (second["source_id"], second["position"]) == ("2405.90002", 2)
    assert json.loads(text.encode()[first["byte_offset"] :][: first["byte_length"]]) == strings[0]
    assert listing(found) == ((date(2025, 1, 10), False, "normal") if wrap else (date(2024, 5, 27), False, "normal"))


def test_json_within_json_is_read_too(read: Read) -> None:
    assert only(read(json.dumps([json.dumps(OLD)])))["source_id"] == "2405.90001"


def test_no_python_is_run(read: Read) -> None:
    found = read(json.dumps([str(OLD), "{'paper': {'id': '1', 'title': open('/etc/passwd')}}"]))
    assert found.records.height == 1
    assert (reject(found)["code"], reject(found)["position"]) == ("malformed", 2)


def test_a_wrapped_answer_that_has_fewer_than_it_counts_is_cut(read: Read) -> None:
    assert listing(read(json.dumps({"status": "success", "date": "2025-01-10", "count": 9, "data": [str(OLD)]})))[2] == "truncated"


@pytest.mark.parametrize(("printed", "text"), [("2503.02130", "2503.02130"), ("704.0010", "704.0010"), ("250302130", "250302130")])
def test_an_id_written_as_a_number_keeps_its_digits(read: Read, printed: str, text: str) -> None:
    raw = json.dumps([OLD]).replace('"2405.90001"', printed)
    for data in (raw, json.dumps([str(OLD).replace("'2405.90001'", printed)])):
        record = only(read(data))
        assert (record["source_id"], record["arxiv_id"]) == (text, text)
        found = read(data).paths.filter(~read(data).paths["is_known"])
        assert found["path"].to_list() == ["paper.id"]


# Days


def test_a_clock_in_new_york_dates_no_listing(read: Read) -> None:
    item = changed(NEW, submittedOnDailyAt=None)
    for hours in ("12", "13"):
        item["publishedAt"] = f"2026-02-26T{hours}:08:18.000Z"
        found = read(json.dumps([item]))
        assert (only(found)["listed_at"], *listing(found)) == (None, None, None, "normal")
    assert listing(read(json.dumps([item]), name="2025-03-11.json")) == (date(2025, 3, 11), True, "normal")
    assert listing(read(json.dumps([item]), name="2025-03-10_2025-03-11.json"))[0] is None
    assert listing(read(json.dumps([item]), name="2025-02-30.json"))[0] is None


def test_the_items_are_believed_before_the_name(read: Read) -> None:
    assert listing(read(json.dumps([NEW]), name="2026-03-07.json")) == (date(2026, 3, 6), False, "normal")


@pytest.mark.parametrize(
    ("times", "day"),
    [
        (["2024-05-26T22:10:00.000Z", "2024-05-27T03:00:00.000Z"], (date(2024, 5, 27), False)),
        (["2024-05-27T03:00:00.000Z", "2024-05-27T22:08:02.071Z"], (date(2024, 5, 27), False)),
        (["2024-05-26T22:10:00.000Z", "2024-05-26T23:59:00.000Z"], (date(2024, 5, 27), True)),
        (["2024-05-27T03:00:00.000Z", "2024-05-30T03:00:00.000Z"], (None, None)),
    ],
    ids=["evening before", "added late", "all in the evening before", "several days"],
)
def test_a_day_begins_in_the_evening_before(read: Read, times: list[str], day: tuple[date | None, bool | None]) -> None:
    items = [{**OLD, "publishedAt": time} for time in times]
    assert listing(read(json.dumps(items)))[:2] == day


def test_a_search_is_of_no_day(read: Read) -> None:
    items = [NEW, changed(NEW, id="2602.90011", submittedOnDailyAt="2026-03-01T03:00:00.000Z")]
    assert listing(read(json.dumps(items), name="2026-03-06.json")) == (None, None, "normal")
    for url in ("https://huggingface.co/api/papers/search?q=lamp", "https://huggingface.co/api/daily_papers?week=2026-W10"):
        assert listing(read(json.dumps([NEW]), url=url))[0] is None


def test_an_empty_day_is_a_listing(read: Read) -> None:
    found = read(" []\n", name="2024-06-01.json")
    row = document(found)
    assert (row["format"], row["read_count"], row["rejected_count"]) == ("hf_json", 0, 0)
    assert listing(found) == (date(2024, 6, 1), True, "normal")


@pytest.mark.parametrize(
    ("count", "url", "state"),
    [
        (49, None, "normal"),
        (50, None, "truncated"),
        (51, None, "normal"),
        (100, None, "truncated"),
        (50, "https://huggingface.co/api/daily_papers?date=2026-03-06&limit=100", "normal"),
        (50, "https://huggingface.co/api/daily_papers?date=2026-03-06", "truncated"),
        (100, "https://huggingface.co/api/daily_papers?limit=500", "truncated"),
        (3, "https://huggingface.co/api/daily_papers?limit=3", "truncated"),
        (100, "https://huggingface.co/api/papers/search?q=lamp", "normal"),
    ],
)
def test_a_listing_as_long_as_it_may_be_is_cut(read: Read, count: int, url: str | None, state: str) -> None:
    items = [changed(NEW, id=f"2602.{90000 + number}") for number in range(count)]
    assert listing(read(json.dumps(items), url=url))[2] == state


# Faults


def test_a_capture_that_is_cut_off_keeps_what_is_before(read: Read) -> None:
    items = [changed(NEW, id=f"2602.9000{number}") for number in range(3)]
    text = json.dumps(items)
    cut = text[: text.rfind('"summary"')]
    found = read(cut)
    assert found.records["source_id"].to_list() == ["2602.90000", "2602.90001"]
    row = reject(found)
    assert (row["code"], row["position"]) == ("cut_off", 3)
    assert row["reason"] == "element 3: the document ends within it; fetch the listing again, or mend the file"
    assert cut[row["byte_offset"] :][: row["byte_length"]] == row["raw"]
    assert row["raw"].startswith('{"paper": {"id": "2602.90002"')
    assert listing(found) == (date(2026, 3, 6), False, "truncated")


def test_a_capture_cut_between_two_elements_lacks_its_end(read: Read) -> None:
    found = read(json.dumps([NEW])[:-1] + ", ")
    assert (found.records.height, found.rejects.height, listing(found)[2]) == (1, 0, "truncated")


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        ("null", "malformed", "null, no object with a paper"),
        ("[1]", "malformed", "an array, no object with a paper"),
        ('{"error": "x"}', "malformed", "an object with no paper in it (its keys: error)"),
        ('"nothing"', "malformed", "a text in which no printed object can be read"),
        ('{"paper": null, "title": "T"}', "malformed", "an object with no paper in it"),
        ('{"paper": {"id": "2602.90012", "title": " \\u200b"}}', "no_title", "a paper with no title"),
        ('{"paper": {"id": "2602.90012", "title": 7}}', "no_title", "a paper with no title"),
        ('{"paper": {"id": "2602.90012", "title": "T}}', "malformed", "no JSON"),
        ('{"paper": {"id": "2602.90012", "title": "T"}', "malformed", "no JSON"),
        ('{"paper": {"id": "2602.90012" "title": "T"}}', "malformed", "no JSON"),
        ('{"paper": {"id": "2602.90012", "title": "T\n"}}', "malformed", "no JSON"),
        ('{"paper": {"title": "T", "x": ' + "[" * 300 + "]" * 300 + "}}", "malformed", "nested"),
    ],
)
def test_a_fault_costs_its_own_item_only(read: Read, damage: str, code: str, words: str) -> None:
    text = f"[{json.dumps(OLD)}, {damage}, {json.dumps(NEW)}]"
    found = read(text)
    assert found.records.sort("position").select("position", "source_id").rows() == [(1, "2405.90001"), (3, "2602.90010")]
    row = reject(found)
    assert (row["code"], row["position"], row["raw"]) == (code, 2, damage)
    assert row["reason"].startswith("element 2: ")
    assert words in row["reason"]
    assert document(found)["read_count"] == 3


def test_a_missing_comma_costs_nothing(read: Read) -> None:
    found = read(f"[{json.dumps(OLD)} {json.dumps(NEW)}]")
    assert found.records["source_id"].to_list() == ["2405.90001", "2602.90010"]
    assert found.rejects.is_empty()


def test_a_bad_byte_costs_its_own_item_only(read: Read) -> None:
    raw = json.dumps([OLD, NEW], ensure_ascii=False).encode().replace("ö".encode(), b"\xf6")
    found = read(raw)
    assert found.records["source_id"].to_list() == ["2602.90010"]
    assert (reject(found)["code"], reject(found)["position"]) == ("not_utf8", 1)
    assert "byte 0xF6 is not UTF-8" in reject(found)["reason"]


def test_what_stands_behind_the_end_is_named(read: Read) -> None:
    found = read(json.dumps([OLD]) + "\n</pre>\n")
    assert found.records.height == 1
    assert (reject(found)["code"], reject(found)["position"], reject(found)["raw"]) == ("malformed", 2, "</pre>")


@pytest.mark.parametrize("text", ['{"error":"Paper not found"}', '{ "error": "✖ Too big: expected number to be <=100\\n  → at limit"}'])
def test_an_error_is_no_listing(read: Read, text: str) -> None:
    found = read(text)
    assert (reject(found)["code"], reject(found)["position"]) == ("error_answer", None)
    assert json.loads(text)["error"] in reject(found)["reason"]


# Odd values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("summary", ["a"]),
        ("upvotes", "12"),
        ("upvotes", 2**70),
        ("upvotes", True),
        ("githubStars", 1.5),
        ("githubRepo", {"url": "x"}),
        ("publishedAt", 5),
        ("organization", "LampLab"),
        ("organization", {"name": 3}),
        ("authors", "Ada"),
        ("authors", {"name": "Ada"}),
        ("id", ["x"]),
        ("brand_new", {"of": ["upstream"]}),
    ],
)
def test_what_has_an_odd_type_is_kept_beside(read: Read, name: str, value: Any) -> None:
    item = changed(NEW, **{name: value})
    item.pop("organization")
    item.pop("summary")
    found = read(json.dumps([item]))
    assert json.loads(only(found)["rest"])["paper"][name] == value
    unknown = found.paths.filter(~found.paths["is_known"])["path"].to_list()
    # An object that lacks most of its fields is no new path, a number too large for a column is a number all the same.
    assert f"paper.{name}" in unknown or (name, value) in [("organization", {"name": 3}), ("upvotes", 2**70)]


def test_odd_authors_are_kept_under_their_number(read: Read) -> None:
    authors = [
        {"name": "Ada", "_id": 7},
        "Bo Ek",
        {"_id": "x"},
        None,
        {"name": " ", "hidden": False},
        {"name": "Cy", "hidden": False, "role": "lead"},
    ]
    record = only(read(json.dumps([changed(OLD, authors=authors)])))
    assert json.loads(record["authors"]) == [{"name": "Ada"}, {"name": "Bo Ek"}, {"name": "Cy"}]
    assert json.loads(record["rest"])["paper"]["authors"] == {
        "1": {"_id": 7},
        "3": {"_id": "x"},
        "4": None,
        "5": {"name": " ", "hidden": False},
        "6": {"role": "lead"},
    }


def test_an_outer_title_stands_in_for_a_missing_one(read: Read) -> None:
    assert only(read(json.dumps([changed(OLD, title=None)])))["title"] == "House Plants as Backbones for Slow Models"


def test_a_lone_surrogate_does_no_harm(read: Read) -> None:
    assert only(read(json.dumps([changed(OLD, title="A \ud800 B")])))["title"] == "A \ufffd B"
    assert only(read(json.dumps([str(changed(OLD, title="A \ud800 B"))])))["title"] == "A \ufffd B"


# Recognition


@pytest.mark.parametrize(
    "value",
    [
        {"id": "W1", "title": "T", "authorships": []},
        [{"id": "x", "title": "T", "abstract": "A", "authors": ["A"]}],
        {"id": "0704.0001", "title": "T", "abstract": "A", "authors": "A", "versions": []},
        {"items": [{"DOI": "10.1/x"}]},
        {"data": [{"paperId": "1", "title": "T"}], "total": 1},
        {"error": "Something else"},
        ["a", "b"],
        [[]],
    ],
)
def test_other_json_is_left_to_others(value: Any) -> None:
    found = recognize(json.dumps(value).encode())
    assert isinstance(found, Reject) or found.name != "hf_json"


@pytest.mark.parametrize(
    "value", [[NEW], [OLD], FLAT, [FLAT], NEW, [str(OLD)], {"status": "success", "date": "2025-01-10", "count": 1, "data": [str(OLD)]}]
)
@pytest.mark.parametrize("indent", [None, 4])
def test_every_kind_of_answer_is_known_by_its_first_bytes(value: Any, indent: int | None) -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(value, indent=indent).encode()
    # Half of it is enough, wherever that ends.
    for head in (raw, raw[: len(raw) // 2]):
        found = recognize(head)
        assert isinstance(found, Format)
        assert found.name == "hf_json"


def test_a_record_too_large_is_refused_alone() -> None:
    large = changed(OLD, summary="x" * 5000)
    told = Told(Capture(datetime(2026, 1, 1), "modified"), Limits(max_record_bytes=3000))
    found = [part for part in parse(Content.of(json.dumps([OLD, large, str(large), NEW]).encode()), told) if isinstance(part, Record | Reject)]
    assert [getattr(part, "code", None) for part in found] == [None, "record_too_large", "record_too_large", None]
    assert "setting max_record_bytes" in found[1].reason
