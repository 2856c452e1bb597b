"""The lines of a page saved as Markdown, put together where one link or one title goes over several of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.lines import Line
from transforms.sources.hf_facts import LINK_AT_END, TARGET

HEADING = "### "
_HAS_LINK = re.compile(rf"\]\({TARGET}\)|\]\[[0-9]{{1,5}}\]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
# A list of authors' pictures is one link with pictures in it: they have addresses and end no link.
_PICTURE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*\)")
_TITLE_LINES = 6
_HEADING_MARK = re.compile(r"^#{1,6} ?")
# How savers write the line breaks that a title or a text has, and signs that would mean something in Markdown.
_TITLE_BREAK = re.compile(r"\\{2,4}\s+|\\\s{2,}")
_LINE_END = re.compile(r"\\{1,4}$")
_ESCAPED = re.compile(r"\\([-\[\]*_#>+`])")


@dataclass(frozen=True, slots=True)
class Block:
    """One line, or all lines of one link or one title."""

    lines: Sequence[Line]

    @property
    def text(self) -> str:
        return "\n".join(line.printed for line in self.lines)

    @property
    def is_heading(self) -> bool:
        return self.lines[0].text.startswith(HEADING)

    @property
    def is_linked(self) -> bool:
        """Whether it is a link, perhaps cut off, rather than plain text."""
        return self.lines[0].text.startswith((f"{HEADING}[", "["))

    @property
    def is_whole(self) -> bool:
        """Whether the link that it begins with comes to its end."""
        return _ends_link(self.lines[-1])

    @property
    def is_open(self) -> bool:
        """Whether a link begins here that comes to no end: its text goes on in the next blocks, or was cut off."""
        first = self.lines[0].text
        return first.startswith("[") and not self.is_whole and first.count("[") > first.count("]")


def blocks_of(lines: Sequence[Line], has_indent: Sequence[bool]) -> list[Block]:
    """The lines in blocks; every line is in exactly one. `has_indent`: which lines begin with a blank."""
    ends = _next_link_ends(lines)
    blocks, at = [], 0
    while at < len(lines):
        end = _title_end(lines, at, ends, has_indent) if lines[at].text.startswith(HEADING) else _link_end(lines, at, ends)
        blocks.append(Block(lines[at : end + 1]))
        at = end + 1
    return blocks


def title_of(block: Block) -> str:
    """The title, without the marks around it, its lines put together."""
    text = " ".join(_HEADING_MARK.sub("", line.printed) if line.text.startswith(HEADING) else line.printed for line in block.lines)
    if block.is_linked:
        text = LINK_AT_END.sub("", text.removeprefix("["))
    return _ESCAPED.sub(r"\1", _TITLE_BREAK.sub(" ", text)).strip()


def text_of(blocks: Sequence[Block]) -> str:
    """The text of these blocks, line by line as printed, a blank line between paragraphs, without the link around it."""
    parts: list[str] = []
    is_inside = any(block.is_open for block in blocks[:1])
    for number, block in enumerate(blocks):
        is_link = is_inside or (block.is_linked and block.is_whole)
        for line in block.lines:
            text = line.printed
            if is_link and line is block.lines[0] and (number == 0 or not is_inside):
                text = text.removeprefix("[")
            if is_link and line is block.lines[-1]:
                text = LINK_AT_END.sub("", text)
            if is_link:
                text = _ESCAPED.sub(r"\1", _LINE_END.sub("", text))
            if text := text.strip():
                parts.append(("" if not parts else "\n\n" if line.has_gap else "\n") + text)
    return "".join(parts)


def _next_link_ends(lines: Sequence[Line]) -> list[int]:
    """For each line the next one, itself included, that ends a link before another title begins; -1 where there is none."""
    ends, following = [-1] * len(lines), -1
    for at in range(len(lines) - 1, -1, -1):
        if _ends_link(lines[at]):
            following = at
        ends[at] = following
        if lines[at].text.startswith(f"{HEADING}["):
            following = -1
    return ends


def _title_end(lines: Sequence[Line], at: int, ends: Sequence[int], has_indent: Sequence[bool]) -> int:
    if lines[at].text.startswith(f"{HEADING}["):
        return ends[at] if 0 <= ends[at] - at < _TITLE_LINES else at
    # A plain title goes on in lines that are indented: so arXiv wraps them.
    end = at
    while end + 1 < len(lines) and end + 1 - at < _TITLE_LINES and has_indent[end + 1] and not lines[end + 1].has_gap:
        end += 1
    return end


def _link_end(lines: Sequence[Line], at: int, ends: Sequence[int]) -> int:
    text = _PICTURE.sub("", lines[at].text)
    if not text.startswith("[") or _HAS_LINK.search(text) or _BRACKETED.fullmatch(text):
        return at
    return max(at, ends[at])


def _ends_link(line: Line) -> bool:
    return LINK_AT_END.search(_PICTURE.sub("", line.text)) is not None
