"""Crossref: works by the day they were indexed, by cursor."""

import re
from datetime import date
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Quota, Read, Walk, read_json
from flows.fetch.trouble import Refused
from flows.settings import Settings
from warehouse.errors import InputError

_PAGE = 1000


class Crossref:
    """`GET /works?filter=from-index-date:...&cursor=`. A cursor is forgotten after five minutes, so a walk is one day and lands when it is whole.

    The contact in the User-Agent puts us into the polite pool.
    """

    name = "crossref"
    accepts = "json"
    span_days = 1
    lands_whole = True
    recent_days = 1
    quota: Quota | None = None

    def __init__(self, settings: Settings, redactor: Redactor, filter_text: str | None = None) -> None:
        if filter_text and (not filter_text.isprintable() or re.search(r"[\s&?#]", filter_text)):
            raise InputError(f"--filter: {filter_text!r} is no filter; write it as type:journal-article,prefix:10.1145")
        self._base, self._filter = settings.crossref_url, filter_text
        self.family = " ".join(filter(None, ("crossref", filter_text)))
        self.pace_seconds = settings.crossref_pace_seconds
        self.max_bytes = settings.max_answer_bytes
        token = redactor.secrets.get("crossref_token")
        self.secret_params: Params = {}
        self.secret_headers: Params = {"Crossref-Plus-API-Token": f"Bearer {token}"} if token else {}

    def walk(self, first: date, last: date) -> Walk:
        filters = [f"from-index-date:{first}", f"until-index-date:{last}", *([self._filter] if self._filter else [])]
        params = {"filter": ",".join(filters), "rows": str(_PAGE), "cursor": "*"}
        about = f"works indexed on {first}" + (f" with {self._filter}" if self._filter else "")
        return Walk(self.family, f"{self._base}/works", params, about, (first, last))

    def read(self, content: Path, asked: Params) -> Read:
        found = read_json(content)
        message = found.get("message") if isinstance(found, dict) else None
        items = message.get("items") if isinstance(message, dict) else None
        if not isinstance(message, dict) or not isinstance(items, list):
            raise Refused("the answer is no list of works: it has no message with items")
        cursor = message.get("next-cursor")
        # The last page has a cursor too; fewer items than asked for say that it is the last.
        is_last = len(items) < _PAGE or not isinstance(cursor, str)
        return Read(len(items), None if is_last else dict(asked) | {"cursor": str(cursor)})
