"""Any file that somebody names by its address."""

from pathlib import Path
from urllib.parse import urlsplit

from flows.fetch.redact import Redactor
from flows.fetch.source import Options, Params, Read, Source, Walk
from flows.settings import Settings
from warehouse.errors import InputError


def source(settings: Settings, redactor: Redactor, options: Options) -> Source:
    """One request per address, conditional where it was landed before. Raises InputError for what is no address, and where there is none."""
    if not options.urls:
        raise InputError("fetch url: name an address: paperhouse fetch url https://...")
    return Source(
        name="url",
        read=_read,
        pace_seconds=settings.url_pace_seconds,
        max_bytes=settings.max_document_bytes,
        accepts="any",
        named=list({walk.url: walk for walk in (_address(url, redactor) for url in options.urls)}.values()),
        stands_alone=True,
    )


def _address(url: str, redactor: Redactor) -> Walk:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and url.isprintable() and " " not in url
    except ValueError:
        is_good = False
    shown = redactor.url(url) if is_good else redactor.text(url.rpartition("@")[2])
    if not is_good:
        raise InputError(f"{shown}: this is no address; it must begin with http:// or https://")
    return Walk(f"url {shown}", url.partition("#")[0], {}, shown)


def _read(content: Path, asked: Params) -> Read:
    del asked
    # Any bytes will do; a file that has none says nothing.
    return Read(1 if content.stat().st_size else 0)
