import re
from datetime import UTC, datetime, timedelta

import pytest

from warehouse.errors import InputError


@pytest.fixture
def hf(serve, settings):
    site = serve("Hf")
    site.days = {"2025-01-01": [{"paper": {"id": "2501.00001"}}], "2025-01-02": [{"paper": {"id": f"2501.{n:05}"}} for n in range(100, 330)]}
    settings(hf_url=site.url)
    return site


def today(back=0):
    return str((datetime.now(UTC) - timedelta(days=back)).date())


def test_each_day_is_one_request_and_full_pages_are_followed(hf, fetch, landed) -> None:
    facts = fetch("hf", "2025-01-01", "2025-01-03")
    assert [(query["date"], query.get("p")) for query in hf.queries] == [
        ("2025-01-01", None),
        ("2025-01-02", None),
        ("2025-01-02", "1"),
        ("2025-01-02", "2"),
        ("2025-01-03", None),
    ]
    assert all(query["limit"] == "100" for query in hf.queries)
    assert (facts["requests"], facts["new"], facts["records"], facts["empty"], facts["exit_status"]) == (5, 4, 231, 1, 0)
    assert len(landed()) == 4


def test_a_document_says_where_and_when_it_was_seen(hf, fetch, landed, home) -> None:
    before = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    fetch("hf", "2025-01-01", "2025-01-01")
    [(note, content)] = landed()
    assert content == b'[{"paper": {"id": "2501.00001"}}]'
    assert note["url"] == note["path"] == f"{hf.url}/api/daily_papers?date=2025-01-01&limit=100"
    assert note["observed_at_source"] == "fetch"
    assert before <= datetime.fromisoformat(note["observed_at"]) <= before + timedelta(seconds=5)
    assert note["bytes"] == len(content)
    assert (note["fetch"]["status"], note["fetch"]["content_type"]) == (200, "application/json")
    assert note["fetch"]["etag"] == note["fetch"]["headers"]["etag"]


def test_every_request_says_who_asks(hf, fetch) -> None:
    fetch("hf", "2025-01-01", "2025-01-01")
    assert re.fullmatch(r"paperhouse/\d+\.\d+\.\d+ \(\+mailto:librarian@example\.org\)", hf.asked[0][2]["user-agent"])
    assert hf.asked[0][2]["host"] == f"127.0.0.1:{hf.port}"


def test_without_a_contact_nothing_is_asked(hf, fetch, settings) -> None:
    settings(contact="")
    with pytest.raises(InputError, match="whom to write to: set contact = "):
        fetch("hf", "2025-01-01", "2025-01-01")
    assert hf.asked == []


def test_days_that_have_landed_are_not_asked_again(hf, fetch) -> None:
    fetch("hf", "2025-01-01", "2025-01-02")
    hf.asked.clear()
    facts = fetch("hf", "2024-12-31", "2025-01-03")
    assert [query["date"] for query in hf.queries] == ["2024-12-31", "2025-01-03"]
    assert facts["new"] == 0
    assert facts["empty"] == 2


def test_again_asks_them_and_identical_bytes_stay_one_document(hf, fetch, landed) -> None:
    fetch("hf", "2025-01-01", "2025-01-02")
    facts = fetch("hf", "2025-01-01", "2025-01-02", is_again=True)
    assert (facts["requests"], facts["new"], facts["known"]) == (4, 0, 4)
    assert len(landed()) == 4


def test_a_recent_day_is_asked_again_on_condition(hf, fetch, landed, journal) -> None:
    hf.days[today()] = [{"paper": {"id": "2611.00001"}}]
    hf.days[today(3)] = [{"paper": {"id": "2611.00002"}}]
    fetch("hf", today(3), today())
    hf.asked.clear()
    facts = fetch("hf", today(3), today())
    # Three days ago is settled; today, yesterday and the day before still grow.
    assert [query["date"] for query in hf.queries] == [today(2), today(1), today()]
    assert "if-none-match" in hf.asked[-1][2]
    assert (facts["unchanged"], facts["empty"], facts["new"]) == (1, 2, 0)
    hf.days[today()].append({"paper": {"id": "2611.00003"}})
    facts = fetch("hf", today(3), today())
    assert facts["new"] == 1
    assert len(landed()) == 3
    assert [entry["event"] for entry in journal() if entry["days"][0] == today()] == ["landed", "unchanged", "landed"]


def test_a_full_page_that_is_unchanged_is_followed_all_the_same(hf, fetch) -> None:
    hf.days[today()] = [{"paper": {"id": f"2611.{n:05}"}} for n in range(150)]
    fetch("hf", today(), today())
    hf.days[today()].append({"paper": {"id": "2611.99999"}})
    facts = fetch("hf", today(), today())
    assert (facts["unchanged"], facts["new"]) == (1, 1)


def test_without_from_it_goes_on_where_the_last_fetch_ended(hf, fetch) -> None:
    with pytest.raises(InputError, match="fetch hf: nothing has landed from it yet; say from which day on: --from "):
        fetch("hf")
    fetch("hf", today(20), today(10))
    hf.asked.clear()
    fetch("hf")
    assert [query["date"] for query in hf.queries] == [today(n) for n in range(9, -1, -1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"first": "2025-02-01", "last": "2025-01-01"}, r"--from: 2025-02-01 is after 2025-01-01 \(--to\)"),
        ({"first": "2025-02-30"}, "--from: '2025-02-30' is no day; write it as 2025-01-31"),
        ({"first": "2025-01-01", "last": "2999-01-01"}, "--to: 2999-01-01 lies ahead"),
        ({"first": "2025-01-01", "set_name": "cs"}, "fetch hf: --set has no meaning here; hf heeds --from, --to, --id"),
        ({"ids": ["../../etc"]}, "--id: '../../etc' is no arXiv id"),
        ({"ids": ["2405.15738"], "first": "2025-01-01"}, "--id: it names papers and not days"),
    ],
)
def test_what_cannot_be_asked_is_said_and_not_asked(hf, fetch, home, options, message) -> None:
    with pytest.raises(InputError, match=message):
        fetch("hf", **options)
    assert hf.asked == []
    assert not home.exists()


def test_single_papers_are_asked_for_by_id(hf, fetch, landed, answers) -> None:
    hf.routes["/api/papers/2405.15738"] = answers.of(200, b'{"id":"2405.15738","title":"Ladders"}', Last_Modified="Wed, 01 Jan 2025 00:00:00 GMT")
    facts = fetch("hf", ids=["2405.15738", "2405.99999", "2405.15738"])
    assert (facts["requests"], facts["new"], facts["exit_status"]) == (2, 1, 0)
    assert facts["failed"] == [{"about": "the paper 2405.99999", "reason": 'HTTP 404; it says: {"error":"not found"}'}]
    fetch("hf", ids=["2405.15738"])
    assert hf.asked[-1][2]["if-modified-since"] == "Wed, 01 Jan 2025 00:00:00 GMT"


def test_a_day_that_is_refused_is_said_once_and_not_asked_again(hf, fetch, answers) -> None:
    hf.faults = [None, answers.of(400, b'{"error":"Invalid date"}')]
    facts = fetch("hf", "2025-01-01", "2025-01-03")
    assert facts["requests"] == 3
    assert facts["failed"] == [{"about": "the listing of 2025-01-02", "reason": 'HTTP 400; it says: {"error":"Invalid date"}'}]
    assert facts["exit_status"] == 0
    facts = fetch("hf", "2025-01-01", "2025-01-03")
    assert (facts["requests"], facts["failed"], facts["exit_status"]) == (0, [], 0)
    assert fetch("hf", "2025-01-01", "2025-01-03", is_plan=True)["days_failed"] == 1
    assert fetch("hf", "2025-01-02", "2025-01-02", is_again=True)["new"] == 3


def test_a_wrong_address_is_not_asked_for_every_day(hf, fetch, settings) -> None:
    settings(hf_url=f"{hf.url}/nowhere")
    facts = fetch("hf", "2025-01-01", "2025-01-31")
    assert facts["requests"] == 3
    assert facts["stopped"] == "hf, the listing of 2025-01-03: 3 requests were refused one after the other; is the address right?"
    assert facts["exit_status"] == 2
    # That said nothing of the days: with the right address they are asked.
    settings(hf_url=hf.url)
    assert fetch("hf", "2025-01-01", "2025-01-03")["records"] == 231


def test_a_day_refused_alone_is_asked_again(hf, fetch, answers) -> None:
    hf.faults = [answers.of(404)]
    assert fetch("hf", "2025-01-01", "2025-01-01")["exit_status"] == 2
    assert fetch("hf", "2025-01-01", "2025-01-01")["new"] == 1


def test_a_recent_day_that_is_refused_is_asked_again(hf, fetch, answers) -> None:
    hf.days[today(1)] = hf.days[today()] = [{"paper": {"id": "2611.00001"}}]
    hf.faults = [None, answers.of(400, b'{"error":"Invalid date"}')]
    assert fetch("hf", today(1), today())["failed"]
    assert fetch("hf", today(), today())["known"] == 1


# A Saturday of which the source has no listing, and what it may do then.
SATURDAY, FRIDAY = "2025-01-04", "2025-01-03"


def of_friday(number):
    return {"paper": {"id": f"2501.0000{number}", "submittedOnDailyAt": f"{FRIDAY}T08:00:00.000Z"}, "title": "On Fridays"}


@pytest.mark.parametrize("target", [f"/api/daily_papers?date={FRIDAY}&limit=100", f"/papers/date/{FRIDAY}", f"//example.org/papers/date/{FRIDAY}"])
def test_a_day_that_leads_to_another_is_not_stored_and_not_asked_for_ever(hf, fetch, answers, landed, journal, target) -> None:
    hf.days[FRIDAY] = [of_friday(1)]
    hf.faults = [None, answers.of(302, b"", Location=target)]
    facts = fetch("hf", FRIDAY, SATURDAY)
    assert (facts["requests"], facts["new"], facts["elsewhere"], facts["exit_status"]) == (2, 1, 1, 0)
    assert len(landed()) == 1
    assert journal()[-1]["event"] == "elsewhere"
    assert fetch("hf", FRIDAY, SATURDAY)["requests"] == 0


def test_an_answer_for_another_day_is_not_stored_and_not_asked_for_ever(hf, fetch, landed, journal) -> None:
    hf.days[FRIDAY] = hf.days[SATURDAY] = [of_friday(1)]
    facts = fetch("hf", FRIDAY, SATURDAY)
    assert (facts["requests"], facts["new"], facts["known"], facts["elsewhere"]) == (2, 1, 0, 1)
    assert journal()[-1]["reason"] == f"the answer is the listing of {FRIDAY}"
    assert [note["url"] for note, _ in landed()] == [f"{hf.url}/api/daily_papers?date={FRIDAY}&limit=100"]
    assert fetch("hf", FRIDAY, SATURDAY)["requests"] == 0


def test_a_recent_day_that_has_no_listing_yet_is_asked_again(hf, fetch) -> None:
    hf.days[today()] = [of_friday(1)]
    assert fetch("hf", today(), today())["elsewhere"] == 1
    hf.days[today()] = [{"paper": {"id": "2611.00001", "submittedOnDailyAt": f"{today()}T08:00:00.000Z"}}]
    assert fetch("hf", today(), today())["new"] == 1


def test_an_object_where_a_listing_belongs_stops_the_fetch_and_is_asked_again(hf, fetch, answers) -> None:
    hf.faults = [answers.of(200, b'{"error":"sorry"}')]
    facts = fetch("hf", "2025-01-01", "2025-01-01")
    assert facts["stopped"] == "hf, the listing of 2025-01-01: the answer is no listing but dict"
    assert fetch("hf", "2025-01-01", "2025-01-01")["new"] == 1


def test_the_plan_asks_nothing_and_makes_nothing(hf, fetch, home, settings) -> None:
    facts = fetch("hf", "2025-01-01", "2025-01-31", is_plan=True)
    assert hf.asked == []
    assert not home.exists()
    assert (facts["requests"], facts["days_landed"]) == (31, 0)
    assert facts["quota"] == {"units": 500, "unit": "requests", "per": "300 s", "used": 31, "share": 0.062}
    fetch("hf", "2025-01-01", "2025-01-02")
    facts = fetch("hf", "2025-01-01", "2025-01-31", is_plan=True)
    assert (facts["requests"], facts["days_landed"]) == (29, 2)
    # A long fetch uses in each 300 s what its pace lets through.
    settings(hf_pace_seconds=1)
    assert fetch("hf", "2020-01-01", "2024-12-31", is_plan=True)["quota"]["share"] == 0.6
