"""The footer behind a paper: organisation or number of authors, a middle dot, the date with the number of comments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transforms.dates import PrintedDate, read_date_line
from transforms.lines import Line
from transforms.sources.sentences import ends_sentence

_DOT = re.compile(r"[·•‧∙⋅]")
_AUTHORS = re.compile(r"(?:[•·*\-‣] ?)?([0-9]{1,5}|[0-9]{1,3},[0-9]{3}) authors?", re.IGNORECASE)
_ORGANIZATION = re.compile(r"(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]{0,95})(?: (?P<name>.{1,120}))?")
_CUT_DATE = re.compile(r"[A-Z][a-z]{0,8}\.?(?: [0-9]{1,2}(?:, ?[0-9]{0,3})?)?")
# `apple Apple Inc.` ends like a sentence; a sentence has more words.
_MOST_WORDS = 5
# All of it in one line, as some tools save it: `nvidia NVIDIA · Oct 28, 2024 2`.
_ONE_LINE = re.compile(r"(?P<facts>.{1,200}?) ?· ?(?P<date>[A-Z][a-z]{2}.{1,24})")


@dataclass(frozen=True, slots=True)
class Footer:
    """A footer: the lines it takes (start inclusive, end exclusive, as indices) and what it says."""

    start: int
    end: int
    author_count: int | None = None
    organization_handle: str | None = None
    organization_name: str | None = None
    date: PrintedDate | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it has the number of authors and a date: the two together stand nowhere else."""
        return self.author_count is not None and self.date is not None


def find_footers(lines: Sequence[Line]) -> list[Footer]:
    """The footers among these lines, in order; none overlaps another."""
    footers: list[Footer] = []
    for at, line in enumerate(lines):
        taken = footers[-1].end if footers else 0
        if at < taken:
            continue
        footer = _at_dot(lines, at, taken) if _DOT.fullmatch(line.text) else _in_one_line(line, at)
        if footer:
            footers.append(footer)
    return footers


def _at_dot(lines: Sequence[Line], at: int, taken: int) -> Footer | None:
    date = read_date_line(lines[at + 1].text, must_exist=False) if at + 1 < len(lines) else None
    facts = _facts(lines[at - 1].text) if at > taken else {}
    if "organization_handle" in facts and _is_prose(lines, at - 1):
        facts = {}
    # A lone dot is a footer only beside something that belongs to one; at the end of a cut page the date may be missing or cut too.
    is_at_end = at + 1 == len(lines) or (at + 2 == len(lines) and _CUT_DATE.fullmatch(lines[at + 1].text) is not None)
    if not date and "author_count" not in facts and not (facts and is_at_end):
        return None
    end = len(lines) if is_at_end else at + 2 if date else at + 1
    return Footer(start=at - 1 if facts else at, end=end, date=date, **facts)


def _is_prose(lines: Sequence[Line], at: int) -> bool:
    """Whether this line is rather the last one of a wrapped abstract than an organisation."""
    line = lines[at]
    if not ends_sentence(line.text):
        return False
    follows_unfinished = not line.has_gap and at > 0 and not ends_sentence(lines[at - 1].text)
    return follows_unfinished or line.text.count(" ") > _MOST_WORDS


def _in_one_line(line: Line, at: int) -> Footer | None:
    found = _ONE_LINE.fullmatch(line.text)
    date = read_date_line(found["date"]) if found else None
    facts = _facts(found["facts"]) if found else {}
    return Footer(start=at, end=at + 1, date=date, **facts) if date and facts else None


def _facts(text: str) -> dict[str, Any]:
    """Author count, or handle and name of the organisation; empty where the text is neither."""
    if authors := _AUTHORS.fullmatch(text):
        return {"author_count": int(authors[1].replace(",", ""))}
    if organization := _ORGANIZATION.fullmatch(text):
        return {"organization_handle": organization["handle"], "organization_name": organization["name"] or organization["handle"]}
    return {}
