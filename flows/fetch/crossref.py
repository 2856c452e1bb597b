"""Crossref: works by the day they were indexed, by cursor."""

from datetime import date, timedelta
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Params, Read, Source, Walk, checked_filter, read_json
from flows.fetch.trouble import Refused
from flows.settings import Settings

_PAGE = 1000


def source(settings: Settings, redactor: Redactor, options: Options) -> Source:
    """`GET /works?filter=from-index-date:...&cursor=`. A cursor is forgotten after five minutes, so a walk is one day and lands when it is whole.

    The contact in the User-Agent puts us into the polite pool. Raises InputError for what is no filter.
    """
    filter_text = checked_filter(options.filter_text, "type:journal-article,prefix:10.1145")
    base, token = settings.crossref_url, redactor.secrets.get("crossref_token")
    family = " ".join(filter(None, ("crossref", filter_text)))

    def walk(first: date, last: date) -> Walk:
        filters = [f"from-index-date:{first}", f"until-index-date:{last}", *([filter_text] if filter_text else [])]
        params = {"filter": ",".join(filters), "rows": str(_PAGE), "cursor": "*"}
        about = f"works indexed on {first}" + (f" with {filter_text}" if filter_text else "")
        return Walk(family, f"{base}/works", params, about, (first, last))

    return Source(
        name="crossref",
        read=_read,
        pace_seconds=settings.crossref_pace_seconds,
        max_bytes=settings.max_answer_bytes,
        family=family,
        walk=walk,
        whole_after=timedelta(hours=30),
        settled_after=timedelta(hours=30),
        lands_whole=True,
        lost_statuses=frozenset({400, 404, 410}),
        secret_headers={"Crossref-Plus-API-Token": f"Bearer {token}"} if token else {},
    )


def _read(content: Path, asked: Params) -> Read:
    found = read_json(content)
    message = found.get("message") if isinstance(found, dict) else None
    items = message.get("items") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(items, list):
        raise Refused("the answer is no list of works: it has no message with items")
    cursor = message.get("next-cursor")
    # The last page has a cursor too; fewer items than asked for say that it is the last.
    is_last = len(items) < _PAGE or not isinstance(cursor, str)
    return Read(len(items), None if is_last else dict(asked) | {"cursor": str(cursor)})
