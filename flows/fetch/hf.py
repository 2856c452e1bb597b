"""Hugging Face: the daily listings, one request per day, and single papers."""

import re
from datetime import date
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Quota, Read, Walk, read_json
from flows.fetch.trouble import Refused
from flows.settings import Settings
from warehouse.errors import InputError

# The most that the listing gives at once; 101 is refused.
_PAGE = 100
_PAPER_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}")


class HuggingFace:
    """`GET /api/daily_papers?date=`, with further pages while a page is full."""

    name = "hf"
    accepts = "json"
    span_days = 1
    lands_whole = False
    family = "hf daily"
    quota: Quota | None = Quota(500, "requests", "300 s")

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._base = settings.hf_url
        self.pace_seconds = settings.hf_pace_seconds
        self.max_bytes = settings.max_answer_bytes
        self.recent_days = settings.hf_recent_days
        self.secret_params: Params = {}
        # A token is not needed; it raises the limit.
        token = redactor.secrets.get("hf_token")
        self.secret_headers: Params = {"Authorization": f"Bearer {token}"} if token else {}

    def walk(self, first: date, last: date) -> Walk:
        params = {"date": first.isoformat(), "limit": str(_PAGE)}
        return Walk(self.family, f"{self._base}/api/daily_papers", params, f"the listing of {first}", (first, last))

    def paper(self, paper_id: str) -> Walk:
        """One paper. Raises InputError for what is no arXiv id."""
        if not _PAPER_ID.fullmatch(paper_id):
            raise InputError(f"--id: {paper_id!r} is no arXiv id; write it as 2405.15738, without a version")
        return Walk(f"hf paper {paper_id}", f"{self._base}/api/papers/{paper_id}", {}, f"the paper {paper_id}")

    def read(self, content: Path, asked: Params) -> Read:
        found = read_json(content)
        if "date" not in asked:
            if not isinstance(found, dict) or "id" not in found:
                raise Refused("the answer is no paper: it has no id")
            return Read(1)
        if not isinstance(found, list):
            raise Refused(f"the answer is no listing but {type(found).__name__}")
        following = dict(asked) | {"p": str(int(asked.get("p", "0")) + 1)} if len(found) >= _PAGE else None
        return Read(len(found), following)
