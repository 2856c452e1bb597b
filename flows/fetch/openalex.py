"""OpenAlex: works by the day they were published (or updated), by cursor."""

from datetime import date, timedelta
from pathlib import Path

from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Params, Quota, Read, Source, Walk, checked_filter, read_json
from flows.fetch.trouble import Refused
from flows.settings import Settings

# The most that a page may have.
_PAGE = 100
_CENTURY = 36525


def source(settings: Settings, redactor: Redactor, options: Options) -> Source:
    """`GET /works?filter=...&cursor=`. Pages cost credits, so a walk is a whole span of days; its cursors do not expire, so each page lands.

    Works come to a day of publication late, so it is asked again for two weeks. The days of updates are only given to keys of paid plans.
    Raises InputError for what is no filter.
    """
    filter_text = checked_filter(options.filter_text, "primary_topic.id:T10028,type:article")
    base, by, key = settings.openalex_url, options.by or "published", redactor.secrets.get("openalex_key")
    since, until = {"published": ("from_publication_date", "to_publication_date"), "updated": ("from_updated_date", "to_updated_date")}[by]
    family = " ".join(filter(None, ("openalex", by, filter_text)))

    def walk(first: date, last: date) -> Walk:
        filters = [f"{since}:{first}", f"{until}:{last}", *([filter_text] if filter_text else [])]
        params = {"filter": ",".join(filters), "per_page": str(_PAGE), "cursor": "*"}
        about = f"works {by} {first} to {last}" + (f" with {filter_text}" if filter_text else "")
        return Walk(family, f"{base}/works", params, about, (first, last))

    per_day = settings.openalex_credits_per_day_with_key if key else settings.openalex_credits_per_day
    return Source(
        name="openalex",
        read=_read,
        pace_seconds=settings.openalex_pace_seconds,
        max_bytes=settings.max_answer_bytes,
        family=family,
        walk=walk,
        span_days=_CENTURY,
        whole_after=timedelta(days=1),
        settled_after=timedelta(days=14) if by == "published" else timedelta(hours=30),
        lost_statuses=frozenset({400, 404, 410}),
        quota=Quota(per_day, "credits", "day", settings.openalex_credits_per_page),
        secret_params={"api_key": key} if key else {},
    )


def _read(content: Path, asked: Params) -> Read:
    found = read_json(content)
    meta, results = (found.get("meta"), found.get("results")) if isinstance(found, dict) else (None, None)
    if not isinstance(meta, dict) or not isinstance(results, list):
        raise Refused("the answer is no list of works: it has no meta and results")
    cursor = meta.get("next_cursor")
    return Read(len(results), dict(asked) | {"cursor": cursor} if results and isinstance(cursor, str) and cursor else None)
