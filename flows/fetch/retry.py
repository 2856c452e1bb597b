"""What follows from an answer that is none: wait, try again, stop until the quota resets, or give up for good."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from flows.fetch.trouble import Passing, QuotaUsed, Refused, Stopped

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# These are about us and not about one request: asking on with the next would not help and would annoy.
_ABOUT_US = frozenset({401, 403, 407, 451})
_LEFT = ("x-ratelimit-remaining", "x-ratelimit-remaining-usd", "ratelimit-remaining", "x-rate-limit-remaining")
_RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
_SAYS_USED_UP = re.compile(r"(?i)\b(daily|per day|quota|credits?|budget|allowance|insufficient)\b")
# Above this a number is no span of seconds but seconds since 1970.
_EPOCH = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try again."""

    count: int
    base_seconds: float
    cap_seconds: float
    max_wait_seconds: float

    def backoff(self, attempt: int, chance: float, asked: float | None) -> float:
        """How long to wait after the attempt (0 is the first): anywhere up to a bound that doubles, so that clients that failed together
        do not return together. What the source asked for is the least. `chance` is from 0 to 1."""
        if asked is not None:
            return asked + chance * self.base_seconds
        return float(chance * min(self.cap_seconds, self.base_seconds * 2 ** min(attempt, 30)))


def judge(status: int, headers: Mapping[str, str], body: str, now: datetime, max_wait: float) -> Exception:
    """The exception that an answer without content amounts to. `headers` have lower-case names; `body` is the first of its text."""
    said = _said(body)
    wait = retry_after(headers, now)
    if status == 429:
        left, wait = _purse(headers, now, wait)
        is_long = wait is not None and wait > max_wait
        # A wait that the server names is believed before its prose.
        if is_long or (wait is None and (left == 0 or (left is None and _SAYS_USED_UP.search(body)))):
            return _used_up(now, wait, said)
    if status in _PASSING:
        if wait is not None and wait > max_wait:
            return Stopped(f"the server is not to be asked before {_at(now, wait)} UTC (HTTP {status}){said}")
        return Passing(f"HTTP {status}{said}", wait)
    if status in _ABOUT_US:
        # OpenAlex and some mirrors say "slower" in this way.
        if status == 403 and wait is not None and wait <= max_wait:
            return Passing(f"HTTP {status}{said}", wait)
        return Stopped(f"the server does not let us in (HTTP {status}){said}")
    return Refused(f"HTTP {status}{said}", status)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Retry-After in seconds from now, whether it was a number or a date; None where there is none that can be read."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    return max(0.0, (at - now).total_seconds())


def pause_asked(headers: Mapping[str, str]) -> tuple[float, float]:
    """What an answer says of the pace: the least seconds between two requests, and how long to pause before the next one."""
    pace = pause = 0.0
    limit, interval = _number(headers.get("x-rate-limit-limit")), _seconds(headers.get("x-rate-limit-interval"))
    if limit and interval:
        pace = interval / limit
    # Hugging Face's window, as `"api";r=0;t=120`.
    if found := re.search(r"\br=(\d+)\b.*?\bt=(\d+)\b", headers.get("ratelimit", "")):
        pause = float(found[2]) if found[1] == "0" else 0.0
    return pace, pause


def _purse(headers: Mapping[str, str], now: datetime, wait: float | None) -> tuple[float | None, float | None]:
    """How much is left of the quota, and how long to wait; None where nothing says so.

    These tell the two kinds of 429 apart: too fast, where a moment helps, and the quota used up, where only its renewal does. While something
    is left, the time of the renewal is no reason to wait; once nothing is, a shorter Retry-After is none to hope.
    """
    left = next((number for name in _LEFT if (number := _number(headers.get(name))) is not None), None)
    resets = next((_from_now(number, now) for name in _RESETS if (number := _number(headers.get(name))) is not None), None)
    if left or resets is None:
        return left, wait
    return left, max(resets, wait or 0.0) if left == 0 or wait is None else wait


def _used_up(now: datetime, wait: float | None, said: str) -> QuotaUsed:
    at = now + timedelta(seconds=min(wait, _EPOCH)) if wait is not None else None
    when = f"it is renewed at {_at(now, wait)} UTC" if wait is not None else "when it is renewed the source did not say (often at midnight UTC)"
    return QuotaUsed(f"the quota is used up (HTTP 429); {when}{said}", at)


def _from_now(number: float, now: datetime) -> float:
    return max(0.0, number - now.replace(tzinfo=UTC).timestamp()) if number > _EPOCH else number


def _at(now: datetime, seconds: float) -> str:
    return (now + timedelta(seconds=min(seconds, _EPOCH))).isoformat(sep=" ", timespec="seconds")


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\s*\d{1,15}(\.\d{1,9})?\s*", text) else None


def _seconds(text: str | None) -> float | None:
    return _number(text.strip().removesuffix("s")) if text else None


def _said(body: str) -> str:
    """What the source said, for the message."""
    text = " ".join(body.split())
    if not text or text.startswith("<"):
        return ""
    return f"; it says: {text[:200]}{'...' if len(text) > 200 else ''}"
