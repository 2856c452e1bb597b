import json
import re
import time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.links import found_links, printed_links


def links(*abstracts: str | None) -> list[tuple[str, str, str]]:
    frame = pl.DataFrame(
        {"record_id": [f"r{n}" for n in range(len(abstracts))], "abstract": list(abstracts)}, schema_overrides={"abstract": pl.String}
    )
    return found_links(frame).select("record_id", "url", "kind").rows()


def urls(text: str) -> list[str]:
    return [url for _, url, _ in links(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Code is at https://example.org/a.", "https://example.org/a"),
        ("https://example.org/a, and more", "https://example.org/a"),
        ("See https://example.org/a...", "https://example.org/a"),
        ("Have you seen https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?x=1&y=2!", "https://example.org/a?x=1&y=2"),
        (r"\url{https://example.org/a}", "https://example.org/a"),
        (r"\href{https://example.org/a}{here}.", "https://example.org/a"),
        ("https://x.example/{https://x.example/}.", "https://x.example/"),
        ("{https://example.org/a}}.", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("(https://example.org/a).", "https://example.org/a"),
        ("((see (https://example.org/a))).", "https://example.org/a"),
        ("(((((https://example.org/a)))))", "https://example.org/a"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("[https://example.org/a]", "https://example.org/a"),
        ("<https://example.org/a>", "https://example.org/a"),
        ('"https://example.org/a"', "https://example.org/a"),
        ("“https://example.org/a”", "https://example.org/a"),
        ("*https://example.org/a*", "https://example.org/a"),
        ("[code](https://example.org/a)", "https://example.org/a"),
        ("[https://example.org/a](https://example.org/a)", "https://example.org/a"),
        (r"https://example.org/a\_b", "https://example.org/a_b"),
        (r"https://example.org/\~me/a\%20b\#c", "https://example.org/~me/a%20b#c"),
        ("https://example.org/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2"),
        ("https://example.org/a|next", "https://example.org/a"),
        ("https://example.org/a\u00a0next", "https://example.org/a"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("Code:github.com/one/two.", "https://github.com/one/two"),
        ("huggingface.co/one/two", "https://huggingface.co/one/two"),
        ("arxiv.org/abs/2401.00001.", "https://arxiv.org/abs/2401.00001"),
        ("代码在https://example.org/a。", "https://example.org/a"),
        ("代码（https://example.org/a），数据", "https://example.org/a"),
    ],
)
def test_an_address_is_cut_out_of_its_sentence(text: str, expected: str) -> None:
    assert urls(text) == [expected]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://github.com/one/two", "github"),
        ("http://www.github.com/one/two", "github"),
        ("https://GitHub.com/One/Two", "github"),
        ("https://gist.github.com/one", "github"),
        ("https://github.com:443/one", "github"),
        ("https://huggingface.co/one", "huggingface"),
        ("https://hf.co/one", "huggingface"),
        ("https://arxiv.org/abs/2401.00001", "arxiv"),
        ("https://export.arxiv.org/abs/2401.00001", "arxiv"),
        ("https://one.github.io/two", "other"),
        ("https://docs.github.com/one", "other"),
        ("https://github.com.evil.example/one", "other"),
        ("https://evil-github.com/one", "other"),
        ("https://github.com@evil.example/", "other"),
        ("https://github.com:password@evil.example/", "other"),
        ("https://evil.example/?to=https://github.com/one", "other"),
        ("https://evil.example#@github.com/one", "other"),
        ("https://name@github.com/one", "github"),
    ],
)
def test_the_kind_is_that_of_the_host_it_leads_to(url: str, kind: str) -> None:
    assert links(url) == [("r0", url, kind)]


@pytest.mark.parametrize("text", ["evil-github.com/one", "docs.github.com/one", "my.arxiv.org/one", "notgithub.com/one"])
def test_the_end_of_another_host_is_not_a_known_one(text: str) -> None:
    assert [kind for _, _, kind in links(text)] in ([], ["other"])


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no address here",
        "https://",
        "http://localhost/a",
        "https://x/{",
        "ftp://example.org/a",
        "github.com",
        "https://...",
        "https://.x",
        "https://./a",
        "https://.git/hooks",
        "www.",
    ],
)
def test_what_has_no_host_is_no_address(text: str | None) -> None:
    assert links(text) == []


def test_an_address_of_two_thousand_characters_is_kept_and_a_longer_one_is_not() -> None:
    start = "https://example.org/"
    assert urls(start + "x" * (2_000 - len(start))) == [start + "x" * (2_000 - len(start))]
    assert urls(start + "x" * (2_001 - len(start))) == []


def test_each_record_has_each_address_once_in_order() -> None:
    found = links("https://example.org/b and https://example.org/a. Again: https://example.org/b.", None, "github.com/one/two")
    assert found == [
        ("r0", "https://example.org/a", "other"),
        ("r0", "https://example.org/b", "other"),
        ("r2", "https://github.com/one/two", "github"),
    ]


def test_no_records_have_no_links() -> None:
    assert links() == []


PARTS = [
    "https://",
    "http://",
    "www.",
    "github.com/",
    "a",
    "é",
    ".",
    "/",
    "@",
    ":",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\\",
    "_",
    "?",
    "#",
    "%",
    " ",
    "x.y",
    "'",
]


@settings(max_examples=50)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=14).map("".join), max_size=20))
def test_every_address_has_a_scheme_and_a_host_with_a_dot_inside(texts: list[str]) -> None:
    for _, url, kind in links(*texts):
        # The same must hold in the warehouse: there a single bad address stops the publish.
        assert re.search(r"^https?://[^ /]+[.][^ ]+$", url, re.IGNORECASE), url
        assert not re.search(r"[.,;:!?'\]]$|[\s{}\\]", url)
        assert kind in {"github", "huggingface", "arxiv", "other"}


@pytest.mark.parametrize("part", ["{", "\\", "(", ")", "https://", "https://a.b/ ", "https://a.b/(", "@", "https://a@", "github.com/", "&amp;", "."])
def test_a_hostile_abstract_takes_no_longer_than_another(part: str) -> None:
    start = time.process_time()
    links("https://a.b/" + part * (100_000 // len(part)) + " x")
    assert time.process_time() - start < 2


def printed(*lists: object) -> list[tuple[str, str, str]]:
    texts = [None if one is None else json.dumps(one) for one in lists]
    frame = pl.DataFrame({"record_id": [f"r{n}" for n in range(len(texts))], "links": texts}, schema_overrides={"links": pl.String})
    return printed_links(frame).select("record_id", "url", "kind").rows()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b", ("https://github.com/a/b", "github")),
        ("HTTP://example.org", ("HTTP://example.org", "other")),
        (" https://arxiv.org/abs/2401.00001 ", ("https://arxiv.org/abs/2401.00001", "arxiv")),
        ("https://example.org/a b.pdf", ("https://example.org/a%20b.pdf", "other")),
        ("github.com/a/b", ("https://github.com/a/b", "github")),
        ("GitHub.com/a/b", ("https://GitHub.com/a/b", "github")),
        ("huggingface.co/a", ("https://huggingface.co/a", "huggingface")),
        ("www.x.org", ("https://www.x.org", "other")),
        ("www.github.com/a", ("https://www.github.com/a", "github")),
        ("openreview.net/forum?id=1", ("https://openreview.net/forum?id=1", "other")),
        ("x.org:8080/a", ("https://x.org:8080/a", "other")),
        ("//x.org/a", ("https://x.org/a", "other")),
        ("github.com.evil.example/one", ("https://github.com.evil.example/one", "other")),
    ],
)
def test_a_printed_link_counts_with_or_without_its_scheme(url: str, expected: tuple[str, str]) -> None:
    assert printed([{"url": url, "rel": "code"}]) == [("r0", *expected)]


@pytest.mark.parametrize(
    "url", [None, "", "paper.pdf", "supplement/a.pdf", "github.com", "ftp://x.org/a", "javascript:alert(1)", "a@x.org", "www.", "..."]
)
def test_what_leads_nowhere_is_no_link(url: str | None) -> None:
    assert printed([{"url": url, "rel": "other"}]) == []
    assert printed(None, [], [{"rel": "code"}]) == []


@given(
    st.lists(
        st.lists(st.sampled_from(["https://a.org/1", "a.org/1", "b.org/2", "c.pdf", "github.com/x/y"]) | st.text(max_size=8), max_size=4), max_size=4
    )
)
@settings(max_examples=50)
def test_each_link_is_told_once_per_record_whatever_stands_beside_it(lists: list[list[str]]) -> None:
    clean = [[url.encode("utf-8", "replace").decode() for url in urls] for urls in lists]
    found = printed(*[[{"url": url, "rel": "other"} for url in urls] for urls in clean])
    assert len({(record, url) for record, url, _ in found}) == len(found)
    known = {
        "https://a.org/1": "https://a.org/1",
        "a.org/1": "https://a.org/1",
        "b.org/2": "https://b.org/2",
        "github.com/x/y": "https://github.com/x/y",
    }
    for number, urls in enumerate(clean):
        assert {known[url] for url in urls if url in known} <= {url for record, url, _ in found if record == f"r{number}"}
    assert all(url.lower().startswith(("http://", "https://")) for _, url, _ in found)
