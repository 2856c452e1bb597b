"""Any file that somebody names by its address."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from flows.fetch.redact import Redactor
from flows.fetch.source import Params, Quota, Read, Walk
from flows.settings import Settings
from warehouse.errors import InputError


class Url:
    """One request per address, conditional where it was landed before."""

    name = "url"
    accepts = "any"
    span_days = 1
    lands_whole = False
    recent_days = 0
    family = "url"
    quota: Quota | None = None

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._redactor = redactor
        self.pace_seconds = settings.url_pace_seconds
        self.max_bytes = settings.max_document_bytes
        self.secret_params: Params = {}
        self.secret_headers: Params = {}

    def address(self, url: str) -> Walk:
        """The walk of one address. Raises InputError for what is none."""
        try:
            parts = urlsplit(url)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and url.isprintable() and " " not in url
        except ValueError:
            is_good = False
        shown = self._redactor.url(url) if is_good else self._redactor.text(url.rpartition("@")[2])
        if not is_good:
            raise InputError(f"{shown}: this is no address; it must begin with http:// or https://")
        return Walk(f"url {shown}", url.partition("#")[0], {}, shown)

    def walk(self, first: date, last: date) -> Walk:
        raise InputError(f"url: addresses have no days ({first} to {last}); name the addresses")

    def read(self, content: Path, asked: Params) -> Read:
        del asked
        # Any bytes will do; a file that has none says nothing.
        return Read(1 if content.stat().st_size else 0)
