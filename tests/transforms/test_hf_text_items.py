import textwrap

import pytest

from transforms.lines import scan
from transforms.sources.hf_text_items import blocks_of, ends_sentence

ONE = (
    "We study how small models learn from large ones when the large ones are seldom right. On seven tasks the small model keeps most of what "
    "the large one knows and forgets most of what it only believes. The gain is largest where data is scarce."
)
TWO = (
    "Tables of numbers are read by people who look for one of them. This paper asks whether a reader made of software looks for the same one, "
    "and finds that it looks for the largest. Three habits of layout explain most of the difference, and two of them can be switched off."
)
OPEN = "Tables of numbers are read by people who look for one of them, and this paper asks which; code is at"


def blocks(text: str, has_footer: bool = False) -> list[tuple[list[str], list[str]]]:
    """Title lines and abstract lines of each item, long lines as their first word."""
    found = blocks_of(list(scan(text.encode(), 1 << 20)), has_footer)
    return [([line.text for line in block.title], [line.text for line in block.abstract]) for block in found]


def wrapped(text: str, columns: int = 80) -> str:
    return "\n".join(textwrap.wrap(text, columns, break_on_hyphens=False))


def test_no_line_gives_no_item() -> None:
    assert blocks("") == []


@pytest.mark.parametrize("gap", ["\n\n", "\n", "\n\n\n\n"], ids=["blank lines", "none", "many"])
@pytest.mark.parametrize(
    "title",
    [
        "Small Models Seldom Right",
        "Do Small Models Know When They Are Right?",
        "PALE: Pruning at Large Expense!",
        "eDye: Colouring by Numbers",
        "What it takes to read a table of numbers",
        "Über Tabellen",
        "读表的模型",
        "T",
        "A" + " Very" * 35 + " Long Title",
    ],
    ids=["plain", "question", "exclamation", "small first letter", "small letters", "umlaut", "Chinese", "one letter", "long"],
)
def test_title_and_abstract_are_told_apart(title: str, gap: str) -> None:
    text = gap.join([title, ONE, title + " II" if title.isascii() else title, TWO])
    first, second = blocks(text)
    assert first == ([title], [ONE])
    assert second[1] == [TWO]


@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank lines", "none"])
@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_wrapped_abstract_is_one_abstract(gap: str, columns: int) -> None:
    one, two = wrapped(ONE, columns), wrapped(TWO, columns)
    assert blocks(gap.join(["Small Models Seldom Right", one, "How Software Reads a Table", two])) == [
        (["Small Models Seldom Right"], one.split("\n")),
        (["How Software Reads a Table"], two.split("\n")),
    ]


def test_a_wrapped_title_is_one_title() -> None:
    title = ["How Software Reads a Table of Numbers That Was Made for People", "Who Look for One of Them"]
    text = "\n\n".join(["Small Models Seldom Right", ONE, "\n".join(title), TWO])
    assert blocks(text) == [(["Small Models Seldom Right"], [ONE]), (title, [TWO])]


@pytest.mark.parametrize("columns", [None, 80])
def test_an_abstract_in_two_paragraphs_is_one_abstract(columns: int | None) -> None:
    one, two = (wrapped(ONE, columns), wrapped(TWO, columns)) if columns else (ONE, TWO)
    text = "\n\n".join(["Small Models Seldom Right", one, two, "How Software Reads a Table", wrapped(TWO, columns) if columns else TWO])
    found = blocks(text)
    assert [title for title, _ in found] == [["Small Models Seldom Right"], ["How Software Reads a Table"]]
    assert found[0][1] == [*one.split("\n"), *two.split("\n")]


def test_an_abstract_that_ends_without_a_full_stop_ends_all_the_same() -> None:
    found = blocks("\n\n".join(["How Software Reads a Table", OPEN + " https://example.org/tables", "Small Models Seldom Right", ONE]))
    assert [title for title, _ in found] == [["How Software Reads a Table"], ["Small Models Seldom Right"]]


def test_of_two_titles_in_a_row_the_first_has_no_abstract() -> None:
    found = blocks("\n\n".join(["Small Models Seldom Right", ONE, "A Title Left Alone by All", "How Software Reads a Table", TWO]))
    assert found == [(["Small Models Seldom Right"], [ONE]), (["A Title Left Alone by All"], []), (["How Software Reads a Table"], [TWO])]


def test_an_abstract_at_the_start_has_no_title() -> None:
    assert blocks("\n\n".join([ONE, "How Software Reads a Table", TWO])) == [([], [ONE]), (["How Software Reads a Table"], [TWO])]


def test_a_title_at_the_end_has_no_abstract() -> None:
    found = blocks("\n\n".join(["Small Models Seldom Right", ONE, "How Software Reads a Table"]))
    assert found == [(["Small Models Seldom Right"], [ONE]), (["How Software Reads a Table"], [])]


def test_before_a_footer_a_title_may_stand_alone() -> None:
    assert blocks("Small Models Seldom Right", has_footer=True) == [(["Small Models Seldom Right"], [])]


def test_every_line_is_in_one_block_and_in_order() -> None:
    texts = ["Small Models", ONE, "x", "·", "and so on", "HOW TO", TWO, TWO, "The End?", "42", "- a, b;"]
    lines = list(scan("\n".join(texts).encode(), 1 << 20))
    assert [line for block in blocks_of(lines, has_footer=False) for line in block.lines] == lines


def test_a_line_that_was_not_read_is_never_a_title() -> None:
    lines = list(scan(("Small Models\n\n" + "x" * 300 + "\n\nHow Software Reads\n\n" + ONE[:120] + ".\n").encode(), 200))
    found = blocks_of(lines, has_footer=False)
    assert not any(line.is_too_long for block in found for line in block.title)
    assert sum(line.is_too_long for block in found for line in block.abstract) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It works.", True),
        ("Does it?", True),
        ("It works!", True),
        ("and so on…", True),
        ("它能用。", True),
        ('He said "it works."', True),
        ("(see the appendix.)", True),
        ("Code: https://example.org/a", True),
        ("Code: (https://example.org/a)", True),
        ("Small Models Seldom Right", False),
        ("ends in a comma,", False),
        ("https://example.org is where", False),
        ("", False),
    ],
)
def test_the_end_of_a_sentence_is_seen(text: str, expected: bool) -> None:
    assert ends_sentence(text) is expected
