"""What follows from an answer that is none, each by its headers and words."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.fetch.retry import Patience, judge, pause_asked, retry_after
from flows.fetch.trouble import Passing, QuotaUsed, Refused, Stopped

NOW = datetime(2026, 11, 21, 15, 0)
MAX = 900.0
HOURS = str(9 * 3600)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("1.5", 1.5),
        ("Sat, 21 Nov 2026 15:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 16:02:00 +0100", 120),
        ("Saturday, 21-Nov-26 15:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 14:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("9999999999999", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value, seconds) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "body", "kind", "wait"),
    [
        ({"retry-after": "2"}, "", Passing, 2),
        ({}, "", Passing, None),
        ({}, "Too many requests per second", Passing, None),
        ({"retry-after": "2"}, "Daily limit is near, slow down", Passing, 2),
        # Hugging Face's window of 300 s.
        ({"retry-after": "212", "ratelimit": '"api";r=0;t=212'}, "", Passing, 212),
        ({"x-ratelimit-remaining": "900", "x-ratelimit-reset": HOURS, "retry-after": "1"}, "", Passing, 1),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, "", Passing, 30),
        # Credits are left: it was only too fast, whatever the time of their renewal.
        ({"x-ratelimit-remaining": "900", "x-ratelimit-reset": HOURS}, "daily budget", Passing, None),
        ({"retry-after": HOURS}, "", QuotaUsed, 9 * 3600),
        ({"x-ratelimit-reset": HOURS}, "", QuotaUsed, 9 * 3600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": HOURS}, "", QuotaUsed, 9 * 3600),
        # A short Retry-After beside an empty purse: the purse decides.
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": HOURS, "retry-after": "1"}, "", QuotaUsed, 9 * 3600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.replace(tzinfo=UTC).timestamp()) + 3600)}, "", QuotaUsed, 3600),
        ({"x-ratelimit-remaining": "0"}, "", QuotaUsed, None),
        ({"x-ratelimit-remaining-usd": "0.0"}, "", QuotaUsed, None),
        ({}, '{"message":"Insufficient credits"}', QuotaUsed, None),
        ({}, "You have exceeded your daily quota", QuotaUsed, None),
    ],
)
def test_the_two_kinds_of_429(headers, body, kind, wait) -> None:
    found = judge(429, headers, body, NOW, MAX)
    assert type(found) is kind
    if kind is Passing:
        assert found.wait == wait
    else:
        assert found.resets_at == (NOW + timedelta(seconds=wait) if wait else None)
        assert ("it is renewed at 2026-11-2" in str(found)) == (wait is not None)


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (503, {"retry-after": "899"}, Passing),
        (503, {"retry-after": "901"}, Stopped),
        (403, {"retry-after": "3"}, Passing),
        (403, {}, Stopped),
        (401, {}, Stopped),
        (404, {}, Refused),
        (501, {}, Refused),
        (206, {}, Refused),
        (204, {}, Refused),
    ],
)
def test_other_answers(status, headers, kind) -> None:
    assert type(judge(status, headers, "", NOW, MAX)) is kind


def test_what_the_source_said_is_repeated_in_short_and_on_one_line() -> None:
    assert str(judge(404, {}, "no\n  such\tthing " + "x" * 999, NOW, MAX)) == "HTTP 404; it says: no such thing " + "x" * 186 + "..."
    assert str(judge(404, {}, "<html>no", NOW, MAX)) == "HTTP 404"


def test_the_backoff_doubles_up_to_its_cap_and_spreads_over_all_of_it() -> None:
    patience = Patience(5, 2.0, 30.0, MAX)
    assert [patience.backoff(n, 1.0, None) for n in range(6)] == [2, 4, 8, 16, 30, 30]
    assert patience.backoff(3, 0.0, None) == 0
    assert patience.backoff(3, 0.25, None) == 4
    assert patience.backoff(9999, 1.0, None) == 30


def test_what_was_asked_for_is_the_least() -> None:
    patience = Patience(5, 2.0, 30.0, MAX)
    assert [patience.backoff(0, chance, 100.0) for chance in (0.0, 1.0)] == [100, 102]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (0, 0)),
        ({"x-rate-limit-limit": "50", "x-rate-limit-interval": "1s"}, (0.02, 0)),
        ({"x-rate-limit-limit": "5", "x-rate-limit-interval": "10"}, (2, 0)),
        ({"x-rate-limit-limit": "0", "x-rate-limit-interval": "1s"}, (0, 0)),
        ({"x-rate-limit-limit": "many", "x-rate-limit-interval": "1h"}, (0, 0)),
        ({"ratelimit": '"api";r=12;t=120'}, (0, 0)),
        ({"ratelimit": '"api";r=0;t=120'}, (0, 120)),
    ],
)
def test_the_pace_that_headers_ask_for(headers, expected) -> None:
    assert pause_asked(headers) == expected
