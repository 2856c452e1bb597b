"""Faults of servers, each by a real server, seen through `fetch url` and `fetch hf`."""

import gzip
import json
import socket
import time
import zlib

import pytest

from flows.fetch import addresses
from flows.home import Home
from flows.journal import Journal
from warehouse.errors import InputError

LISTING = json.dumps([{"paper": {"id": f"2501.{n:05}"}} for n in range(60)]).encode()


@pytest.fixture
def site(serve):
    return serve()


@pytest.fixture
def hf(serve, settings):
    site = serve("Hf")
    site.days["2025-01-01"] = json.loads(LISTING)
    settings(hf_url=site.url)
    return site


@pytest.fixture
def one(hf, fetch):
    """Fetches one day with faults before it."""

    def call(*faults, **options):
        hf.faults = list(faults)
        return fetch("hf", "2025-01-01", "2025-01-01", **options)

    return call


def left_over(home):
    return [path for path in (home / ".paperhouse-fetch").rglob("*") if path.is_file() and not path.name.startswith("asked-")]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(one, answers, status) -> None:
    facts = one(answers.of(status, b"busy", "text/plain"), answers.of(status, b"", "text/plain"))
    assert (facts["requests"], facts["new"], facts["exit_status"]) == (3, 1, 0)


@pytest.mark.parametrize("status", [400, 404, 405, 406, 409, 410, 414, 418, 422])
def test_what_is_refused_is_not_tried_again(one, answers, status) -> None:
    facts = one(answers.of(status, b"no", "text/plain"))
    assert (facts["requests"], facts["failed"][0]["reason"], facts["exit_status"]) == (1, f"HTTP {status}; it says: no", 2)


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_server_that_does_not_let_us_in_is_not_asked_further(hf, fetch, answers, status) -> None:
    hf.faults = [answers.of(status, b"go away", "text/plain")]
    facts = fetch("hf", "2025-01-01", "2025-01-05")
    assert facts["requests"] == 1
    assert facts["stopped"] == f"hf, the listing of 2025-01-01: the server does not let us in (HTTP {status}); it says: go away"
    assert facts["exit_status"] == 1


def test_it_gives_up_after_the_number_of_tries_and_says_what_it_was(one, answers, settings) -> None:
    settings(retry_count=2)
    facts = one(*[answers.of(502, b"", "text/html")] * 9)
    assert facts["requests"] == 3
    assert facts["stopped"] == "hf, the listing of 2025-01-01: it failed 3 times, at last so: HTTP 502"
    assert one()["new"] == 1


def test_retry_after_is_obeyed(hf, one, answers) -> None:
    one(answers.of(503, b"", Retry_After="1"))
    assert 1.0 <= hf.at[1] - hf.at[0] < 2


def test_retry_after_longer_than_we_wait_stops_the_fetch(one, answers) -> None:
    facts = one(answers.of(503, b"", Retry_After="7200"))
    assert facts["requests"] == 1
    assert "the server is not to be asked before " in facts["stopped"]


def test_a_429_that_asks_for_a_moment_is_waited_for(hf, one, answers) -> None:
    facts = one(answers.of(429, b'{"error":"Too many requests"}', Retry_After="0.3", X_RateLimit_Remaining="990"))
    assert facts["new"] == 1
    assert hf.at[1] - hf.at[0] >= 0.3


def test_a_429_of_a_quota_that_is_used_up_stops_the_fetch(one, answers) -> None:
    facts = one(answers.of(429, b'{"error":"Daily limit reached"}', X_RateLimit_Remaining="0", X_RateLimit_Reset="36000"))
    assert facts["requests"] == 1
    assert "the quota is used up (HTTP 429); it is renewed at " in facts["stopped"]
    assert facts["exit_status"] == 1


def test_a_window_that_is_used_up_is_waited_out_before_the_next_request(hf, fetch, answers) -> None:
    hf.faults = [answers.of(200, LISTING, RateLimit='"api";r=0;t=1', RateLimit_Policy='"fixed window";"api";q=500;w=300')]
    assert fetch("hf", "2025-01-01", "2025-01-02")["requests"] == 2
    assert hf.at[1] - hf.at[0] >= 0.95


@pytest.mark.parametrize(
    "headers", [{"RateLimit": '"api";r=0;t=99999999'}, {"X_Rate_Limit_Limit": "1", "X_Rate_Limit_Interval": "99999999s"}], ids=["pause", "pace"]
)
def test_a_pause_longer_than_we_wait_stops_the_fetch_after_the_answer(hf, fetch, answers, headers) -> None:
    hf.faults = [answers.of(200, LISTING, **headers)]
    facts = fetch("hf", "2025-01-01", "2025-01-02")
    assert (facts["requests"], facts["new"], facts["exit_status"]) == (1, 1, 1)
    assert "the source asks for a pause of " in facts["stopped"]


def test_an_answer_that_is_cut_off_is_asked_for_again_and_leaves_nothing(one, answers, landed, home) -> None:
    facts = one(lambda handler, _: answers.cut(handler, LISTING, 500), lambda handler, _: answers.cut(handler, LISTING, 0))
    assert (facts["requests"], facts["new"]) == (3, 1)
    assert [content for _, content in landed()] == [LISTING]
    assert left_over(home) == []


def test_a_connection_that_is_closed_without_a_word_is_tried_again(one) -> None:
    def hang_up(handler, _):
        handler.close_connection = True
        handler.connection.close()

    assert one(hang_up)["new"] == 1


def test_a_server_that_is_not_there_is_tried_again_and_said(settings, fetch, serve) -> None:
    site = serve("Hf")
    site.close()
    settings(hf_url=site.url, retry_count=1)
    facts = fetch("hf", "2025-01-01", "2025-01-01")
    assert facts["requests"] == 2
    assert "it failed 2 times, at last so: no connection to 127.0.0.1:" in facts["stopped"]
    site.server.server_close = site.server.shutdown = lambda: None


def test_json_that_was_cut_before_it_was_sent_is_asked_for_again(one, answers, landed) -> None:
    facts = one(answers.of(200, LISTING[:777]))
    assert (facts["requests"], facts["new"]) == (2, 1)
    assert [content for _, content in landed()] == [LISTING]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><title>Maintenance</title>", "the server sent a web page where JSON belongs"),
        (b"\n<html><head><title>Just a moment...</title>", "the server sent a page that wants proof of a human being where JSON belongs"),
        (b"<!-- x --><HTML>", "the server sent a web page where JSON belongs"),
    ],
)
@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json"])
def test_a_web_page_in_the_place_of_data_stops_the_fetch_and_does_not_land(one, answers, landed, body, words, content_type) -> None:
    facts = one(answers.of(200, body, content_type))
    assert facts["requests"] == 1
    assert words in facts["stopped"]
    assert landed() == []


def test_data_of_another_type_does_not_land(one, answers, landed) -> None:
    facts = one(answers.of(200, b"%PDF-1.7", "application/pdf"))
    assert facts["stopped"].endswith("the server sent 'application/pdf' where JSON belongs")
    facts = one(answers.of(200, b"plain words", "text/plain"))
    assert facts["stopped"].endswith("the answer is no JSON: it begins with 'plain words'")
    assert landed() == []


def test_an_answer_larger_than_allowed_is_refused_before_it_is_read(one, answers, settings) -> None:
    settings(max_answer_bytes=1000)
    assert one()["stopped"].endswith(f"the answer has {len(LISTING):,} bytes, more than the 1,000 allowed")


def test_an_answer_that_does_not_say_how_large_it_is_is_measured(one, settings) -> None:
    def endless(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(b"[" + b" " * 9999)

    settings(max_answer_bytes=100_000)
    assert one(endless)["stopped"].endswith("the answer has more than the 100,000 bytes allowed")


def test_a_bomb_is_not_unpacked(one, answers, settings, home) -> None:
    bomb = gzip.compress(b"[" + b" " * 50_000_000)
    facts = one(answers.of(200, bomb, Content_Encoding="gzip"))
    assert "when unpacked (settings max_answer_bytes, max_expansion)" in facts["stopped"]
    settings(max_expansion=100_000, max_answer_bytes=1_000_000)
    assert "when unpacked" in one(answers.of(200, bomb, Content_Encoding="gzip"))["stopped"]
    assert left_over(home) == []


def test_packed_answers_land_unpacked(hf, one, answers, landed) -> None:
    one(answers.of(200, gzip.compress(LISTING), Content_Encoding="gzip"))
    assert hf.asked[0][2]["accept-encoding"] == "gzip"
    [(note, content)] = landed()
    assert content == LISTING
    assert note["bytes"] == len(LISTING)


@pytest.mark.parametrize("body", [gzip.compress(LISTING)[:-9], gzip.compress(LISTING)[:40], b"no gzip at all"], ids=["cut", "cut early", "none"])
def test_a_packed_answer_that_is_damaged_is_asked_for_again(one, answers, body) -> None:
    facts = one(answers.of(200, body, Content_Encoding="gzip"))
    assert (facts["requests"], facts["new"]) == (2, 1)


def test_a_packing_that_was_not_asked_for_is_refused(one, answers) -> None:
    facts = one(answers.of(200, zlib.compress(LISTING), Content_Encoding="deflate"))
    assert facts["stopped"].endswith("the answer is packed as 'deflate', which was not asked for")


def trickle(pause, count=10_000):
    def send(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(LISTING)))
        handler.end_headers()
        for n in range(count):
            handler.wfile.write(LISTING[n : n + 1])
            handler.wfile.flush()
            time.sleep(pause)

    return send


def trickled_headers(handler, _):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(10_000):
        handler.wfile.write(f"X-{n}: 1\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)


def test_bytes_that_come_too_slowly_are_given_up(one, settings) -> None:
    settings(read_seconds="0.3", retry_count=0)
    assert "the bytes come too slowly: " in one(trickle(0.05))["stopped"]


def test_silence_is_given_up(one, settings) -> None:
    settings(read_seconds="0.2", retry_count=0)
    assert one(lambda *_: time.sleep(1))["stopped"].endswith("the connection failed (timed out)")


@pytest.mark.parametrize("send", [trickle(0.05), trickled_headers], ids=["body", "headers"])
def test_a_whole_answer_has_an_end_however_it_trickles(one, settings, send) -> None:
    settings(max_answer_seconds="0.5", retry_count=0)
    start = time.monotonic()
    assert one(send)["stopped"].endswith("the answer took more than 0 s (setting max_answer_seconds)")
    assert time.monotonic() - start < 3


def test_after_a_slow_answer_the_next_one_is_taken(one, settings) -> None:
    settings(max_answer_seconds="0.5")
    assert one(trickled_headers)["new"] == 1


def test_the_pace_is_kept_within_a_fetch_and_between_fetches(hf, fetch, settings) -> None:
    settings(hf_pace_seconds="0.3")
    fetch("hf", "2025-01-01", "2025-01-02")
    fetch("hf", "2025-01-03", "2025-01-03")
    assert all(later - sooner >= 0.25 for sooner, later in zip(hf.at, hf.at[1:], strict=False))


# Addresses, and redirects.


def test_a_file_is_landed_by_its_address_and_asked_for_again_on_condition(site, fetch, landed, answers) -> None:
    def page(handler, _):
        if handler.headers.get("If-None-Match") == '"1"' and handler.headers.get("If-Modified-Since"):
            return answers.reply(handler, 304, b"")
        return answers.reply(handler, 200, b"\x00any bytes", "image/png", ETag='"1"', Last_Modified="Wed, 01 Jan 2025 00:00:00 GMT", Set_Cookie="a=b")

    site.routes["/a"] = page
    assert fetch("url", urls=[f"{site.url}/a#part", f"{site.url}/a"])["new"] == 1
    assert site.asked[0][2]["accept-encoding"] == "identity"
    facts = fetch("url", urls=[f"{site.url}/a"])
    assert (facts["unchanged"], facts["new"]) == (1, 0)
    [(note, content)] = landed()
    assert (note["url"], content) == (f"{site.url}/a", b"\x00any bytes")
    assert "set-cookie" not in note["fetch"]["headers"]
    assert "cookie" not in site.asked[1][2]


def test_a_file_that_unpacks_to_too_much_is_said_and_is_read_when_the_bound_is_raised(site, fetch, answers, settings, home) -> None:
    settings(max_unpacked_bytes=1000)
    site.routes["/a.gz"] = answers.of(200, gzip.compress(b"x" * 5000))
    facts = fetch("url", urls=[f"{site.url}/a.gz"])
    [failed] = facts["failed"]
    assert failed["about"] == f"{site.url}/a.gz"
    assert "unpacks to more than 1,000 bytes (setting max_unpacked_bytes)" in failed["reason"]
    assert (facts["exit_status"], left_over(home)) == (2, [])
    # The run has it among its rejects.
    [unread] = Journal(Home(home).journal).unreadable()
    assert (unread.path, unread.code, unread.resolved_at) == (f"{site.url}/a.gz", "too_large", None)
    settings(max_unpacked_bytes=10_000)
    assert fetch("url", urls=[f"{site.url}/a.gz"])["failed"] == []
    assert [one.resolved_at is not None for one in Journal(Home(home).journal).unreadable()] == [True]


def test_one_address_that_fails_leaves_the_others_be(site, fetch, answers) -> None:
    site.routes["/b"] = answers.of(200, b"b")
    facts = fetch("url", urls=[f"{site.url}/none", f"{site.url}/b"])
    assert (facts["new"], len(facts["failed"]), facts["exit_status"]) == (1, 1, 0)
    # It was named again, so it is asked for again.
    facts = fetch("url", urls=[f"{site.url}/none"])
    assert (facts["requests"], facts["exit_status"]) == (1, 2)


def test_a_server_that_is_ill_or_forbids_leaves_other_servers_be(site, serve, fetch, answers, settings) -> None:
    settings(retry_count=1)
    other = serve()
    other.routes["/b"] = answers.of(200, b"b")
    site.faults = [answers.of(503), answers.of(503), answers.of(403, b"no")]
    facts = fetch("url", urls=[f"{site.url}/1", f"{site.url}/2", f"{other.url}/b"])
    assert [one["reason"] for one in facts["failed"]] == [
        "it failed 2 times, at last so: HTTP 503; it says: {}",
        "the server does not let us in (HTTP 403); it says: no",
    ]
    assert (facts["new"], facts["stopped"], facts["exit_status"]) == (1, None, 0)
    site.faults = [answers.of(403)]
    assert fetch("url", urls=[f"{site.url}/1"])["exit_status"] == 1


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a", "example.org", "https://", "http://[::1/", "http://a b/", "http://a:99999/", "file:///etc/passwd"]
)
def test_what_is_no_address_is_refused(fetch, home, url) -> None:
    with pytest.raises(InputError, match="this is no address; it must begin with http:// or https://"):
        fetch("url", urls=[url])
    assert not home.exists()


def test_redirects_on_the_same_host_are_followed(site, fetch, landed, answers) -> None:
    site.routes |= {"/a": answers.of(302, b"", Location="/b?x=1"), "/b": answers.of(301, b"", Location=f"{site.url}/c"), "/c": answers.of(200, b"c")}
    assert fetch("url", urls=[f"{site.url}/a"])["new"] == 1
    assert landed()[0][0]["url"] == f"{site.url}/c"


def test_redirects_in_a_circle_and_without_end_are_refused(site, fetch, answers) -> None:
    site.routes |= {"/a": answers.of(302, b"", Location="/b"), "/b": answers.of(302, b"", Location="/a")}
    assert fetch("url", urls=[f"{site.url}/a"])["failed"][0]["reason"].startswith("the redirects go round in a circle, at ")
    for n in range(9):
        site.routes[f"/{n}"] = answers.of(307, b"", Location=f"/{n + 1}")
    reason = fetch("url", urls=[f"{site.url}/0"])["failed"][0]["reason"]
    assert reason == f"more than 5 redirects, the last to {site.url}/6 (setting max_redirects)"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://example.org/x", "a redirect leads to another host, http://example.org/x; if that is right, allow it: setting redirect_hosts"),
        ("//169.254.169.254/latest", "a redirect leads to another host, http://169.254.169.254/latest"),
        ("file:///etc/passwd", "a redirect leads to 'file:///etc/passwd', which is no address of the web"),
        ("http://[::1/", "a redirect leads to what is no address"),
        ("http://me:geheim@example.org/?api_key=geheim", "a redirect leads to another host, http://REDACTED@example.org/?api_key=REDACTED"),
    ],
)
def test_redirects_elsewhere_are_refused(site, fetch, answers, target, words) -> None:
    site.routes["/a"] = answers.of(302, b"", Location=target)
    assert fetch("url", urls=[f"{site.url}/a"])["failed"][0]["reason"].startswith(words)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "169.254.169.254", "[fe80::1]"])
def test_redirects_to_private_addresses_are_refused_even_where_other_hosts_are_allowed(site, serve, fetch, answers, settings, host) -> None:
    other = serve()
    settings(redirect_hosts="*")
    site.routes["/a"] = answers.of(302, b"", Location=f"http://{host}:{other.port}/secret")
    reason = fetch("url", urls=[f"{site.url}/a"])["failed"][0]["reason"]
    assert "an address of this machine or its network (setting allow_private_addresses)" in reason
    assert other.asked == []


def test_a_redirect_to_this_machine_is_followed_where_that_is_allowed(site, serve, fetch, answers, settings) -> None:
    other = serve()
    other.routes["/b"] = answers.of(200, b"b")
    settings(redirect_hosts="localhost", allow_private_addresses="true")
    site.routes["/a"] = answers.of(302, b"", Location=f"http://localhost:{other.port}/b")
    assert fetch("url", urls=[f"{site.url}/a"])["new"] == 1
    assert other.asked[0][2]["host"] == f"localhost:{other.port}"


def test_this_machine_is_asked_where_the_user_writes_it_out(site, fetch, answers) -> None:
    site.routes["/a"] = answers.of(200, b"a")
    assert fetch("url", urls=[f"http://localhost:{site.port}/a"])["new"] == 1
    assert site.asked[0][2]["host"] == f"localhost:{site.port}"


@pytest.fixture
def names(monkeypatch):
    """What names resolve to, look-up after look-up."""
    found = {}
    real = addresses.socket.getaddrinfo

    def resolve(host, port, *more, **options):
        if host not in found:
            return real(host, port, *more, **options)
        address = found[host].pop(0) if len(found[host]) > 1 else found[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolve)
    return found


def test_a_name_that_leads_to_this_machine_is_refused_unless_that_is_allowed(site, fetch, answers, names, settings) -> None:
    names["intranet.example"] = ["127.0.0.1"]
    site.routes["/a"] = answers.of(200, b"a")
    facts = fetch("url", urls=[f"http://intranet.example:{site.port}/a"])
    assert "intranet.example is 127.0.0.1, an address of this machine or its network" in facts["failed"][0]["reason"]
    assert site.asked == []
    settings(allow_private_addresses="true")
    assert fetch("url", urls=[f"http://intranet.example:{site.port}/a"])["new"] == 1
    assert site.asked[0][2]["host"] == f"intranet.example:{site.port}"


def test_the_address_that_was_judged_is_the_one_that_is_connected_to(site, fetch, answers, names, settings, monkeypatch) -> None:
    # A name that is public when it is judged (::1 stands for that) and leads to the server a moment later: nobody is at the first address.
    settings(retry_count=0)
    names["rebound.example"] = ["::1", "127.0.0.1"]
    monkeypatch.setattr(addresses, "is_public", lambda text: text == "::1")
    reason = fetch("url", urls=[f"http://rebound.example:{site.port}/a"])["failed"][0]["reason"]
    assert "no connection to rebound.example" in reason
    # The next look-up is judged too.
    reason = fetch("url", urls=[f"http://rebound.example:{site.port}/a"])["failed"][0]["reason"]
    assert "rebound.example is 127.0.0.1, an address of this machine" in reason
    assert site.asked == []


def test_a_proxy_of_the_environment_is_not_used_and_that_is_said(site, serve, fetch, answers, monkeypatch) -> None:
    proxy = serve()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    site.routes["/a"] = answers.of(200, b"a")
    monkeypatch.setattr("flows.reporter.Silent.say", lambda _, message: said.append(message))
    said = []
    assert fetch("url", urls=[f"{site.url}/a"])["new"] == 1
    assert proxy.asked == []
    assert said == ["HTTP_PROXY is set, and a fetch goes through no proxy; it connects by itself"]


def test_an_etag_that_cannot_be_sent_back_is_not_kept(site, fetch, answers) -> None:
    site.routes["/a"] = answers.of(200, b"a", ETag='"\xe9"')
    assert fetch("url", urls=[f"{site.url}/a"])["new"] == 1
    assert fetch("url", urls=[f"{site.url}/a"])["known"] == 1
    assert "if-none-match" not in site.asked[1][2]
