"""One request to a source: politely, safely, again where that helps."""

import logging
import os
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from flows.clock import utc_now
from flows.fetch import resume
from flows.fetch.addresses import addresses_of, is_written_out
from flows.fetch.download import Watch, beginning, save
from flows.fetch.pace import Pace
from flows.fetch.redact import Redactor
from flows.fetch.retry import Patience, judge, pause_asked
from flows.fetch.trouble import Elsewhere, Passing, Refused, Stopped
from flows.settings import Settings
from warehouse.errors import InputError

T = TypeVar("T")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for. `secret_params` and `secret_headers` go to the address's own host only, and are kept nowhere.

    `is_elsewhere` says of the address that a redirect leads to whether it is the answer to another request.
    """

    url: str
    pace_name: str
    pace_seconds: float
    accepts: str = "any"
    max_bytes: int = 1 << 28
    etag: str | None = None
    last_modified: str | None = None
    secret_params: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict)
    is_elsewhere: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: status 200 with the file's size and sha256, or 304 without. `url` and `headers` hold no secret."""

    status: int
    url: str
    at: datetime
    headers: Mapping[str, str]
    bytes: int = 0
    sha256: str | None = None


def user_agent(contact: str) -> str:
    """Who asks, and whom to write to. Raises InputError without a contact: the sources ask for one."""
    if not contact:
        raise InputError(
            'the sources want to know whom to write to: set contact = "you@example.org" in <home>/paperhouse.toml, or PAPERHOUSE_CONTACT'
        )
    address = f"mailto:{contact}" if "@" in contact and ":" not in contact else contact
    return f"paperhouse/{version('paperhouse')} (+{address})"


class Client:
    """Asks one request at a time, over one connection per host."""

    def __init__(
        self,
        settings: Settings,
        redactor: Redactor,
        folder: Path,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
        random: Random | None = None,
    ) -> None:
        # They would log whole addresses, keys included.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.request_count = 0
        self._settings, self._redactor, self._say, self._sleep = settings, redactor, say, sleep
        self._random = random or Random()  # noqa: S311 - spreads retries in time and guards nothing
        self._agent = user_agent(settings.contact)
        self._pace = Pace(folder, time.time, sleep, say, settings.max_wait_seconds)
        self._patience = Patience(settings.retry_count, settings.retry_base_seconds, settings.retry_cap_seconds, settings.max_wait_seconds)
        # A proxy would connect where it likes, and our look at the address would be for nothing.
        if proxy := next((name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())), None):
            say(f"{proxy} is set, and a fetch goes through no proxy; it connects by itself")
        # One per host and port: we connect to addresses, and a connection must not be used for another name than its certificate was checked for.
        self._clients: dict[tuple[str, str, int], tuple[httpx.Client, Watch]] = {}

    def close(self) -> None:
        for client, _ in self._clients.values():
            client.close()

    def get(self, ask: Ask, part: Path, read: Callable[[Path], T]) -> tuple[Answer, T | None]:
        """The answer, its content in the file `part`, and what `read` makes of that; None where nothing has changed (304).

        `read` may raise Passing for content that is damaged: then it is asked for again.
        Raises Refused where this request cannot succeed, Elsewhere where a redirect leads to the answer to another, Stopped where the source
        cannot be asked further now.
        """
        attempt = 0
        while True:
            try:
                answer = self._follow(ask, part)
                return answer, read(part) if answer.status == 200 else None
            except Passing as fault:
                reason = self._redactor.text(str(fault))
                if attempt >= self._patience.count:
                    raise Stopped(f"it failed {attempt + 1} times, at last so: {reason}") from None
                seconds = self._patience.backoff(attempt, self._random.random(), fault.wait)
                attempt += 1
                if seconds >= 5:
                    self._say(f"{reason}; trying again in {seconds:,.0f} s ({attempt} of {self._patience.count})")
                self._sleep(seconds)
            except (Refused, Elsewhere, Stopped) as error:
                error.args = (self._redactor.text(str(error)),)
                if isinstance(error, Refused):
                    resume.forget(part)
                raise

    def _follow(self, ask: Ask, part: Path) -> Answer:
        """The answer at the end of the redirects, each of which is judged before it is followed."""
        url = _with(ask.url, ask.secret_params)
        seen = {url}
        for _ in range(self._settings.max_redirects + 1):
            answer, onward = self._send(ask, url, part)
            if answer:
                return answer
            url = self._judged(ask, url, onward)
            if url in seen:
                raise Refused(f"the redirects go round in a circle, at {self._redactor.url(url)}")
            seen.add(url)
        raise Refused(f"more than {self._settings.max_redirects} redirects, the last to {self._redactor.url(url)} (setting max_redirects)")

    def _judged(self, ask: Ask, here: str, onward: str) -> str:
        try:
            url = urljoin(here, onward).partition("#")[0]
            parts, old, origin = urlsplit(url), urlsplit(here), urlsplit(ask.url)
            host = parts.hostname or ""
            parts.port  # noqa: B018 - raises where it is no number
        except ValueError:
            raise Refused(f"a redirect leads to {onward[:200]!r}, which is no address") from None
        shown = self._redactor.url(url)
        if parts.scheme not in _PORTS or not host:
            raise Refused(f"a redirect leads to {shown[:200]!r}, which is no address of the web")
        if ask.is_elsewhere and ask.is_elsewhere(url):
            raise Elsewhere(f"a redirect leads to {shown}")
        if old.scheme == "https" and parts.scheme == "http":
            raise Refused(f"a redirect leads from https to http, {shown}")
        allowed = {name.strip().lower() for name in self._settings.redirect_hosts.split(",")}
        if host != origin.hostname and not allowed & {"*", host}:
            raise Refused(f"a redirect leads to another host, {shown}; if that is right, allow it: setting redirect_hosts")
        return url

    def _send(self, ask: Ask, url: str, part: Path) -> tuple[Answer | None, str]:
        origin, own = _origin(url), _origin(ask.url)
        # Whoever writes 127.0.0.1 means it. A name may lead there by another's will, the next time even if not this time.
        may_be_private = self._settings.allow_private_addresses or (origin == own and is_written_out(origin[1]))
        addresses = addresses_of(origin[1], origin[2], may_be_private)
        headers = {
            "User-Agent": self._agent,
            "Accept-Encoding": "identity" if ask.accepts == "any" else "gzip",
        }
        if origin == own:
            headers |= ask.secret_headers
        # A page of an API is soon asked for again; a file may have gigabytes.
        headers |= begun.headers if ask.accepts == "any" and (begun := resume.begun(part, url)) else {}
        headers |= {"If-None-Match": ask.etag} if ask.etag else {}
        headers |= {"If-Modified-Since": ask.last_modified} if ask.last_modified else {}
        self._pace.wait(ask.pace_name, ask.pace_seconds)
        self.request_count += 1
        fault: Exception | None = None
        for address in addresses:
            try:
                return self._exchange(ask, url, address, headers, part)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    raise Stopped(f"{origin[1]}: its certificate is not to be trusted ({error})") from None
                fault = error
        raise Passing(f"no connection to {origin[1]}:{origin[2]} ({str(fault) or type(fault).__name__})")

    def _exchange(self, ask: Ask, url: str, address: str, headers: Mapping[str, str], part: Path) -> tuple[Answer | None, str]:
        origin = _origin(url)
        if origin not in self._clients:
            self._clients[origin] = self._new_client(origin[0]), Watch(self._settings.max_answer_seconds)
        client, watch = self._clients[origin]
        try:
            named = httpx.URL(url)
            # The certificate is checked for the name, the connection goes to the address that was judged.
            extensions: dict[str, Any] = {"trace": watch.trace, "sni_hostname": named.raw_host.decode("ascii")}
            to = {**headers, "Host": named.netloc.decode("ascii")}
            with watch, client.stream("GET", named.copy_with(host=address), headers=to, extensions=extensions) as response:
                taken = self._taken(ask, url, response, part, to)
            # An answer without a stated length ends where the connection does.
            if watch.is_over:
                raise httpx.ReadTimeout("cut")
            return taken
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise
        except httpx.TransportError as error:
            if watch.is_over:
                raise Passing(f"the answer took more than {self._settings.max_answer_seconds:,.0f} s (setting max_answer_seconds)") from None
            if "location header" in str(error):
                raise Refused(f"a redirect leads to what is no address ({error})") from None
            raise Passing(f"the connection failed ({str(error) or type(error).__name__})") from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Refused(f"{self._redactor.url(url)}: this is no address ({error})") from None
        finally:
            client.cookies.clear()

    def _taken(self, ask: Ask, url: str, response: httpx.Response, part: Path, sent: Mapping[str, str]) -> tuple[Answer | None, str]:
        at = utc_now().replace(microsecond=0)
        found = {name.lower(): value for name, value in response.headers.items()}
        self._pace.told(ask.pace_name, *pause_asked(found))
        status = response.status_code
        if status in _REDIRECTS and (onward := found.get("location")):
            return None, onward
        shown, kept = self._redactor.url(url), self._redactor.headers(found)
        if status == 304 and (ask.etag or ask.last_modified):
            resume.forget(part)
            return Answer(status, shown, at, kept), ""
        start = _start(status, found, sent)
        if status != 200 and start is None:
            if "Range" in sent and status in (206, 416):
                resume.forget(part)
                raise Passing(f"the server does not go on where it broke off (HTTP {status}); the file begins anew")
            raise judge(status, found, beginning(response), at, self._settings.max_wait_seconds)
        if not start:
            resume.forget(part)
        size, digest = save(response, part, ask.accepts, ask.max_bytes, self._settings, self._keeper(ask, url, found, part), start or 0)
        resume.forget(part)
        return Answer(200, shown, at, kept, size, digest), ""

    def _keeper(self, ask: Ask, url: str, found: Mapping[str, str], part: Path) -> Callable[[int], None] | None:
        """Notes how much of a file is here, where the server says how to ask for the rest of the same file."""
        etag = found.get("etag")
        if ask.accepts != "any" or etag is None or not resume.can_go_on(etag) or found.get("content-encoding", "identity") != "identity":
            return None
        return lambda size: resume.keep(part, url, resume.Begun(size, etag))

    def _new_client(self, scheme: str) -> httpx.Client:
        # SSL_CERT_FILE is heeded, for a mirror with an authority of its own; certificates are always verified. Reading those of all authorities
        # takes its time, so without TLS there are none, which would verify nothing.
        tls = httpx.create_ssl_context(verify=True, trust_env=True) if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        timeout = httpx.Timeout(self._settings.read_seconds, connect=self._settings.connect_seconds)
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        # No proxy, netrc or cookie of the environment: what is asked is what is written here.
        return httpx.Client(verify=tls, timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)


def _start(status: int, found: Mapping[str, str], sent: Mapping[str, str]) -> int | None:
    """Where the rest of a file begins that the server gives as it was asked to; None where the answer is no such rest."""
    asked = re.fullmatch(r"bytes=(\d+)-", sent.get("Range", ""))
    given = re.match(r"bytes (\d+)-", found.get("content-range", ""))
    is_rest = status == 206 and asked and given and asked[1] == given[1] and found.get("etag", sent["If-Range"]) == sent["If-Range"]
    return int(asked[1]) if is_rest and asked and "content-encoding" not in found else None


def _with(url: str, params: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]
