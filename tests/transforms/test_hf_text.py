import textwrap
from collections.abc import Callable
from datetime import date, datetime

import pytest

from transforms.bronze import Bronze

Build = Callable[..., str]
Read = Callable[..., Bronze]
FACTS = ["title", "published_on", "comment_count", "organization_handle", "organization_name", "author_count"]
NVIDIA = ("nvidia NVIDIA", "·", "Oct 28, 2024 2")
TEN = ("• 10 authors", "·", "May 1 8")


@pytest.fixture
def three(abstract: Callable[[int], str]) -> list[tuple[str, ...]]:
    return [
        ("Small Models Seldom Right", abstract(1), *NVIDIA),
        ("Do Tables Read Themselves?", abstract(2), *TEN),
        ("Pruning by Ear", abstract(3), "• 1 author", "·", "May 18"),
    ]


THREE_FACTS = [
    ("Small Models Seldom Right", "Oct 28, 2024", 2, "nvidia", "NVIDIA", None),
    ("Do Tables Read Themselves?", "May 1", 8, None, None, 10),
    ("Pruning by Ear", "May 18", None, None, None, 1),
]


def codes(found: Bronze) -> list[str]:
    return found.rejects.sort("position")["code"].to_list()


def test_the_layout_with_footers_by_value(page: Build, read: Read, three: list[tuple[str, ...]], abstract: Callable[[int], str]) -> None:
    found = read(page(three))
    assert found.records.sort("position").select(FACTS).rows() == THREE_FACTS
    assert found.records.sort("position")["abstract"].to_list() == [abstract(1), abstract(2), abstract(3)]
    assert found.rejects.is_empty()


def test_the_layout_without_footers_by_value(page: Build, read: Read, abstract: Callable[[int], str]) -> None:
    found = read(page([("Small Models Seldom Right", abstract(1)), ("Do Tables Read Themselves?", abstract(2))]))
    assert found.records.sort("position").select(*FACTS, "abstract").rows() == [
        ("Small Models Seldom Right", None, None, None, None, None, abstract(1)),
        ("Do Tables Read Themselves?", None, None, None, None, None, abstract(2)),
    ]
    assert found.rejects.is_empty()


def test_an_item_without_footer_in_a_page_with_footers(page: Build, read: Read, three: list[tuple[str, ...]]) -> None:
    bare = [three[0], three[1][:2], three[2]]
    facts = read(page(bare)).records.sort("position").select(FACTS).rows()
    assert facts == [THREE_FACTS[0], ("Do Tables Read Themselves?", None, None, None, None, None), THREE_FACTS[2]]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n", " \t\n"),
        lambda text: "\n\n\n" + text + "\n\n\n",
        lambda text: "\ufeff" + text.replace("\n\n", "\n").replace("\n", "\r\n").replace(" ", "\u00a0").rstrip(),
    ],
    ids=["no blank lines", "doubled", "CRLF", "CR", "BOM", "NBSP", "no final line break", "trailing blanks", "blank lines around", "all at once"],
)
@pytest.mark.parametrize("has_footers", [True, False], ids=["with footers", "without"])
def test_white_space_does_not_matter(page: Build, read: Read, three: list[tuple[str, ...]], change: Callable[[str], str], has_footers: bool) -> None:
    plain = page(three if has_footers else [item[:2] for item in three])
    expected, found = read(plain), read(change(plain))
    facts = found.records.sort("position").select(*FACTS, "abstract").rows()
    spaced = [tuple(value.replace("\u00a0", " ") if isinstance(value, str) else value for value in row) for row in facts]
    assert spaced == expected.records.sort("position").select(*FACTS, "abstract").rows()
    assert len(spaced) == 3
    assert found.documents["listed_on"].to_list() == expected.documents["listed_on"].to_list()


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_wrapped_abstracts_are_whole(page: Build, read: Read, three: list[tuple[str, ...]], columns: int) -> None:
    wrapped = [(title, "\n".join(textwrap.wrap(text, columns)), *footer) for title, text, *footer in three]
    records = read(page(wrapped)).records.sort("position")
    assert records.select(FACTS).rows() == THREE_FACTS
    assert [text.replace("\n", " ") for text in records["abstract"]] == [text for _, text, *_ in three]


def test_an_abstract_in_two_paragraphs_keeps_its_blank_line(page: Build, read: Read, abstract: Callable[[int], str]) -> None:
    records = read(page([("Small Models Seldom Right", f"{abstract(1)}\n\n{abstract(2)}", *NVIDIA)])).records
    assert records["abstract"].to_list() == [f"{abstract(1)}\n\n{abstract(2)}"]


def test_a_wrapped_title_is_joined(page: Build, read: Read, abstract: Callable[[int], str]) -> None:
    title = "How Software Reads a Table of Numbers That Was Made for People\nWho Look for One of Them"
    records = read(page([("Small Models Seldom Right", abstract(1), *NVIDIA), (title, abstract(2), *TEN)])).records.sort("position")
    assert records["title"].to_list() == ["Small Models Seldom Right", title.replace("\n", " ")]


@pytest.mark.parametrize("footer", ["nvidia NVIDIA · Oct 28, 2024 2", "nvidia NVIDIA\n\n·\n\nOct 28, 2024 2"], ids=["in one line", "spread out"])
def test_a_footer_in_another_shape_says_the_same(page: Build, read: Read, abstract: Callable[[int], str], footer: str) -> None:
    found = read(page([("Small Models Seldom Right", abstract(1), footer), ("Do Tables Read Themselves?", abstract(2), *TEN)]))
    assert found.records.sort("position").select(FACTS).rows() == THREE_FACTS[:2]


@pytest.mark.parametrize(
    ("items", "kept", "expected"),
    [
        ([("One Title", "A1"), ("Another One Cut Off", "")], ["One Title"], ["cut_off"]),
        ([("One Title", "A1"), ("A Title Left Alone", ""), ("Third Title", "A2")], ["One Title", "Third Title"], ["title_without_abstract"]),
        ([("", "A1"), ("Third Title", "A2")], ["Third Title"], ["abstract_without_title"]),
        ([("One Title", "A1", *TEN), ("", "", *NVIDIA)], ["One Title"], ["facts_without_title"]),
        ([("One Title", "A1", *TEN), ("", "A2", *NVIDIA)], ["One Title"], ["abstract_without_title"]),
        ([("One Title", "", *TEN), ("Third Title", "A2", *NVIDIA)], ["One Title", "Third Title"], []),
    ],
    ids=["cut off", "two titles in a row", "abstract first", "footer alone", "abstract and footer", "title and footer are a record"],
)
def test_what_is_no_paper_is_rejected_and_the_others_stay(
    page: Build, read: Read, abstract: Callable[[int], str], items: list[tuple[str, ...]], kept: list[str], expected: list[str]
) -> None:
    texts = {"A1": abstract(1), "A2": abstract(2)}
    found = read(page([tuple(texts.get(part, part) for part in item) for item in items]))
    assert found.records.sort("position")["title"].to_list() == kept
    assert codes(found) == expected
    assert found.documents.select("read_count", "kept_count", "rejected_count").row(0) == (len(kept) + len(expected), len(kept), len(expected))


def test_a_reject_says_its_line_and_keeps_its_bytes(page: Build, read: Read, abstract: Callable[[int], str]) -> None:
    text = page([("Small Models Seldom Right", abstract(1)), ("A Title Left Alone", ""), ("Pruning by Ear", abstract(3))])
    reject = read(text).rejects.row(0, named=True)
    assert reject["position"] == text.split("\n").index("A Title Left Alone") + 1
    assert reject["reason"].startswith(f"line {reject['position']}: a title with no abstract after it")
    assert (reject["raw"], reject["byte_offset"], reject["byte_length"]) == ("A Title Left Alone", text.index("A Title Left Alone"), 18)


def test_a_page_with_no_paper_is_rejected_whole(page: Build, read: Read) -> None:
    found = read(page([]))
    assert codes(found) == ["no_paper"]
    assert found.documents.select("read_count", "kept_count", "rejected_count", "format").row(0) == (1, 0, 1, "hf_text")


def test_a_page_whose_header_is_missing_has_its_papers_but_no_date(page: Build, read: Read, three: list[tuple[str, ...]]) -> None:
    found = read(page(three, date="", header=()))
    assert found.records["title"].len() == 3
    assert found.documents.select("listed_on", "listed_on_is_inferred").row(0) == (None, None)


def test_a_line_beyond_the_limit_is_rejected_with_its_item_only(page: Build, read: Read, three: list[tuple[str, ...]]) -> None:
    long = (three[1][0], "x" * 2_001, *TEN)
    found = read(page([three[0], long, three[2]]), max_line_bytes=2_000)
    assert found.records.sort("position").select(FACTS).rows() == [THREE_FACTS[0], THREE_FACTS[2]]
    (reject,) = found.rejects.rows(named=True)
    assert (reject["code"], reject["raw"][:26]) == ("line_too_long", "Do Tables Read Themselves?")
    assert "has 2,001 bytes, more than the 2,000 that a line may have" in reject["reason"]


def test_a_bad_byte_is_named_with_offset_and_line(page: Build, read: Read, three: list[tuple[str, ...]]) -> None:
    data = page(three).encode().replace(b"Pruning by Ear", b"Pruning \xe0 la Carte")
    at = data.index(b"\xe0")
    (reject,) = read(data).rejects.rows(named=True)
    assert (reject["code"], reject["position"]) == ("not_utf8", None)
    assert reject["reason"].startswith(f"byte 0xE0 at offset {at} (line {data[:at].count(10) + 1}) is not UTF-8")


@pytest.mark.parametrize(
    ("cut", "state"),
    [
        (lambda text: text, "normal"),
        (lambda text: text[: text.rindex("May 18")], "truncated"),
        (lambda text: text[: text.rindex("We release") + 12], "truncated"),
        (lambda text: text[: text.rindex("Pruning by Ear") + 14], "truncated"),
        (lambda text: text[: text.rindex("Pruning by Ear")], "normal"),
    ],
    ids=["whole", "before the last date", "within the last abstract", "after the last title", "after an item"],
)
def test_a_page_that_stops_within_an_item_is_truncated(
    page: Build, read: Read, three: list[tuple[str, ...]], cut: Callable[[str], str], state: str
) -> None:
    assert read(cut(page(three))).documents["listing_state"].to_list() == [state]


@pytest.mark.parametrize(
    ("header", "seen_by", "listed_on", "inferred", "observed_at", "source"),
    [
        ((), "modified", date(2025, 12, 16), True, datetime(2026, 1, 15, 8), "modified"),
        ((), "fetch", date(2025, 12, 16), True, datetime(2026, 1, 15, 8), "fetch"),
        (("Saved: 2024-12-20",), "modified", date(2024, 12, 16), True, datetime(2024, 12, 20), "page"),
        (("Saved: 2024-12-20",), "option", date(2024, 12, 16), True, datetime(2024, 12, 20), "page"),
        (("Saved: 2024-12-20",), "fetch", date(2025, 12, 16), True, datetime(2026, 1, 15, 8), "fetch"),
    ],
    ids=["from the items", "from the fetch", "from the page's line", "its line before the option", "the fetch before its line"],
)
def test_the_page_has_the_date_of_its_best_witness(
    page: Build,
    read: Read,
    three: list[tuple[str, ...]],
    header: tuple[str, ...],
    seen_by: str,
    listed_on: date,
    inferred: bool,
    observed_at: datetime,
    source: str,
) -> None:
    top = ("new", "Get trending papers in your email inbox!", *header, "byAK and the research community")
    found = read(page(three, header=top), seen_by=seen_by).documents
    columns = ["listed_on", "listed_on_is_inferred", "observed_at", "observed_at_source"]
    assert found.select(columns).row(0) == (listed_on, inferred, observed_at, source)


def test_a_page_that_prints_its_year_has_it_not_inferred(page: Build, read: Read, three: list[tuple[str, ...]]) -> None:
    found = read(page(three, date="Dec 16, 2022")).documents
    assert found.select("listed_on", "listed_on_is_inferred").row(0) == (date(2022, 12, 16), False)
