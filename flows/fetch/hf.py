"""Hugging Face: the daily listings, one request per day, and single papers."""

import re
from datetime import date, timedelta
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Params, Quota, Read, Source, Walk, read_json
from flows.fetch.trouble import Elsewhere, Refused
from flows.settings import Settings
from transforms.sources.hf_listing import ListingDays
from warehouse.errors import InputError

# The most that the listing gives at once; 101 is refused.
_PAGE = 100
_PAPER_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def source(settings: Settings, redactor: Redactor, options: Options) -> Source:
    """`GET /api/daily_papers?date=`, with further pages while a page is full; or `GET /api/papers/ID`. Raises InputError for what is no id."""
    base, token = settings.hf_url, redactor.secrets.get("hf_token")

    def walk(first: date, last: date) -> Walk:
        params = {"date": first.isoformat(), "limit": str(_PAGE)}
        return Walk("hf daily", f"{base}/api/daily_papers", params, f"the listing of {first}", (first, last))

    return Source(
        name="hf",
        read=_read,
        pace_seconds=settings.hf_pace_seconds,
        max_bytes=settings.max_answer_bytes,
        named=[_paper(base, one) for one in dict.fromkeys(options.ids)],
        family="hf daily",
        walk=walk,
        settled_after=timedelta(days=settings.hf_recent_days),
        is_elsewhere=_is_other_day,
        quota=Quota(500, "requests", "300 s"),
        # A token is not needed; it raises the limit.
        secret_headers={"Authorization": f"Bearer {token}"} if token else {},
    )


def _paper(base: str, paper_id: str) -> Walk:
    if not _PAPER_ID.fullmatch(paper_id):
        raise InputError(f"--id: {paper_id!r} is no arXiv id; write it as 2405.15738, without a version")
    return Walk(f"hf paper {paper_id}", f"{base}/api/papers/{paper_id}", {}, f"the paper {paper_id}")


def _is_other_day(asked: Params, url: str) -> bool:
    """Whether a redirect leads to another day, as it does for days without a listing."""
    found = _DAY.search(url)
    return "date" in asked and found is not None and found[0] != asked["date"]


def _read(content: Path, asked: Params) -> Read:
    found = read_json(content)
    if "date" not in asked:
        if not isinstance(found, dict) or "id" not in found:
            raise Refused("the answer is no paper: it has no id")
        return Read(1)
    if not isinstance(found, list):
        raise Refused(f"the answer is no listing but {type(found).__name__}")
    days = ListingDays()
    for item in found:
        if isinstance(item, dict):
            days.add(item)
    day, is_inferred = days.found()
    if day and not is_inferred and day.isoformat() != asked["date"]:
        raise Elsewhere(f"the answer is the listing of {day}")
    following = dict(asked) | {"p": str(int(asked.get("p", "0")) + 1)} if len(found) >= _PAGE else None
    return Read(len(found), following)
