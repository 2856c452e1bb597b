"""arXiv by OAI-PMH: one walk per day of change, its pages found by resumption tokens."""

import re
from datetime import date, timedelta
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Params, Quota, Read, Source, Walk
from flows.fetch.trouble import Passing, Stopped
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
# Changes of a day are announced at 22:30 in New York, which is up to 03:30 UTC of the next.
_DAY_IS_OVER = timedelta(hours=30)


def source(settings: Settings, redactor: Redactor, options: Options) -> Source:
    """`ListRecords`. The days are datestamps: when metadata last changed, which may be years after a paper appeared.

    A walk is one day. A token expires at the next midnight UTC; the walk then begins anew with from = until = its day, which is the last
    datestamp. What had come of it has not landed yet, so nothing lands twice. Raises InputError for what is no set.
    """
    del redactor
    base, prefix, set_name = settings.arxiv_url, settings.arxiv_prefix, options.set_name
    if set_name and not _SET.fullmatch(set_name):
        raise InputError(f"--set: {set_name!r} is no set; write it as cs, cs:cs or cs:cs:CL")
    if not _PREFIX.fullmatch(prefix):
        raise InputError(f"arxiv_prefix is {prefix!r}; it must be arXivRaw, arXiv, arXivOld or oai_dc")
    family = " ".join(filter(None, ("arxiv", prefix, set_name)))

    def walk(first: date, last: date) -> Walk:
        params = {"verb": "ListRecords", "metadataPrefix": prefix, "from": first.isoformat(), "until": last.isoformat()}
        about = f"what changed on {first}" + (f" in {set_name}" if set_name else "")
        return Walk(family, base, params | ({"set": set_name} if set_name else {}), about, (first, last))

    return Source(
        name="arxiv",
        read=_read,
        pace_seconds=settings.arxiv_pace_seconds,
        max_bytes=settings.max_answer_bytes,
        accepts="xml",
        family=family,
        walk=walk,
        whole_after=_DAY_IS_OVER,
        settled_after=_DAY_IS_OVER,
        lands_whole=True,
        quota=Quota(1, "requests", "3 s"),
    )


def _read(content: Path, asked: Params) -> Read:
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
    if code in _PASSING_CODES:
        raise Passing(f"{code}: {message[:200]}")
    # badArgument, cannotDisseminateFormat, noSetHierarchy: every day is asked with the same set and form.
    raise Stopped(f"{code}: {message[:200]}", is_input=True)
