"""From a server to the published warehouse: fetch from each source, run without a path, ask."""

import fcntl
import gzip
import json

import pytest

from flows.commands.run import run
from flows.home import Home

DAYS = ("2025-01-01", "2025-01-03")
ABSTRACT = (
    "We count the days on which it rained although the forecast of the day before had said that it would not, and ask who could have known. " * 2
)
BIBTEX = b"@article{elm2025, title = {Elm Leaves in the Snow}, author = {Hazel, Ivy}, year = {2025}, journal = {Journal of Leaves}}\n"


def listed(number, title, day):
    """A paper as Hugging Face's listing has it."""
    paper = {"id": f"2501.0000{number}", "title": title, "summary": ABSTRACT, "publishedAt": "2024-12-30T08:00:00.000Z", "upvotes": number}
    return {"paper": paper | {"submittedOnDailyAt": f"{day}T04:00:00.000Z", "authors": [{"name": "Ada Alder"}]}, "title": title, "numComments": 1}


@pytest.fixture
def sources(serve, settings, answers):
    sites = {"hf": serve("Hf"), "arxiv": serve("Oai"), "openalex": serve("OpenAlex"), "crossref": serve("Crossref"), "url": serve()}
    # On the second day there is no listing: the source gives the one of the first.
    first = [listed(1, "Paper 2501.00001", DAYS[0]), listed(2, "Birch Leaves in the Wind", DAYS[0])]
    sites["hf"].days = {"2025-01-01": first, "2025-01-02": first, "2025-01-03": [listed(3, "Cedar Leaves in the Sun", DAYS[1])]}
    # The first is a paper of the listing too.
    sites["arxiv"].records = [("2501.00001", "2025-01-02"), *((f"2501.009{n:02}", "2025-01-02") for n in range(6))]
    sites["openalex"].works = sites["openalex"].works[:150]
    sites["crossref"].count = 3
    sites["url"].routes["/elm.bib.gz"] = answers.of(200, gzip.compress(BIBTEX), "application/gzip")
    settings(**{f"{name}_url": site.url + ("/oai" if name == "arxiv" else "") for name, site in sites.items() if name != "url"})
    return sites


def test_what_was_fetched_is_loaded_by_a_run_without_a_path(sources, fetch, home, ask, one_json, capsys, monkeypatch) -> None:
    for name in ("hf", "arxiv", "openalex", "crossref"):
        assert fetch(name, *DAYS)["exit_status"] == 0
    secret = "token=geheim"
    assert fetch("url", urls=[f"{sources['url'].url}/elm.bib.gz?{secret}"])["new"] == 1

    # A fetch that is still at work does not stop the run.
    with Home(home).fetch_lock.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert run([], home, False, None, "local", 0, True) == 0
    summary = one_json(capsys.readouterr().out)
    assert (summary["state"], summary["new_documents"], summary["rejected"]) == ("published", 2 + 3 + 2 + 3 + 1, 0)
    assert ask(home, "select source, count(*) from bronze.records group by all order by all") == [
        ("arxiv", 7),
        ("bibtex", 1),
        ("crossref", 9),
        ("hf", 3),
        ("openalex", 150),
    ]
    assert ask(home, "select distinct observed_at_source from bronze.documents") == [("fetch",)]
    # The day of a listing is the one that its bytes say.
    assert ask(home, "select listed_on::varchar, listed_on_is_inferred, kept_count from bronze.documents where source = 'hf' order by all") == [
        ("2025-01-01", False, 2),
        ("2025-01-03", False, 1),
    ]
    [(url,)] = ask(home, "select url from bronze.documents where source = 'bibtex'")
    assert url == f"{sources['url'].url}/elm.bib.gz?token=REDACTED"
    assert ask(home, "select count(*) from silver.identifiers where scheme = 'arxiv' and value = '2501.00001'") == [(1,)]
    assert "geheim" not in json.dumps(ask(home, "select * exclude (observed_at, landed_at, listed_on) from bronze.documents"), default=str)

    # Nothing new: nothing is asked, and nothing is published.
    assert fetch("hf", *DAYS)["requests"] == 0
    assert run([], home, False, None, "local", 0, True) == 0
    assert one_json(capsys.readouterr().out)["state"] == "unchanged"
