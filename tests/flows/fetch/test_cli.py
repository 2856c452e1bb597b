"""paperhouse fetch as it is typed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime

import pytest

from flows.commands.fetch import fetch as command
from flows.commands.look import status
from flows.fetch.source import Options
from flows.fetch.sources import FETCHERS, SPELLED
from flows.home import Home
from flows.lock import Busy, held
from flows.raw_store import RawStore
from warehouse.errors import InputError


@pytest.fixture
def hf(serve, settings):
    site = serve("Hf")
    site.days = {"2025-01-01": [{"paper": {"id": "2501.00001"}}], "2025-01-02": [{"paper": {"id": "2501.00002"}}]}
    return site


@pytest.fixture
def typed(hf, paperhouse, home):
    def call(*arguments, **environment):
        fixed = {"PAPERHOUSE_HF_URL": hf.url, "PAPERHOUSE_CONTACT": "librarian@example.org", "PAPERHOUSE_HF_PACE_SECONDS": "0"}
        return paperhouse("fetch", *arguments, "--home", home, **{**fixed, **environment})

    return call


def test_what_is_printed(typed, hf, home, settings, capsys) -> None:
    out = typed("hf", "--from", "2025-01-01", "--to", "2025-01-03").stdout
    assert re.fullmatch(r"hf: 3 requests, 2 new documents \(2 records, 66 bytes\)\n  1 without a record\n  load it  \S+ run --home home\n", out), out
    settings(hf_url=hf.url)
    assert command("hf", Options(first="2025-01-01", last="2025-01-31"), home, 0, True, False) == 0
    assert capsys.readouterr().out == (
        "hf: at least 28 requests; nothing was asked\n"
        "  first    the listing of 2025-01-04\n"
        "  last     the listing of 2025-01-31\n"
        "  landed   3 days, not asked again (--again asks)\n"
        "  time     at least 0 s, one request every 0 s\n"
        "  quota    at least 28 of 500 requests per 300 s (5.6%)\n"
        "  Each further page of a long listing is one request more.\n"
    )


def test_a_mistake_is_2_and_no_stack_trace(typed, hf) -> None:
    done = typed("hf", "--from", "2025-13-01", check=2)
    assert done.stderr == "paperhouse: --from: '2025-13-01' is no day; write it as 2025-01-31\n"
    assert hf.asked == []


def test_json_is_one_object_on_standard_output(answers, hf, one_json, home, settings, capsys) -> None:
    settings(hf_url=hf.url)
    hf.faults = [answers.of(403, b"no")]
    assert command("hf", Options(first="2025-01-01", last="2025-01-01"), home, 0, False, True) == 1
    facts = one_json(capsys.readouterr().out)
    assert facts["exit_status"] == 1
    assert facts["stopped"] == "hf, the listing of 2025-01-01: the server does not let us in (HTTP 403); it says: no"


def test_two_fetches_of_a_home_come_one_after_the_other(hf, home, settings, tmp_path) -> None:
    answer = hf.routes["/api/daily_papers"]

    def slow(handler, query):
        time.sleep(0.5)
        answer(handler, query)

    hf.routes["/api/daily_papers"] = slow
    settings(hf_url=hf.url)
    command = [sys.executable, "-m", "flows.cli", "fetch", "hf", "--from", "2025-01-01", "--to", "2025-01-03", "--home", str(home), "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) for _ in range(2)]
    done = [process.communicate(timeout=60) for process in both]
    facts = [json.loads(out) for out, _ in done]
    assert sorted(found["requests"] for found in facts) == [0, 3]
    assert len(hf.asked) == 3
    assert any("is fetching for this home; waiting up to 600 s" in err for _, err in done)


def test_while_a_run_has_the_home_a_fetch_asks_on_and_what_comes_waits(hf, home, fetch, settings) -> None:
    settings(hf_url=hf.url)
    Home(home).prepare()
    with held(Home(home).lock, datetime(2026, 1, 15, 8), 0, print):
        facts = fetch("hf", "2025-01-01", "2025-01-03")
        assert (facts["requests"], facts["new"], facts["waiting"], facts["exit_status"]) == (3, 0, 3, 1)
        holder = f"the run of process {os.getpid()}, started at 2026-01-15T08:00:00 UTC, is loading into this home"
        assert facts["stopped"].startswith(f"hf, landing what came: {home}: {holder}; try again when it is done")
        # The next one has to land it before it can know what is missing.
        with pytest.raises(Busy, match=re.escape(holder)):
            fetch("hf", "2025-01-01", "2025-01-03")
    facts = fetch("hf", "2025-01-01", "2025-01-03")
    assert (facts["requests"], facts["recovered"], facts["exit_status"]) == (0, 3, 0)
    assert len(RawStore(Home(home).raw, Home(home).work).documents()) == 2


def test_a_fetch_waits_for_a_run_that_is_about_to_end(hf, home, fetch, settings) -> None:
    settings(hf_url=hf.url)
    Home(home).prepare()
    lock = held(Home(home).lock, datetime(2026, 1, 15, 8), 0, print)
    lock.__enter__()
    threading.Timer(0.5, lock.__exit__, (None, None, None)).start()
    assert fetch("hf", "2025-01-01", "2025-01-03", wait=10)["new"] == 2


def test_control_c_is_clean_and_the_next_fetch_goes_on(hf, home, fetch, settings, tmp_path) -> None:
    answer = hf.routes["/api/daily_papers"]
    asked = threading.Event()

    def slow(handler, query):
        if query["date"] == "2025-01-02" and not asked.is_set():
            asked.set()
            time.sleep(1)
        answer(handler, query)

    hf.routes["/api/daily_papers"] = slow
    settings(hf_url=hf.url)
    command = [sys.executable, "-m", "flows.cli", "fetch", "hf", "--from", "2025-01-01", "--to", "2025-01-03", "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    while not asked.wait(0.05):
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.endswith("paperhouse: stopped; the published warehouse stands as it was\n")
    assert "Traceback" not in err
    hf.asked.clear()
    assert fetch("hf", "2025-01-01", "2025-01-03")["new"] == 1
    assert [query["date"] for query in hf.queries] == ["2025-01-02", "2025-01-03"]


def test_what_a_source_says_does_not_move_the_terminals_cursor(hf, answers, home, settings, capsys) -> None:
    settings(hf_url=hf.url)
    hf.faults = [answers.of(403, b"no\x1b[2J\x1b]0;owned\x07")]
    assert command("hf", Options(first="2025-01-01", last="2025-01-01"), home, 0, False, False) == 1
    out = capsys.readouterr().out
    assert "it says: no" in out
    assert "\x1b" not in out


def test_a_source_that_is_none_names_those_that_are(fetch) -> None:
    with pytest.raises(InputError, match=r"^fetch dblp: there is no such source; there are hf, arxiv, openalex, crossref, url$"):
        fetch("dblp", "2025-01-01")


def test_the_help_names_every_source_and_every_option_that_is_heeded(paperhouse) -> None:
    text = " ".join(paperhouse("fetch", "--help").stdout.split())
    *others, last = FETCHERS
    assert f"{', '.join(others)} or {last}" in text
    for fetcher in FETCHERS.values():
        assert all(SPELLED[field] in text for field in fetcher.heeds)


def test_what_a_fetch_wrote_is_no_listing(hf, home, fetch, settings) -> None:
    settings(hf_url=hf.url)
    fetch("hf", "2025-01-01", "2025-01-01")
    own = Home(home)
    assert all(own.owns(path.resolve()) for path in home.rglob("*") if path.is_file())


def test_the_status_says_who_is_fetching(home, capsys) -> None:
    Home(home).prepare()
    with held(Home(home).fetch_lock, datetime(2026, 1, 15, 8), 0, print, "fetch"):
        status(home, False)
    assert f"\nnow        the fetch of process {os.getpid()}, started at 2026-01-15T08:00:00 UTC is fetching\n" in capsys.readouterr().out
