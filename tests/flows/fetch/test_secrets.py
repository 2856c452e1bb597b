"""No key is in any file, in the output or in an error message."""

from urllib.parse import quote

import pytest

from flows.fetch.redact import Redactor

KEY = "s3cr3t/key+with&signs"
NAMES = {"openalex_key": KEY, "crossref_token": f"{KEY}-c", "hf_token": f"{KEY}-h"}


def forms(secret):
    return {secret, quote(secret), quote(secret, safe="")}


def assert_nowhere(home, *texts):
    for text in texts:
        assert not any(form in text for form in forms(KEY))
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) >= 2
    for path in files:
        content = path.read_bytes()
        assert not any(form.encode() in content for form in forms(KEY)), path
        assert not any(form in str(path) for form in forms(KEY))


def test_each_key_goes_to_its_source_and_nowhere_else(serve, settings, paperhouse, fetch, home, answers) -> None:
    sites = {name: serve(kind) for name, kind in (("openalex", "OpenAlex"), ("crossref", "Crossref"), ("hf", "Hf"))}
    sites["hf"].days["2025-01-01"] = [{"paper": {"id": "2501.00001"}}]
    settings(**NAMES, **{f"{name}_url": site.url for name, site in sites.items()})
    said = []
    for name, site in sites.items():
        assert fetch(name, "2025-01-01", "2025-01-01")["exit_status"] == 0
        # Errors that repeat the key.
        site.faults = [
            answers.of(400, f'{{"error":"the key {KEY} is wrong"}}'.encode(), Link=f"<http://x/?api_key={quote(KEY)}>", Set_Cookie=f"k={quote(KEY)}"),
            answers.of(302, b"", Location=f"http://example.org/?api_key={quote(KEY)}"),
        ]
        for day in ("2025-01-02", "2025-01-03"):
            facts = fetch(name, day, day)
            assert facts["exit_status"] in (1, 2)
            said.append(str(facts))
    assert sites["openalex"].queries[0]["api_key"] == KEY
    assert sites["crossref"].asked[0][2]["crossref-plus-api-token"] == f"Bearer {KEY}-c"
    assert sites["hf"].asked[0][2]["authorization"] == f"Bearer {KEY}-h"
    assert "api_key" not in sites["crossref"].queries[0]
    assert "authorization" not in sites["openalex"].asked[0][2]
    assert any("the key REDACTED is wrong" in text for text in said)
    assert_nowhere(home, *said)


def test_no_key_is_in_what_the_program_prints(serve, settings, paperhouse, home, answers) -> None:
    site = serve("OpenAlex")
    site.faults = [lambda handler, _: answers.cut(handler, b"[]", 1), answers.of(400, f"the key {KEY} is wrong".encode())]
    environment = {
        "PAPERHOUSE_OPENALEX_KEY": KEY,
        "PAPERHOUSE_OPENALEX_URL": site.url,
        "PAPERHOUSE_CONTACT": "a@example.org",
        "PAPERHOUSE_RETRY_BASE_SECONDS": "0.01",
    }
    done = paperhouse("fetch", "openalex", "--from", "2025-01-01", "--to", "2025-01-01", "--home", home, check=2, **environment)
    assert "the key REDACTED is wrong" in done.stdout
    assert len(site.asked) == 2
    assert_nowhere(home, done.stdout, done.stderr)


def test_a_password_in_an_address_is_used_and_not_kept(serve, fetch, home, landed, answers, journal) -> None:
    site = serve()
    site.routes["/a"] = answers.of(200, b"a")
    address = f"http://me:geheim@127.0.0.1:{site.port}/a?x=1&token=geheim&sig=geheim"
    facts = fetch("url", urls=[address])
    assert facts["new"] == 1
    assert site.asked[0][2]["authorization"].startswith("Basic ")
    assert site.queries[0] == {"x": "1", "token": "geheim", "sig": "geheim"}
    assert landed()[0][0]["url"] == f"http://REDACTED@127.0.0.1:{site.port}/a?x=1&token=REDACTED&sig=REDACTED"
    facts = fetch("url", urls=[address.replace("/a", "/none")])
    assert facts["failed"]
    for text in [str(facts), *(path.read_text() for path in home.rglob("*") if path.is_file())]:
        assert "geheim" not in text


def test_a_key_does_not_follow_a_redirect_to_another_host(serve, settings, fetch, answers) -> None:
    site, other = serve("Hf"), serve()
    settings(hf_url=site.url, hf_token=KEY, redirect_hosts="localhost", allow_private_addresses="true")
    site.faults = [answers.of(302, b"", Location=f"http://localhost:{other.port}/moved")]
    other.routes["/moved"] = answers.of(200, b"[1]")
    assert fetch("hf", "2025-01-01", "2025-01-01")["new"] == 1
    assert "authorization" in site.asked[0][2]
    assert "authorization" not in other.asked[0][2]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.org/works?filter=x:1&api_key=k&cursor=*", "https://a.org/works?filter=x:1&api_key=REDACTED&cursor=*"),
        ("https://a.org/?resumptionToken=abc", "https://a.org/?resumptionToken=abc"),
        ("https://u:p@a.org:8/b#frag", "https://REDACTED@a.org:8/b"),
        ("https://u@a.org/", "https://REDACTED@a.org/"),
        ("https://a.org/?X-Amz-Signature=1&AWSAccessKeyId=2&Expires=3", "https://a.org/?X-Amz-Signature=REDACTED&AWSAccessKeyId=REDACTED&Expires=3"),
        ("https://a.org/?access_token=1&KEY=2&auth=3", "https://a.org/?access_token=REDACTED&KEY=REDACTED&auth=REDACTED"),
        ("https://a.org/?monkey&keyword=owl&author=x&design=y", "https://a.org/?monkey&keyword=owl&author=x&design=y"),
        ("https://a.org/geheim/x", "https://a.org/REDACTED/x"),
    ],
)
def test_addresses_are_kept_without_what_gives_access(url, expected) -> None:
    assert Redactor({"hf_token": "geheim"}).url(url) == expected


def test_of_headers_only_those_are_kept_that_say_something_of_the_bytes_or_the_limits() -> None:
    headers = {"Set-Cookie": "a", "X-RateLimit-Remaining": "9", "ETag": "geheim", "Server": "x", "Authorization": "b", "X-Request-Key": "c"}
    assert Redactor({"hf_token": "geheim"}).headers(headers) == {"etag": "REDACTED", "server": "x", "x-ratelimit-remaining": "9"}
