"""OpenAlex and Crossref: cursors, credits, paces."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from warehouse.errors import InputError


@pytest.fixture
def openalex(serve, settings):
    site = serve("OpenAlex")
    settings(openalex_url=site.url)
    return site


@pytest.fixture
def crossref(serve, settings):
    site = serve("Crossref")
    settings(crossref_url=site.url)
    return site


def test_openalex_pages_by_cursor_over_the_whole_span(openalex, fetch, landed) -> None:
    facts = fetch("openalex", "2025-01-01", "2025-01-31", filter_text="type:article")
    assert openalex.queries[0] == {
        "filter": "from_publication_date:2025-01-01,to_publication_date:2025-01-31,type:article",
        "per_page": "100",
        "cursor": "*",
    }
    # The last page has no work, and says so.
    assert [query["cursor"] for query in openalex.queries] == ["*", "at100", "at200", "at300"]
    assert (facts["requests"], facts["new"], facts["records"], facts["empty"]) == (4, 3, 250, 1)
    assert sum(len(json.loads(content)["results"]) for _, content in landed()) == 250


def test_openalex_by_the_day_of_the_update(openalex, fetch) -> None:
    fetch("openalex", "2025-01-01", "2025-01-31", by="updated")
    assert openalex.queries[0]["filter"] == "from_updated_date:2025-01-01,to_updated_date:2025-01-31"


def test_openalex_asks_only_for_days_that_have_not_landed(openalex, fetch) -> None:
    fetch("openalex", "2025-01-10", "2025-01-20")
    openalex.asked.clear()
    fetch("openalex", "2025-01-01", "2025-01-31")
    spans = [query["filter"] for query in openalex.queries if query["cursor"] == "*"]
    assert spans == [
        "from_publication_date:2025-01-01,to_publication_date:2025-01-09",
        "from_publication_date:2025-01-21,to_publication_date:2025-01-31",
    ]


def test_openalex_stops_when_its_credits_are_used_up_and_goes_on_the_next_day(openalex, fetch, landed) -> None:
    openalex.credits = 25
    facts = fetch("openalex", "2025-01-01", "2025-01-31")
    assert facts["requests"] == 3
    assert (facts["new"], facts["exit_status"]) == (2, 1)
    assert "the quota is used up (HTTP 429); it is renewed at " in facts["stopped"]
    assert "Insufficient credits" in facts["stopped"]
    openalex.credits, openalex.asked[:] = 1000, []
    facts = fetch("openalex", "2025-01-01", "2025-01-31")
    assert [query["cursor"] for query in openalex.queries] == ["at200", "at300"]
    assert len(landed()) == 3
    assert fetch("openalex", "2025-01-01", "2025-01-31")["requests"] == 0


def test_openalex_waits_where_it_was_only_asked_too_fast(openalex, fetch, answers) -> None:
    openalex.faults = [answers.of(429, b'{"error":"Rate limit exceeded"}', X_RateLimit_Remaining="900", X_RateLimit_Reset="32400", Retry_After="0.3")]
    assert fetch("openalex", "2025-01-01", "2025-01-31")["records"] == 250
    assert openalex.at[1] - openalex.at[0] >= 0.3


def test_openalex_begins_a_span_anew_when_it_refuses_its_cursor(openalex, fetch, answers) -> None:
    openalex.faults = [None, answers.of(400, b'{"error":"Invalid cursor"}')]
    facts = fetch("openalex", "2025-01-01", "2025-01-31")
    assert [query["cursor"] for query in openalex.queries] == ["*", "at100", "*", "at100", "at200", "at300"]
    assert (facts["new"], facts["known"], facts["exit_status"]) == (3, 1, 0)
    assert fetch("openalex", "2025-01-01", "2025-01-31")["requests"] == 0


def test_openalex_goes_on_with_a_span_that_a_bare_fetch_would_begin_behind(openalex, fetch) -> None:
    openalex.credits = 15
    assert fetch("openalex", "2025-01-01", "2025-01-31")["stopped"]
    openalex.credits = 1000
    openalex.asked.clear()
    fetch("openalex")
    assert openalex.queries[0]["cursor"] == "at100"
    assert openalex.queries[0]["filter"] == "from_publication_date:2025-01-01,to_publication_date:2025-01-31"


def test_openalex_says_when_the_quota_is_renewed(openalex, fetch) -> None:
    openalex.credits = 0
    facts = fetch("openalex", "2025-01-01", "2025-01-31")
    left = datetime.fromisoformat(facts["resumes_at"]) - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(seconds=32390) < left <= timedelta(seconds=32400)
    assert facts["exit_status"] == 1


def test_openalex_plan_gives_the_share_of_the_credits(openalex, fetch, settings) -> None:
    facts = fetch("openalex", "2025-01-01", "2025-01-31", is_plan=True)
    assert facts["quota"] == {"units": 1000, "unit": "credits", "per": "day", "used": 10, "share": 0.01}
    settings(openalex_key="k")
    assert fetch("openalex", "2025-01-01", "2025-01-31", is_plan=True)["quota"]["units"] == 100_000
    assert openalex.asked == []


def test_crossref_asks_day_by_day_and_follows_cursors(crossref, fetch, landed) -> None:
    facts = fetch("crossref", "2025-01-01", "2025-01-02", filter_text="type:journal-article")
    assert crossref.queries[0] == {
        "filter": "from-index-date:2025-01-01,until-index-date:2025-01-01,type:journal-article",
        "rows": "1000",
        "cursor": "*",
    }
    assert [query["cursor"] for query in crossref.queries] == ["*", "0+1000", "0+2000"] * 2
    assert (facts["requests"], facts["new"], facts["records"]) == (6, 6, 5000)
    assert "(+mailto:librarian@example.org)" in crossref.asked[0][2]["user-agent"]


def test_crossref_begins_a_day_anew_when_its_cursor_is_forgotten(crossref, fetch, landed, answers, settings) -> None:
    settings(retry_count=0)
    crossref.faults = [None, None, answers.of(504)]
    assert fetch("crossref", "2025-01-01", "2025-01-01")["waiting"] == 2
    crossref.expire()
    crossref.asked.clear()
    facts = fetch("crossref", "2025-01-01", "2025-01-01")
    assert [query["cursor"] for query in crossref.queries] == ["0+2000", "*", "1+1000", "1+2000"]
    assert (facts["records"], facts["exit_status"]) == (2500, 0)
    works = [item["DOI"] for _, content in landed() for item in json.loads(content)["message"]["items"]]
    assert len(works) == len(set(works)) == 2500


def test_crossref_pace_is_what_its_headers_say(crossref, fetch) -> None:
    crossref.pace = ("4", "1s")
    fetch("crossref", "2025-01-01", "2025-01-01")
    assert all(later - sooner >= 0.2 for sooner, later in zip(crossref.at, crossref.at[1:], strict=False))


@pytest.mark.parametrize("source", ["openalex", "crossref"])
def test_answers_without_a_list_of_works_stop_the_fetch(source, openalex, crossref, fetch, answers) -> None:
    site = {"openalex": openalex, "crossref": crossref}[source]
    site.faults = [answers.of(200, b'{"message":"hello"}')]
    assert "the answer is no list of works: it has no m" in fetch(source, "2025-01-01", "2025-01-01")["stopped"]


@pytest.mark.parametrize("source", ["openalex", "crossref"])
@pytest.mark.parametrize("text", ["a b", "a&api_key=x", "a\nb"])
def test_a_filter_that_is_none_is_refused(source, fetch, text) -> None:
    with pytest.raises(InputError, match=r"--filter: .* is no filter"):
        fetch(source, "2025-01-01", "2025-01-01", filter_text=text)
