"""paperhouse fetch as it is typed."""

import fcntl
import json
import re
import subprocess
import sys
import time

import pytest

from flows.home import Home


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


def test_what_is_printed(typed, hf) -> None:
    out = typed("hf", "--from", "2025-01-01", "--to", "2025-01-03").stdout
    assert re.fullmatch(r"hf: 3 requests, 2 new documents \(2 records, 66 bytes\)\n  1 without a record\n  load it  \S+ run --home home\n", out), out
    out = typed("hf", "--from", "2025-01-01", "--to", "2025-01-31", "--plan").stdout
    assert out == (
        "hf: at least 28 requests; nothing was asked\n"
        "  first    the listing of 2025-01-04\n"
        "  last     the listing of 2025-01-31\n"
        "  landed   3 days, not asked again (--again asks)\n"
        "  time     at least 0 s, one request every 0 s\n"
        "  quota    500 requests in 300 s are allowed; this pace makes at most 28 (6%)\n"
        "  Each further page of a long listing is one request more.\n"
    )


def test_a_mistake_is_2_and_no_stack_trace(typed, hf) -> None:
    done = typed("hf", "--from", "2025-13-01", check=2)
    assert done.stderr == "paperhouse: --from: '2025-13-01' is no day; write it as 2025-01-31\n"
    assert hf.asked == []


def test_json_is_one_object_on_standard_output(typed, answers, hf, one_json) -> None:
    hf.faults = [answers.of(403, b"no")]
    facts = one_json(typed("hf", "--from", "2025-01-01", "--to", "2025-01-01", "--json", check=1).stdout)
    assert facts["exit_status"] == 1
    assert facts["stopped"] == "hf, the listing of 2025-01-01: the server does not let us in (HTTP 403); it says: no"


def test_a_secret_in_the_settings_file_stops_everything(typed, home) -> None:
    home.mkdir()
    (home / "paperhouse.toml").write_text("openalex_key = 'geheim'\n")
    done = typed("hf", "--from", "2025-01-01", check=2)
    assert "openalex_key is a secret" in done.stderr
    assert "geheim" not in done.stderr


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


def test_a_fetch_does_not_wait_for_a_run_nor_a_run_for_a_fetch(hf, home, fetch, settings, run_load, saved, tmp_path) -> None:
    settings(hf_url=hf.url)
    Home(home).prepare()
    with Home(home).lock.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert fetch("hf", "2025-01-01", "2025-01-01")["new"] == 1
    with Home(home).fetch_lock.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        summary = run_load(home, saved(tmp_path / "2025-12-16.txt", 0, 1))
        assert summary.state == "published"
        # The listing that was fetched is loaded with it.
        assert summary.new_documents == 2


def test_what_a_fetch_wrote_is_no_listing(hf, home, fetch, settings) -> None:
    settings(hf_url=hf.url)
    fetch("hf", "2025-01-01", "2025-01-01")
    own = Home(home)
    assert all(own.owns(path.resolve()) for path in home.rglob("*") if path.is_file())
