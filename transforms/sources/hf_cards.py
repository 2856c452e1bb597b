"""Papers of a saved Hugging Face page, each a card: what becomes a record, what a reject, and what the page says of itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from transforms.dates import page_date
from transforms.json_text import as_json
from transforms.lines import Line, plain
from transforms.parsed import Capture, Page, Part, Passed, Record, Reject, Told, refused
from transforms.sources.hf_facts import Facts
from transforms.sources.hf_preamble import Preamble

_MEND = "save the page again, or mend the file"
# Any of these beside the title, and it is a paper's record even without its text.
_TELLING = ("source_id", "arxiv_id", "published_on", "author_count", "organization_handle", "star_count")


@dataclass(slots=True)
class Card:
    """What the page has of one paper, and the lines it takes. `fault` is a reject's code and reason, where it is known to be none."""

    lines: Sequence[Line]
    title: str = ""
    abstract: str = ""
    facts: Facts = field(default_factory=Facts)
    is_cut: bool = False
    fault: tuple[str, str] | None = None

    @property
    def offset(self) -> int:
        return self.lines[0].offset

    @property
    def length(self) -> int:
        return self.lines[-1].end - self.offset

    @property
    def key(self) -> str:
        """What two cards of one paper share."""
        return self.facts.values.get("source_id") or plain(self.title.replace("\n", " ")).casefold()

    def take_over(self, other: "Card") -> None:
        """What only the other card of this paper has; a text that differs is kept beside this one's."""
        if self.abstract and other.abstract and other.abstract != self.abstract:
            self.facts.rest.setdefault("other_text", other.abstract)
        self.abstract = self.abstract or other.abstract
        self.is_cut = self.is_cut and other.is_cut
        self.facts.add(other.facts)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page as it was cut: all its lines, its upper part, its cards in order (none overlaps another), and whether it stops short."""

    lines: Sequence[Line]
    preamble: Preamble
    cards: Sequence[Card]
    is_cut: bool = False
    # A trending page shows each card twice, and the abstract or a summary of it, without saying which.
    is_trending: bool = False


def joined(lines: Sequence[Line]) -> str:
    """The lines as printed, a blank line between paragraphs."""
    return "".join(("" if n == 0 else "\n\n" if line.has_gap else "\n") + line.printed for n, line in enumerate(lines))


def parts_of(page: SavedPage, told: Told) -> Iterator[Part]:
    """Records, rejects and what was passed over, in the page's order, and the page."""
    if not page.cards:
        yield from refused(_nothing(page.preamble))
        return
    for name in page.preamble.notes:
        told.paths.note(name, "field")
    cards, repeats = _without_repeats(page.cards) if page.is_trending else (list(page.cards), [])
    listing = _listing(page, cards, told)
    extra = _of_the_page(page, told, listing)
    for card in cards:
        yield _judge(card, told) or _record(card, extra)
    if repeats or len(cards) < len(page.cards):
        yield Passed("repeated_card", len(page.cards) - len(cards))
    held = [(card.offset, card.length) for card in [*cards, *repeats]]
    furniture = [*_outside(page.lines, held), *((card.offset, card.length) for card in repeats)]
    # A page that answers a query shows the day it was asked on: it is no listing of that day.
    if page.preamble.is_search_page(told.url):
        listing |= {"listed_on": None, "listed_on_is_inferred": None}
    yield Page(read_count=len(cards), **listing, furniture=furniture)


def _nothing(preamble: Preamble) -> Reject:
    if preamble.status and preamble.status != "200":
        return Reject("error_answer", f"the page was answered with HTTP status {preamble.status} and has no paper; save it again")
    return Reject("no_paper", "the page's header is there but no paper follows it; save the page again")


def _without_repeats(cards: Sequence[Card]) -> tuple[list[Card], list[Card]]:
    """Each paper's first card with what only its later ones have, and the later ones that stand elsewhere on the page.

    One that follows directly is taken into the first card's lines.
    """
    first: dict[str, Card] = {}
    kept: list[Card] = []
    apart: list[Card] = []
    latest: Card | None = None  # the card whose lines end where this one's begin
    for card in cards:
        known = first.setdefault(card.key, card) if card.key and not card.fault else card
        if known is card:
            kept.append(card)
            latest = card
            continue
        known.take_over(card)
        if latest is known:
            known.lines = [*known.lines, *card.lines]
        else:
            apart.append(card)
            latest = card
    return kept, apart


def _outside(lines: Sequence[Line], held: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines that no card holds."""
    outside, spans = [], sorted(held)
    at = 0
    for line in lines:
        while at < len(spans) and sum(spans[at]) <= line.offset:
            at += 1
        if at == len(spans) or line.offset < spans[at][0]:
            outside.append((line.offset, line.length))
    return outside


def _judge(card: Card, told: Told) -> Reject | None:
    """Why this card is no record, or None where it is one."""
    limit = told.limits.max_line_bytes
    if long := next((line for line in card.lines if line.is_too_long), None):
        most = f"{limit:,} that a line may have (setting max_line_bytes)"
        code, why = "line_too_long", f"line {long.number} has {long.length:,} bytes, more than the {most}"
    elif card.fault:
        code, why = card.fault
    elif not _is_visible(card.title):
        code, why = (
            ("abstract_without_title", "an abstract with no title before it")
            if card.abstract
            else ("facts_without_title", "votes, authors or a date with no title before them")
        )
    elif not card.abstract and not any(name in card.facts.values for name in _TELLING):
        code, why = "title_without_abstract", "a title with neither an abstract nor an id or a date"
    else:
        return None
    line = card.lines[0]
    return Reject(code, f"line {line.number}: {why}; {_MEND}", position=line.number, offset=card.offset, length=card.length)


def _is_visible(text: str) -> bool:
    return any(char.isprintable() and not char.isspace() for char in text)


def _record(card: Card, extra: dict[str, Any]) -> Record:
    rest = card.facts.rest | extra | ({"abstract_is_cut": True} if card.is_cut and card.abstract else {})
    values = {
        **card.facts.values,
        "title": card.title,
        "abstract": card.abstract or None,
        "links": as_json(card.facts.links),
        "rest": as_json(rest),
    }
    return Record(card.lines[0].number, card.offset, card.length, values)


def _of_the_page(page: SavedPage, told: Told, listing: dict[str, Any]) -> dict[str, Any]:
    """What silver must know of the page when it weighs a record of it."""
    extra: dict[str, Any] = {}
    if page.preamble.is_search_page(told.url):
        # Such a page marks the words that were searched, and loses blanks around them. Its date tells the year of dates without one.
        extra["is_search_page"] = True
        if listing["listed_on"]:
            extra["page_date"] = listing["listed_on"].isoformat()
    if page.is_trending:
        extra["text_may_be_summary"] = True
    return extra


def _listing(page: SavedPage, cards: Sequence[Card], told: Told) -> dict[str, Any]:
    capture, preamble = told.capture, page.preamble
    if preamble.captured_at and capture.source != "fetch":
        capture = Capture(preamble.captured_at, "page")
    dates = [card.facts.date for card in cards if card.facts.date]
    listed_on = page_date(preamble.date, dates, capture.at.date() if capture.is_known else None) if preamble.date else None
    return {
        "listed_on": listed_on,
        "listed_on_is_inferred": preamble.date.year is None if preamble.date and listed_on else None,
        "listing_state": "truncated" if page.is_cut or preamble.is_partial else "normal",
        "capture": capture if capture.source == "page" else None,
    }
