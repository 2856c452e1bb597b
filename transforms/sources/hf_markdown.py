"""`hf_markdown`: pages of Hugging Face's papers saved as Markdown or as text with Markdown's titles.

Four savers are known. All mark a title with `###`. A links text and title to the paper's page; C does so with numbers, whose addresses
stand in a table at the end, where it was not cut off; D and E save the trending page, which shows each card twice: D has the title
linked, E has no address of a paper at all. A card is its votes or its submitter above the title, the title, the text, and then its facts.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.lines import Buffer, Line, scan
from transforms.parsed import Part, Told, reading_whole
from transforms.sources.hf_cards import Card, SavedPage, parts_of
from transforms.sources.hf_facts import DOT, LINK_AT_END, LOGIN_ADDRESS, PAPER_ADDRESS, TARGET, Facts, paper_id, read_facts, read_votes, target_of
from transforms.sources.hf_markdown_blocks import HEADING, Block, blocks_of, text_of, title_of
from transforms.sources.hf_preamble import mark_of, read_preamble

_SUBMITTED_BY = "Submitted by"
_LONGEST_SUBMITTER = 4
_ANCHOR = re.compile(r'<a id="[^"]{0,80}"></a>')
_THUMBNAIL = re.compile(rf"\[(?:\[图片：[^\]]*\]|!\[[^\]]*\]\([^)\s]*\)) ?\]\({TARGET}\)")
_REFERENCE = re.compile(r"\[?(?P<number>[0-9]{1,5})(?:\]:?|\.) (?P<url>https?://\S+)")
_CUT = "[Content truncated]"
_PAGE_END = re.compile(
    r"(?:[*-] )?\[? ?(?:Previous|Next) ?(?:\].*)?|Trending Papers ranked by .*|System theme|\[Content truncated\]|```|-{5,}"
    r"|References|Links:|Visible links|\[[0-9]{1,5}\]: http\S+|\[1\] http\S+|1\. http\S+"
)
_DOT_BEHIND_LINK = re.compile(r"\) · [A-Z][A-Za-z0-9, ]{2,40}$")
_NAME = re.compile(rf"\[(?:!\[[^\]]*\]\([^)\s]*\)|\[[^\]]*\])? ?(?P<name>[^\[\]]+)\](?:\({TARGET}\)|\[[0-9]+\])|(?P<plain>[^\[\]]+)")
# Signs that this is such a page and not somebody's list of links: votes that lead to the login, or two different marks, one of them a heading.
_MARKS_NEEDED = 2
_OTHER_HEADINGS = 2
_VOTE_LINK = re.compile(r"^(?:\[?(?:Upvote ?)?(?:-|[0-9][0-9.,]*[kKM]?)\]\(https?://huggingface\.co/login\?next=%2Fpapers%2F)")
_NUMBERED_VOTES = re.compile(r"^\[\s*(?:-|[0-9]+)\s*\]\[[0-9]+\]\s*^### \[", re.MULTILINE)


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of such a page, whole or cut."""
    if b"\0" in head or HEADING.encode() not in head:
        return False
    text = head.decode("utf-8", errors="ignore")
    lines = [line.text for line in scan(text.encode(), len(head))]
    headings = [line for line in lines if line.startswith("#")]
    titles = sum(line.startswith(HEADING) for line in headings)
    others = sum(not line.startswith(HEADING) and not mark_of(line) for line in headings)
    if not titles or others > max(_OTHER_HEADINGS, titles):
        return False
    has_votes = any(_VOTE_LINK.match(line) for line in lines) or _NUMBERED_VOTES.search(text.replace("\r", "\n")) is not None
    marks = {mark for line in lines if (mark := mark_of(line))}
    return has_votes or (len(marks) >= _MARKS_NEEDED and any(mark_of(line) for line in headings))


@reading_whole
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """The page's records, each paper once, and the page's own date with its year where that can be known."""
    lines = list(scan(data, told.limits.max_line_bytes))
    references = {int(found["number"]): found["url"] for line in lines if (found := _REFERENCE.fullmatch(line.text))}
    end = _page_end(lines)
    has_indent = [data[line.offset : line.offset + 1] in (b" ", b"\t") for line in lines[:end]]
    blocks = blocks_of(lines[:end], has_indent)
    starts = _card_starts(blocks)
    upper = blocks[: starts[0][0]] if starts else blocks
    preamble = read_preamble([line for block in upper for line in block.lines])
    is_cut = any(line.text == _CUT for line in lines[end:])
    cards = _orphans(upper)
    for (start, title), (following, _) in zip(starts, [*starts[1:], (len(blocks), 0)], strict=False):
        cards += _cards(blocks[start:following], title - start, references)
    is_cut = is_cut or bool(cards and cards[-1].is_cut)
    has_upvote_words = any(block.lines[0].text.startswith("[Upvote") for block in blocks)
    yield from parts_of(SavedPage(lines, preamble, cards, is_cut, preamble.is_trending or has_upvote_words), told)


def _page_end(lines: Sequence[Line]) -> int:
    """Where what follows the last paper begins: the way to other pages, the table of addresses."""
    last = max((at for at, line in enumerate(lines) if line.text.startswith(HEADING)), default=len(lines))
    return next((at for at in range(last + 1, len(lines)) if _PAGE_END.fullmatch(lines[at].text)), len(lines))


def _card_starts(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Where each card begins and where its title stands. In a page whose titles are links, a title without one is none of a paper."""
    titles = [at for at, block in enumerate(blocks) if block.is_heading]
    if any(blocks[at].is_linked for at in titles):
        titles = [at for at in titles if blocks[at].is_linked]
    starts, floor = [], 0
    for title in titles:
        start = title
        while start > floor and (above := _above_title(blocks, start, floor)):
            start -= above
        starts.append((start, title))
        floor = title + 1
    return starts


def _above_title(blocks: Sequence[Block], at: int, floor: int) -> int:
    """How many blocks right before this one belong to the title below: votes, a picture, an anchor, the submitter."""
    for size in range(2, _LONGEST_SUBMITTER + 1):
        if at - size >= floor and blocks[at - size].lines[0].text == _SUBMITTED_BY:
            return size
    text = blocks[at - 1].text
    is_sign = _ANCHOR.fullmatch(text) or _THUMBNAIL.fullmatch(text) or text == _SUBMITTED_BY
    return 1 if is_sign or read_votes(text, {}) else 0


def _orphans(upper: Sequence[Block]) -> list[Card]:
    """What is left of a paper whose title was cut off with the page's upper part."""
    dots = [at for at, block in enumerate(upper) if _has_dot(block)]
    if not dots:
        return []
    marks = [at for at, block in enumerate(upper) if mark_of(block.lines[0].text)]
    start = marks[-1] + 1 if marks and marks[-1] < dots[0] else 0
    return [_orphan(upper[start:])]


def _orphan(blocks: Sequence[Block]) -> Card:
    lines = [line for block in blocks for line in block.lines]
    return Card(lines, fault=("abstract_without_title", "an abstract or facts of a paper with no title before them"))


def _cards(blocks: Sequence[Block], title: int, references: dict[int, str]) -> list[Card]:
    """The card of this title; behind it, where a title was lost, what is left of the next paper."""
    heading = blocks[title]
    link = LINK_AT_END.search(heading.lines[-1].text) if heading.is_linked else None
    card = Card((), title_of(heading), facts=Facts(paper_id(target_of(link, references)) if link else {}))
    _read_above(card, blocks[:title], references)
    at = title + 1
    while at < len(blocks) and read_facts(blocks[at].text, references) is None:
        at += 1
    text = blocks[title + 1 : at]
    card.abstract = text_of(text)
    # A link that is not closed: the page stops in the middle of it.
    card.is_cut = heading.is_linked and (link is None or (any(block.is_open for block in text[:1]) and at == len(blocks)))
    dots = [number for number, block in enumerate(blocks) if number >= at and _has_dot(block)]
    end = len(blocks)
    for number in range(at, len(blocks)):
        block = blocks[number]
        facts = read_facts(block.text, references)
        is_of_next = facts is None or read_votes(block.text, references) is not None
        if is_of_next and dots and dots[0] < number <= dots[-1]:
            end = number
            break
        if facts is not None:
            card.facts.add(facts)
        else:
            card.facts.rest.setdefault("other_lines", []).append(block.text)
    card.lines = [line for block in blocks[:end] for line in block.lines]
    return [card, _orphan(blocks[end:])] if end < len(blocks) else [card]


def _has_dot(block: Block) -> bool:
    """Whether it has the middle dot that stands before a card's date."""
    return block.lines[0].text.startswith(DOT) or _DOT_BEHIND_LINK.search(block.lines[-1].text) is not None


def _read_above(card: Card, blocks: Sequence[Block], references: dict[int, str]) -> None:
    """What stands above the title: votes, and who submitted the paper."""
    for at, block in enumerate(blocks):
        if votes := read_votes(block.text, references):
            card.facts.add(votes)
        elif block.lines[0].text == _SUBMITTED_BY:
            names = (_NAME.fullmatch(below.text.replace("\n", " ")) for below in blocks[at + 1 : at + _LONGEST_SUBMITTER])
            if name := next((found["name"] or found["plain"] for found in names if found), None):
                card.facts.rest["submitted_by"] = name.strip(" \\")
        elif card.facts.values.get("source_id") is None and (found := PAPER_ADDRESS.search(block.text) or LOGIN_ADDRESS.search(block.text)):
            card.facts.values |= paper_id(found[0])
