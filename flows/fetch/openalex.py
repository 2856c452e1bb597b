"""OpenAlex: works by the day they were updated (or published), by cursor."""

import re
from datetime import date
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Quota, Read, Walk, read_json
from flows.fetch.trouble import Refused
from flows.settings import Settings
from warehouse.errors import InputError

# The most that a page may have.
_PAGE = 100
_DAYS = {"updated": ("from_updated_date", "to_updated_date"), "published": ("from_publication_date", "to_publication_date")}


class OpenAlex:
    """`GET /works?filter=...&cursor=`. Pages cost credits, so a walk is a whole span of days; its cursors do not expire, so each page lands."""

    name = "openalex"
    accepts = "json"
    span_days = 36525
    lands_whole = False
    recent_days = 1

    def __init__(self, settings: Settings, redactor: Redactor, filter_text: str | None = None, by: str = "updated") -> None:
        if filter_text and (not filter_text.isprintable() or re.search(r"[\s&?#]", filter_text)):
            raise InputError(f"--filter: {filter_text!r} is no filter; write it as primary_topic.id:T10028,type:article")
        self._base, self._filter, self._by = settings.openalex_url, filter_text, by
        self.family = " ".join(filter(None, ("openalex", by, filter_text)))
        self.pace_seconds = settings.openalex_pace_seconds
        self.max_bytes = settings.max_answer_bytes
        self.quota: Quota | None = Quota(settings.openalex_credits_per_day, "credits", "day", settings.openalex_credits_per_page)
        key = redactor.secrets.get("openalex_key")
        self.secret_params: Params = {"api_key": key} if key else {}
        self.secret_headers: Params = {}

    def walk(self, first: date, last: date) -> Walk:
        since, until = _DAYS[self._by]
        filters = [f"{since}:{first}", f"{until}:{last}", *([self._filter] if self._filter else [])]
        params = {"filter": ",".join(filters), "per_page": str(_PAGE), "cursor": "*"}
        about = f"works {self._by} {first} to {last}" + (f" with {self._filter}" if self._filter else "")
        return Walk(self.family, f"{self._base}/works", params, about, (first, last))

    def read(self, content: Path, asked: Params) -> Read:
        found = read_json(content)
        meta, results = (found.get("meta"), found.get("results")) if isinstance(found, dict) else (None, None)
        if not isinstance(meta, dict) or not isinstance(results, list):
            raise Refused("the answer is no list of works: it has no meta and results")
        cursor = meta.get("next_cursor")
        return Read(len(results), dict(asked) | {"cursor": cursor} if results and isinstance(cursor, str) and cursor else None)
