"""`hf_text`: text dumps of Hugging Face paper pages, both layouts.

A page is a header (navigation words, perhaps the page's title, the page's date) and then papers. In the first layout a paper is a title and an
abstract; in the second a footer follows: the organisation or the number of authors, a middle dot, the date and the number of comments.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from transforms.dates import page_date
from transforms.lines import Buffer, Line, scan
from transforms.parsed import Capture, Limits, Page, Part, Record, Reject, Told, reading_lines, refused
from transforms.sources.hf_text_footers import Footer, find_footers
from transforms.sources.hf_text_header import Header, is_header_mark, read_header
from transforms.sources.hf_text_items import Block, blocks_of

# Two marks of the header, or a footer, and it is such a page: one phrase alone can stand in any text.
_MARKS_NEEDED = 2
_HEAD_LINES = 400


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of such a page, whole or cut."""
    if b"\0" in head:
        return False
    # Bytes that are not UTF-8 are passed over here, so that a page in a wrong encoding is known for what it is and its bad byte can be named.
    lines = list(scan(head.decode("utf-8", errors="ignore").encode(), len(head)))[:_HEAD_LINES]
    marks = sum(is_header_mark(line.text) for line in lines[:20])
    return marks >= _MARKS_NEEDED or any(footer.is_whole for footer in find_footers(lines))


@reading_lines
def parse(data: Buffer, told: Told) -> Iterator[Part]:
    """The page's records, their dates as printed, and the page's own date with its year where that can be known."""
    lines = list(scan(data, told.limits.max_line_bytes))
    header = read_header(lines)
    items = _items(lines[header.line_count :])
    if not items:
        yield from refused(Reject("no_paper", "the page's header is there but no paper follows it; save the page again"))
        return
    for number, item in enumerate(items):
        yield _judge(item, is_last=number == len(items) - 1, limits=told.limits) or _record(item)
    furniture = [(line.offset, line.length) for line in lines[: header.line_count]]
    yield Page(read_count=len(items), **_listing(header, items, told.capture), furniture=furniture)


@dataclass(frozen=True, slots=True)
class _Item:
    """What the page has of one paper: its block of title and abstract, and its footer."""

    block: Block
    footer: Footer | None = None
    lines: Sequence[Line] = field(default=())

    @property
    def offset(self) -> int:
        return self.lines[0].offset

    @property
    def length(self) -> int:
        return self.lines[-1].end - self.offset


def _items(lines: Sequence[Line]) -> list[_Item]:
    """Cut the page's body at its footers, and what lies between two of them into blocks. Every line goes into exactly one item."""
    items: list[_Item] = []
    start = 0
    for footer in [*find_footers(lines), None]:
        segment = lines[start : footer.start if footer else len(lines)]
        blocks = blocks_of(segment, has_footer=footer is not None) or ([Block((), ())] if footer else [])
        for number, block in enumerate(blocks):
            own = footer if number == len(blocks) - 1 else None
            own_lines = [*block.lines, *(lines[own.start : own.end] if own else ())]
            items.append(_Item(block, own, own_lines))
        start = footer.end if footer else len(lines)
    return items


def _judge(item: _Item, is_last: bool, limits: Limits) -> Reject | None:
    """Why this item is no record, or None where it is one."""
    title, abstract = item.block.title, item.block.abstract
    if long := next((line for line in item.lines if line.is_too_long), None):
        most = f"{limits.max_line_bytes:,} that a line may have (setting max_line_bytes)"
        code, why = "line_too_long", f"line {long.number} has {long.length:,} bytes, more than the {most}"
    elif not title and not abstract:
        code, why = "facts_without_title", "a footer (authors, date) with no title and no abstract before it"
    elif not _is_visible(title):
        code, why = "abstract_without_title", "an abstract with no title before it"
    elif not abstract and not item.footer:
        code, why = (
            ("cut_off", "the page ends after what looks like a title") if is_last else ("title_without_abstract", "a title with no abstract after it")
        )
    else:
        return None
    line = item.lines[0]
    reason = f"line {line.number}: {why}; save the page again, or mend the file"
    return Reject(code, reason, position=line.number, offset=item.offset, length=item.length)


def _is_visible(lines: Sequence[Line]) -> bool:
    """Whether a person would see anything of these lines."""
    return any(char.isprintable() and not char.isspace() for line in lines for char in line.printed)


def _record(item: _Item) -> Record:
    footer = item.footer
    date = footer.date if footer else None
    values = {
        "title": " ".join(line.printed for line in item.block.title),
        "abstract": _joined(item.block.abstract),
        "published_on": date.text if date else None,
        "comment_count": date.comment_count if date else None,
        "organization_handle": footer.organization_handle if footer else None,
        "organization_name": footer.organization_name if footer else None,
        "author_count": footer.author_count if footer else None,
    }
    return Record(item.lines[0].number, item.offset, item.length, values)


def _joined(lines: Sequence[Line]) -> str | None:
    """The lines as printed, a blank line between paragraphs."""
    if not lines:
        return None
    return lines[0].printed + "".join(("\n\n" if line.has_gap else "\n") + line.printed for line in lines[1:])


def _listing(header: Header, items: Sequence[_Item], capture: Capture) -> dict[str, Any]:
    if header.captured_at and capture.source != "fetch":
        capture = Capture(header.captured_at, "page")
    dates = [item.footer.date for item in items if item.footer and item.footer.date]
    listed_on = page_date(header.date, dates, capture.at.date() if capture.is_known else None) if header.date else None
    return {
        "listed_on": listed_on,
        "listed_on_is_inferred": header.date.year is None if header.date and listed_on else None,
        "listing_state": "truncated" if _is_cut(items) else "normal",
        "capture": capture if capture.source == "page" else None,
    }


def _is_cut(items: Sequence[_Item]) -> bool:
    """Whether the page stops in the middle of its last item: after a title, or before the end of a footer where the items have footers."""
    last = items[-1]
    if not last.block.abstract:
        return last.footer is None
    if last.footer:
        return last.footer.date is None
    return sum(item.footer is not None for item in items) * 2 > len(items)
