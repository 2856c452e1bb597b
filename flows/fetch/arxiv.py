"""arXiv by OAI-PMH: one walk per day of change, its pages found by resumption tokens."""

import re
from datetime import date
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Quota, Read, Walk
from flows.fetch.trouble import Passing, Refused, Stopped
from flows.settings import Settings
from transforms.sources.arxiv_oai_answer import error_code, resumption_token
from warehouse.errors import InputError

_HEAD, _TAIL = 4096, 64
_END = re.compile(rb"</(\w+:)?OAI-PMH\s*>\s*$")
_RECORD = re.compile(rb"<(?:\w+:)?record[\s>]")
_SET = re.compile(r"[\w.-]+(:[\w.-]+){0,2}")
_PREFIX = re.compile(r"\w+")
# The server is at fault, and says so in its own way.
_PASSING_CODES = frozenset({"internalError", "serviceUnavailable"})


class Arxiv:
    """`ListRecords`. The days are datestamps: when metadata last changed, which may be years after a paper appeared.

    A walk is one day. A token expires at the next midnight UTC; the walk then begins anew with from = until = its day, which is the last
    datestamp. What had come of it has not landed yet, so nothing lands twice.
    """

    name = "arxiv"
    accepts = "xml"
    span_days = 1
    lands_whole = True
    recent_days = 1
    quota: Quota | None = Quota(1, "requests", "3 s")

    def __init__(self, settings: Settings, redactor: Redactor, set_name: str | None = None) -> None:
        del redactor
        if set_name and not _SET.fullmatch(set_name):
            raise InputError(f"--set: {set_name!r} is no set; write it as cs, cs:cs or cs:cs:CL")
        if not _PREFIX.fullmatch(settings.arxiv_prefix):
            raise InputError(f"arxiv_prefix is {settings.arxiv_prefix!r}; it must be arXivRaw, arXiv, arXivOld or oai_dc")
        self._base, self._prefix, self._set = settings.arxiv_url, settings.arxiv_prefix, set_name
        self.family = " ".join(filter(None, ("arxiv", self._prefix, self._set)))
        self.pace_seconds = settings.arxiv_pace_seconds
        self.max_bytes = settings.max_answer_bytes
        self.secret_params: Params = {}
        self.secret_headers: Params = {}

    def walk(self, first: date, last: date) -> Walk:
        params = {"verb": "ListRecords", "metadataPrefix": self._prefix, "from": first.isoformat(), "until": last.isoformat()}
        if self._set:
            params["set"] = self._set
        about = f"what changed on {first}" + (f" in {self._set}" if self._set else "")
        return Walk(self.family, self._base, params, about, (first, last))

    def read(self, content: Path, asked: Params) -> Read:
        del asked
        data = content.read_bytes()
        if b"OAI-PMH" not in data[:_HEAD]:
            raise Stopped("the answer is no OAI-PMH; is the address right?")
        # Records may hold characters that no XML parser takes, which is a matter for the parser; an answer without its end is cut off.
        if not _END.search(data[-_TAIL:]):
            raise Passing("the answer is cut off: it has no end")
        if error := error_code(data):
            return _after_error(*error)
        token = resumption_token(data)
        return Read(len(_RECORD.findall(data)), {"verb": "ListRecords", "resumptionToken": token.text} if token and token.text else None)


def _after_error(code: str, message: str) -> Read:
    if code == "noRecordsMatch":
        return Read(0)
    if code == "badResumptionToken":
        return Read(is_lost=True)
    raise (Passing if code in _PASSING_CODES else Refused)(f"{code}: {message[:200]}")
