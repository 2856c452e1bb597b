"""`hf_notebook`: pages of Hugging Face's papers as NotebookLM exports them, one token a line and every link's address in a line below it.

A paper is its votes (` [-] 19`), the login they lead to, its title, its address, its abstract, its address again, and then its facts: the
number of authors or the organisation, a middle dot, the date, and the comments where there are any.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.lines import Buffer, Line, scan
from transforms.parsed import Part, Told, reading_whole
from transforms.sources.hf_cards import Card, SavedPage, joined, parts_of
from transforms.sources.hf_facts import (
    DOT,
    LOGIN_ADDRESS,
    ORGANIZATION_ADDRESS,
    PAPER_ADDRESS,
    Facts,
    counted,
    paper_id,
    read_authors,
    read_date,
    read_votes,
)
from transforms.sources.hf_preamble import mark_of, read_preamble

_PAGE_END = re.compile(r"Previous|Next|System theme|Trending Papers ranked by .*")
_HAS_LOGIN = b"/login?next=%2Fpapers%2F"
# Such an export has one; what has more than it has papers is somebody's text about such pages.
_HEADINGS = 2


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of such a page: votes, and right below them the login that they lead to."""
    if b"\0" in head or _HAS_LOGIN not in head:
        return False
    lines = list(scan(head.decode("utf-8", errors="ignore").encode(), len(head)))
    papers = sum(_starts(lines, at) == 2 for at in range(len(lines)))
    return papers > 0 and sum(line.text.startswith("#") for line in lines) <= max(_HEADINGS, papers)


@reading_whole
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """The page's records, and the page's own date with its year where that can be known."""
    lines = list(scan(data, told.limits.max_line_bytes))
    starts = [at for at in range(len(lines)) if _starts(lines, at) and not (at and _starts(lines, at - 1) == 2)]
    end = _page_end(lines, starts[-1]) if starts else len(lines)
    upper = lines[: starts[0]] if starts else lines
    cards = _orphans(upper)
    for start, following in zip(starts, [*starts[1:], end], strict=False):
        cards += _cards(lines[start:following])
    yield from parts_of(SavedPage(lines, read_preamble(upper), cards, bool(cards and cards[-1].is_cut)), told)


def _starts(lines: Sequence[Line], at: int) -> int:
    """How many lines begin a paper here: 2 with votes and login, 1 with the login alone, 0 where none begins."""
    if LOGIN_ADDRESS.fullmatch(lines[at].text):
        return 1
    has_votes = lines[at].text.startswith("[") and read_votes(lines[at].text, {}) is not None
    return 2 if has_votes and at + 1 < len(lines) and LOGIN_ADDRESS.fullmatch(lines[at + 1].text) else 0


def _page_end(lines: Sequence[Line], last: int) -> int:
    """Where what follows the last paper begins: the way to other pages, the foot of the site."""
    dot = next((at for at in range(last, len(lines)) if lines[at].text == DOT), last)
    return next((at for at in range(dot + 1, len(lines)) if _PAGE_END.fullmatch(lines[at].text)), len(lines))


def _orphans(upper: Sequence[Line]) -> list[Card]:
    """What is left of a paper whose beginning was cut off with the page's upper part."""
    dot = next((at for at, line in enumerate(upper) if line.text == DOT), None)
    if dot is None:
        return []
    marks = [at for at, line in enumerate(upper[:dot]) if mark_of(line.text)]
    return [_orphan(upper[marks[-1] + 1 if marks else 0 :])]


def _orphan(lines: Sequence[Line]) -> Card:
    return Card(lines, fault=("abstract_without_title", "an abstract or facts of a paper with no title before them"))


def _cards(lines: Sequence[Line]) -> list[Card]:
    """The card of these lines; behind it, where a paper's beginning was lost, what is left of it."""
    card = Card(lines)
    at = 0
    if votes := read_votes(lines[0].text, {}):
        card.facts.add(votes)
        at = 1
    card.facts.add(Facts(paper_id(lines[at].text)))
    title = _until_address(lines, at + 1)
    abstract = _until_address(lines, title + 1) if title < len(lines) and PAPER_ADDRESS.fullmatch(lines[title].text) else title
    card.title = " ".join(line.printed for line in lines[at + 1 : title])
    card.abstract = joined(lines[title + 1 : abstract])
    card.is_cut = abstract == len(lines)
    dots = [number for number in range(abstract, len(lines)) if lines[number].text == DOT]
    number, is_closed = abstract, False
    while number < len(lines):
        facts, size = _facts(lines, number)
        if facts is None and is_closed and number < dots[-1]:
            card.lines = lines[:number]
            return [card, _orphan(lines[number:])]
        if facts is None:
            card.facts.rest.setdefault("other_lines", []).append(lines[number].printed)
        else:
            card.facts.add(facts)
        is_closed = is_closed or lines[number].text == DOT
        number += size
    return [card]


def _until_address(lines: Sequence[Line], start: int) -> int:
    """Where the text that starts here ends: at the paper's address, or at its facts where the address is lost."""
    for at in range(start, len(lines)):
        text = lines[at].text
        if PAPER_ADDRESS.fullmatch(text) or text in (DOT, "["):
            return at
    return len(lines)


def _facts(lines: Sequence[Line], at: int) -> tuple[Facts | None, int]:
    """What the line says, perhaps with the next, and how many lines that takes; None where it is no fact."""
    text = lines[at].text
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    if text in (DOT, "["):
        return Facts(), 1
    if address := PAPER_ADDRESS.fullmatch(below):
        if address["place"] and (comments := counted("comment_count", text)):
            return Facts(comments), 2
    elif (organization := ORGANIZATION_ADDRESS.fullmatch(below)) and not below.endswith("/papers"):
        return Facts({"organization_handle": organization["handle"], "organization_name": lines[at].printed}), 2
    if PAPER_ADDRESS.fullmatch(text):
        return Facts(), 1
    return read_authors(lines[at].printed) or read_date(text), 1
