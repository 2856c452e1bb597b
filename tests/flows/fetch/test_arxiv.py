import pytest

from warehouse.errors import InputError


@pytest.fixture
def oai(serve, settings):
    site = serve("Oai")
    # Seven papers on the first day (three pages), none on the second, two on the third.
    site.records = [(f"2501.{n:05}", "2025-01-01") for n in range(7)] + [("2501.00100", "2025-01-03"), ("2501.00101", "2025-01-03")]
    settings(arxiv_url=f"{site.url}/oai")
    return site


def ids(landed):
    import re

    return sorted(name for _, content in landed() for name in re.findall(r"<id>(.*?)</id>", content.decode()))


ALL = [*(f"2501.{n:05}" for n in range(7)), "2501.00100", "2501.00101"]


def test_each_day_is_a_list_of_its_own_whose_tokens_are_followed(oai, fetch, landed) -> None:
    facts = fetch("arxiv", "2025-01-01", "2025-01-03", set_name="cs:cs:CL")
    assert oai.queries[0] == {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": "2025-01-01", "until": "2025-01-01", "set": "cs:cs:CL"}
    assert oai.queries[1] == {"verb": "ListRecords", "resumptionToken": "0|2025-01-01|2025-01-01|3"}
    assert [query.get("from") for query in oai.queries] == ["2025-01-01", None, None, "2025-01-02", "2025-01-03"]
    assert (facts["requests"], facts["new"], facts["records"], facts["empty"], facts["exit_status"]) == (5, 4, 9, 1, 0)
    assert ids(landed) == ALL


def test_the_next_fetch_asks_only_for_what_is_missing(oai, fetch) -> None:
    fetch("arxiv", "2025-01-01", "2025-01-02")
    oai.asked.clear()
    facts = fetch("arxiv", "2024-12-31", "2025-01-03")
    assert [query.get("from") for query in oai.queries] == ["2024-12-31", "2025-01-03"]
    assert facts["records"] == 2
    oai.asked.clear()
    # Another set is another list.
    fetch("arxiv", "2025-01-01", "2025-01-01", set_name="math")
    assert len(oai.asked) == 3


def test_a_list_that_breaks_off_waits_and_goes_on_with_its_token(oai, fetch, landed, answers, settings) -> None:
    settings(retry_count=0)
    oai.faults = [None, None, answers.of(503, b"", Retry_After="1")]
    facts = fetch("arxiv", "2025-01-01", "2025-01-03")
    assert (facts["waiting"], facts["new"], facts["exit_status"]) == (2, 0, 1)
    assert landed() == []
    oai.asked.clear()
    facts = fetch("arxiv", "2025-01-01", "2025-01-03")
    assert oai.queries[0] == {"verb": "ListRecords", "resumptionToken": "0|2025-01-01|2025-01-01|6"}
    assert ids(landed) == ALL


@pytest.mark.parametrize("is_between_fetches", [True, False])
def test_after_the_token_has_expired_the_day_begins_anew_and_nothing_lands_twice(
    oai, fetch, landed, answers, settings, is_between_fetches, capsys
) -> None:
    settings(retry_count=0)
    if is_between_fetches:
        oai.faults = [None, None, answers.of(500)]
        assert fetch("arxiv", "2025-01-01", "2025-01-03")["stopped"]
        oai.expire()
    else:

        def expire(handler, query):
            oai.expire()
            oai.routes["/oai"](handler, query)

        oai.faults = [None, None, expire]
    # In the meantime one more paper has changed on that day.
    oai.records.insert(0, ("2501.00050", "2025-01-01"))
    oai.asked.clear()
    facts = fetch("arxiv", "2025-01-01", "2025-01-03")
    restarts = [query["from"] for query in oai.queries if "from" in query]
    assert restarts == (["2025-01-01"] if is_between_fetches else ["2025-01-01", "2025-01-01"]) + ["2025-01-02", "2025-01-03"]
    assert ids(landed) == sorted([*ALL, "2501.00050"])
    assert facts["exit_status"] == 0


def test_a_list_that_is_lost_again_and_again_is_left_for_the_next_time(oai, fetch, landed) -> None:
    list_records = oai.routes["/oai"]

    def forgetful(handler, query):
        list_records(handler, query)
        oai.expire()

    oai.routes["/oai"] = forgetful
    facts = fetch("arxiv", "2025-01-01", "2025-01-01")
    assert facts["stopped"].endswith("the place in the listing was lost 4 times; the walk begins anew the next time")
    assert facts["requests"] == 8
    assert landed() == []


def test_a_server_that_is_busy_is_waited_for(oai, fetch, answers) -> None:
    oai.faults = [answers.of(503, b"Retry after a while", "text/plain", Retry_After="0.3")]
    facts = fetch("arxiv", "2025-01-03", "2025-01-03")
    assert facts["records"] == 2
    assert oai.at[1] - oai.at[0] >= 0.3


def oai_answer(inside):
    return f'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inside}</OAI-PMH>'.encode()


@pytest.mark.parametrize(
    ("body", "words", "status"),
    [
        # What the user gave is at fault, or the source.
        (oai_answer('<error code="badArgument">set is unknown</error>'), "badArgument: set is unknown", 2),
        (oai_answer('<error code="cannotDisseminateFormat">no</error>'), "cannotDisseminateFormat: no", 2),
        (b"<?xml version='1.0'?><feed/>", "the answer is no OAI-PMH; is the address right?", 1),
        (b"<html><body>Just a moment", "the server sent a page that wants proof of a human being where XML belongs", 1),
    ],
)
def test_what_says_no_stops_the_fetch_and_does_not_land(oai, fetch, answers, landed, body, words, status) -> None:
    oai.faults = [answers.of(200, body, "text/xml")]
    facts = fetch("arxiv", "2025-01-01", "2025-01-03")
    assert facts["requests"] == 1
    assert words in facts["stopped"]
    assert facts["exit_status"] == status
    assert landed() == []


@pytest.mark.parametrize(
    "body",
    [oai_answer("<ListRecords><record>")[:-12], oai_answer('<error code="internalError">oops</error>')],
    ids=["cut", "internal error"],
)
def test_xml_that_is_damaged_is_asked_for_again(oai, fetch, answers, body) -> None:
    oai.faults = [answers.of(200, body, "text/xml")]
    facts = fetch("arxiv", "2025-01-03", "2025-01-03")
    assert (facts["requests"], facts["records"]) == (2, 2)


def test_a_bomb_of_entities_is_not_expanded(oai, fetch, answers) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]>"
    body = b'<?xml version="1.0"?>' + bomb + oai_answer("<ListRecords><record/><resumptionToken>&j;</resumptionToken></ListRecords>")[21:]
    oai.faults = [answers.of(200, body, "text/xml"), answers.of(200, oai_answer('<error code="badResumptionToken"/>'), "text/xml")]
    assert fetch("arxiv", "2025-01-03", "2025-01-03")["records"] == 2
    assert len(oai.queries[1].get("resumptionToken", "")) < 20


def test_another_form_of_the_records_is_a_setting(oai, fetch, settings) -> None:
    settings(arxiv_prefix="oai_dc")
    fetch("arxiv", "2025-01-03", "2025-01-03")
    assert oai.queries[0]["metadataPrefix"] == "oai_dc"


@pytest.mark.parametrize("name", ["cs CL", "cs&verb=Identify", "a:b:c:d", "../x"])
def test_a_set_that_is_none_is_refused(oai, fetch, name) -> None:
    with pytest.raises(InputError, match=r"--set: .* is no set; write it as cs, cs:cs or cs:cs:CL"):
        fetch("arxiv", "2025-01-01", "2025-01-01", set_name=name)


def test_the_plan_reckons_with_the_pace(oai, fetch, settings) -> None:
    settings(arxiv_pace_seconds=3)
    facts = fetch("arxiv", "2025-01-01", "2025-01-31", set_name="cs:cs:CL", is_plan=True)
    assert (facts["requests"], facts["seconds"]) == (31, 90.0)
    assert oai.asked == []
