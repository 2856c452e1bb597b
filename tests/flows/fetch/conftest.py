"""Real servers on this machine that behave like the sources: paging, tokens that expire, limits, faults, cut connections."""

import gzip
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from flows.commands.fetch import fetch as command
from flows.fetch.source import Options

FAST = {
    "CONTACT": "librarian@example.org",
    "HF_PACE_SECONDS": "0",
    "ARXIV_PACE_SECONDS": "0",
    "OPENALEX_PACE_SECONDS": "0",
    "CROSSREF_PACE_SECONDS": "0",
    "URL_PACE_SECONDS": "0",
    "RETRY_BASE_SECONDS": "0.01",
    "READ_SECONDS": "5",
    "CONNECT_SECONDS": "5",
}


class Site:
    """A server in threads. `routes` answer by path; each of `faults` answers one request first, in any way it likes."""

    def __init__(self, tls: Any = None) -> None:
        self.routes: dict[str, Callable[..., None]] = {}
        self.faults: list[Callable[..., None] | None] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.at: list[float] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else each answer waits 40 ms for the client to confirm its headers.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                site.asked.append((parts.path, query, {name.lower(): value for name, value in self.headers.items()}))
                site.at.append(time.monotonic())
                fault = site.faults.pop(0) if site.faults else None
                route = fault or site.routes.get(parts.path) or (lambda handler, _: reply(handler, 404, b'{"error":"not found"}'))
                route(self, query)

            def log_message(self, *_: object) -> None:
                """Silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Clients that die or hang up are what is tested."""

        self.server = Server(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def queries(self) -> list[dict[str, str]]:
        return [query for _, query, _ in self.asked]


def reply(handler: Any, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def cut(handler: Any, body: bytes, after: int) -> None:
    """Promise the whole body, send a part, hang up."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:after])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


class Hf(Site):
    """Daily listings: `papers` of each day, at most `limit` a page; ETags; 400 for a day ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.days: dict[str, list[dict[str, Any]]] = {}
        self.routes["/api/daily_papers"] = self._daily
        self.has_etags = True

    def _daily(self, handler: Any, query: dict[str, str]) -> None:
        if int(query["limit"]) > 100:
            return reply(handler, 400, b'{"error":"Too big: expected number to be <=100"}')
        page, limit = int(query.get("p", 0)), int(query["limit"])
        papers = self.days.get(query["date"], [])[page * limit : (page + 1) * limit]
        body = json.dumps(papers).encode()
        etag = f'"{hash(body)}"'
        if self.has_etags and handler.headers.get("If-None-Match") == etag:
            return reply(handler, 304, b"", ETag=etag)
        return reply(handler, 200, body, **({"ETag": etag} if self.has_etags else {}), RateLimit='"api";r=499;t=300')


class Oai(Site):
    """ListRecords with tokens; `expire()` makes all tokens given so far unknown."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[str, str]] = []
        self.page = 3
        self.generation = 0
        self.answers = 0
        self.routes["/oai"] = self._list

    def expire(self) -> None:
        self.generation += 1

    def _list(self, handler: Any, query: dict[str, str]) -> None:
        self.answers += 1
        skip = 0
        if token := query.get("resumptionToken"):
            generation, first, last, skip_text = token.split("|")
            if int(generation) != self.generation:
                return self._say(handler, '<error code="badResumptionToken">The token has expired</error>')
            skip = int(skip_text)
        else:
            first, last = query["from"], query["until"]
        found = [record for record in self.records if first <= record[1] <= last]
        if not found:
            return self._say(handler, '<error code="noRecordsMatch">No records</error>')
        rows = "".join(
            f"<record><header><identifier>oai:arXiv.org:{name}</identifier><datestamp>{day}</datestamp></header>"
            f'<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{name}</id><title>Paper {name}</title></arXivRaw></metadata></record>'
            for name, day in found[skip : skip + self.page]
        )
        more = skip + self.page < len(found)
        next_token = f"{self.generation}|{first}|{last}|{skip + self.page}"
        end = f'<resumptionToken expirationDate="2026-11-22T00:00:00Z">{next_token}</resumptionToken>' if more else "<resumptionToken/>"
        return self._say(handler, f"<ListRecords>{rows}{end}</ListRecords>")

    def _say(self, handler: Any, inside: str) -> None:
        # No two answers have the same bytes: each says when it was given.
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>2026-11-21T00:00:00Z {self.answers}</responseDate><request>http://example.org/oai</request>{inside}</OAI-PMH>"
        )
        reply(handler, 200, body.encode(), "text/xml; charset=utf-8")


class OpenAlex(Site):
    """Works by cursor, with credits that are used up."""

    def __init__(self) -> None:
        super().__init__()
        more = {"publication_date": "2025-01-02", "publication_year": 2025, "cited_by_count": 0, "authorships": [], "type": "article"}
        self.works = [{"id": f"https://openalex.org/W{n}", "title": f"Work {n}", **more} for n in range(250)]
        self.credits = 1000
        self.routes["/works"] = self._works

    def _works(self, handler: Any, query: dict[str, str]) -> None:
        if self.credits < 10:
            body = b'{"error":"Rate limit exceeded","message":"Insufficient credits: daily limit reached. Resets at midnight UTC."}'
            return reply(handler, 429, body, X_RateLimit_Limit="1000", X_RateLimit_Remaining="0", X_RateLimit_Reset="32400")
        self.credits -= 10
        start, size = 0 if query["cursor"] == "*" else int(query["cursor"].removeprefix("at")), int(query["per_page"])
        results = self.works[start : start + size]
        meta = {"count": len(self.works), "per_page": size, "next_cursor": f"at{start + size}" if results else None}
        body = gzip.compress(json.dumps({"meta": meta, "results": results}).encode())
        return reply(handler, 200, body, Content_Encoding="gzip", X_RateLimit_Limit="1000", X_RateLimit_Remaining=str(self.credits))


class Crossref(Site):
    """Works by cursor; cursors are forgotten when `expire()` says so."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 2500
        self.generation = 0
        self.pace = ("50", "1s")
        self.routes["/works"] = self._works

    def expire(self) -> None:
        self.generation += 1

    def _works(self, handler: Any, query: dict[str, str]) -> None:
        start, rows = 0, int(query["rows"])
        if query["cursor"] != "*":
            generation, start_text = query["cursor"].split("+")
            if int(generation) != self.generation:
                return reply(handler, 404, b'{"status":"failed","message":[{"type":"cursor","message":"unknown cursor"}]}')
            start = int(start_text)
        more = {"type": "journal-article", "publisher": "Leaves", "issued": {"date-parts": [[2025, 1, 2]]}, "URL": "https://doi.org/10.5555/0"}
        items = [{"DOI": f"10.5555/{n}", "title": [f"Work {n}"], **more} for n in range(start, min(start + rows, self.count))]
        message = {"next-cursor": f"{self.generation}+{start + rows}", "total-results": self.count, "items": items}
        body = json.dumps({"status": "ok", "message-type": "work-list", "message": message, "asked": len(self.asked)}).encode()
        return reply(handler, 200, body, X_Rate_Limit_Limit=self.pace[0], X_Rate_Limit_Interval=self.pace[1])


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    """Starts a server of a class; none outlives the test."""
    started: list[Site] = []

    def start(kind: str = "Site", *arguments: Any) -> Any:
        started.append({"Site": Site, "Hf": Hf, "Oai": Oai, "OpenAlex": OpenAlex, "Crossref": Crossref}[kind](*arguments))
        return started[-1]

    yield start
    for site in started:
        site.close()


@pytest.fixture
def answers() -> Any:
    """The ways to answer: reply, cut."""

    class Answers:
        reply = staticmethod(reply)
        cut = staticmethod(cut)

        @staticmethod
        def of(status: int, body: bytes = b"{}", content_type: str = "application/json", **headers: str) -> Callable[..., None]:
            return lambda handler, _: reply(handler, status, body, content_type, **headers)

    return Answers


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets settings and secrets as variables. Everything is fast unless it says otherwise."""
    for name in [name for name in os.environ if name.startswith("PAPERHOUSE_")]:
        monkeypatch.delenv(name)

    def set_them(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"PAPERHOUSE_{name.upper()}", str(value))

    set_them(**FAST)
    return set_them


@pytest.fixture(autouse=True)
def no_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here processes die and machines do not, so nothing has to reach the disk at once."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def fetch(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Fetches in this process, and gives the facts that the command prints."""

    def call(source: str, first: str | None = None, last: str | None = None, is_plan: bool = False, wait: int = 0, **options: Any) -> dict[str, Any]:
        capsys.readouterr()
        command(source, Options(first=first, last=last, **options), home, wait, is_plan, True)
        return json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def landed(home: Path) -> Callable[[], list[tuple[dict[str, Any], bytes]]]:
    """What is in the raw store: the first note of each document, and its bytes."""

    def read() -> list[tuple[dict[str, Any], bytes]]:
        notes = [json.loads(path.read_text()) for path in sorted((home / "raw").glob("??/*.json")) if path.stem.isalnum()]
        return [(note, (home / "raw" / note["document_id"][:2] / note["document_id"]).read_bytes()) for note in notes]

    return read


@pytest.fixture
def journal(home: Path) -> Callable[[], list[dict[str, Any]]]:
    """The entries of the journal of fetches."""
    return lambda: [json.loads(line) for line in (home / "journal" / "fetches.jsonl").read_text().splitlines()]


@pytest.fixture
def days() -> Callable[[str, int], list[str]]:
    """So many days from one on."""
    return lambda first, count: [str(date.fromisoformat(first) + timedelta(days=n)) for n in range(count)]
