"""A fetch that is killed at any moment goes on where it stopped: nothing is missing, nothing is twice, nothing half counts."""

import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.home import Home
from flows.raw_store import RawStore

PROGRAM = Path(__file__).with_name("killed.py")


@pytest.fixture(scope="module")
def die():
    """Starts a fetch in a process of its own that is killed at a moment, or after so many seconds; gives its exit status (-9: killed)."""
    process = subprocess.Popen([sys.executable, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(home, source, days, moment=None, nth=1, after=None) -> int:
        environment = {name: value for name, value in os.environ.items() if name.startswith("PAPERHOUSE_")}
        order = {"environment": environment, "home": str(home), "source": source, "days": days, "moment": moment, "nth": nth, "after": after}
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield call
    process.stdin.close()
    process.stdout.close()
    process.wait()


def moments():
    spec = importlib.util.spec_from_file_location("killed", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return sorted(module.MOMENTS)


DAYS = ("2025-01-01", "2025-01-03")


@pytest.fixture
def hf(serve, settings):
    site = serve("Hf")
    site.days = {f"2025-01-0{day}": [{"paper": {"id": f"250{day}.{n:05}"}} for n in range(150)] for day in (1, 2, 3)}
    settings(hf_url=site.url)
    return site


@pytest.fixture
def oai(serve, settings):
    site = serve("Oai")
    site.records = [(f"250{day}.{n:05}", f"2025-01-0{day}") for day in (1, 2, 3) for n in range(7)]
    settings(arxiv_url=f"{site.url}/oai")
    return site


def check(home, landed, journal, pattern, expected):
    """All has landed, once; every file of the store has its note; nothing waits."""
    found = re.findall(pattern, "".join(content.decode() for _, content in landed()))
    assert sorted(found) == sorted(set(found))
    assert len(found) == expected
    raw = [path for path in (home / "raw").rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert len(raw) == 2 * len(landed())
    assert [path for path in (home / ".paperhouse-fetch").rglob("*") if not path.name.startswith("asked-")] == []
    noted = [entry["document_id"] for entry in journal() if entry["event"] == "landed"]
    assert sorted(noted) == sorted(note["document_id"] for note, _ in landed())


@pytest.fixture
def journal(home):
    """The journal's entries; a half line is passed over, as everywhere."""

    def read():
        found = []
        for line in (home / "journal" / "fetches.jsonl").read_text().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    return read


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("moment", moments())
def test_pages_that_land_one_by_one(hf, die, fetch, home, landed, journal, moment, nth) -> None:
    assert die(home, "hf", DAYS, moment, nth) == -9
    asked = len(hf.asked)
    assert asked == nth
    facts = fetch("hf", *DAYS)
    assert facts["exit_status"] == 0
    # Only an answer that had not come whole, or had come a moment ago, is asked for again.
    assert len(hf.asked) == 6 + (moment.startswith("downloaded"))
    check(home, landed, journal, r'"id": "(.*?)"', 450)
    assert fetch("hf", *DAYS)["requests"] == 0


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("moment", moments())
def test_pages_that_land_together(oai, die, fetch, home, landed, journal, moment, nth) -> None:
    # Three pages a day: they land with the third.
    assert die(home, "arxiv", DAYS, moment, nth) == -9
    asked = len(oai.asked)
    facts = fetch("arxiv", *DAYS)
    assert facts["exit_status"] == 0
    assert len(oai.asked) == 9 + (moment.startswith("downloaded"))
    assert len(oai.asked) - asked < 9 or asked == 1
    check(home, landed, journal, r"<id>(.*?)</id>", 21)


@pytest.mark.parametrize("moment", ["landed, not in the journal", "moved, without its note"])
def test_pages_that_were_landing_together_when_the_token_expired(oai, die, fetch, home, landed, journal, moment) -> None:
    assert die(home, "arxiv", DAYS, moment, 2) == -9
    oai.expire()
    assert fetch("arxiv", *DAYS)["recovered"] == 2
    check(home, landed, journal, r"<id>(.*?)</id>", 21)


@pytest.mark.parametrize("source", ["hf", "arxiv"])
def test_killed_again_and_again_at_any_time(hf, oai, die, fetch, home, landed, journal, source) -> None:
    site = {"hf": hf, "arxiv": oai}[source]
    [path] = site.routes
    answer = site.routes[path]

    def slow(handler, query):
        time.sleep(0.02)
        answer(handler, query)

    site.routes[path] = slow
    chance = random.Random(source)
    fates = [die(home, source, DAYS, after=chance.uniform(0.03, 0.12)) for _ in range(12)]
    assert -9 in fates
    fetch(source, *DAYS)
    pattern, expected = (r'"id": "(.*?)"', 450) if source == "hf" else (r"<id>(.*?)</id>", 21)
    check(home, landed, journal, pattern, expected)


def test_a_fetch_that_was_killed_left_nothing_that_a_run_takes_for_a_document(hf, die, home) -> None:
    assert die(home, "hf", DAYS, "moved, without its note") == -9
    assert RawStore(Home(home).raw, Home(home).work).documents() == []
