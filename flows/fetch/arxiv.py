"""arXiv by OAI-PMH: one walk per day of change, its pages found by resumption tokens."""

import re
from datetime import date
from pathlib import Path

from lxml import etree

from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Quota, Read, Walk
from flows.fetch.trouble import Passing, Refused, Stopped
from flows.settings import Settings
from warehouse.errors import InputError

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
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
        count, token, code, message = _scanned(content)
        if code == "noRecordsMatch":
            return Read(0)
        if code == "badResumptionToken":
            return Read(is_lost=True)
        if code in _PASSING_CODES:
            raise Passing(f"{code}: {message}")
        if code:
            raise Refused(f"{code}: {message}")
        return Read(count, {"verb": "ListRecords", "resumptionToken": token} if token else None)


def _scanned(content: Path) -> tuple[int, str, str, str]:
    """How many records, the token, and an error's code and words. Raises Passing for XML that is cut off or damaged."""
    count, token, code, message = 0, "", "", ""
    root = None
    try:
        parser = etree.iterparse(str(content), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        for event, element in parser:
            if root is None:
                root = element
                if element.tag != f"{_OAI}OAI-PMH":
                    raise Stopped(f"the answer is no OAI-PMH: its outermost element is {str(element.tag)[:80]}")
            if event == "start":
                continue
            if element.tag == f"{_OAI}record":
                count += 1
                element.clear()
            elif element.tag == f"{_OAI}resumptionToken":
                token = (element.text or "").strip()
            elif element.tag == f"{_OAI}error":
                code, message = element.get("code", "error"), " ".join((element.text or "").split())[:200]
    except etree.XMLSyntaxError as error:
        raise Passing(f"the answer is damaged XML ({error.msg})") from None
    return count, token, code, message
