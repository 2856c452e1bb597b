"""Which lines are titles and which are abstracts, where only blank lines, lengths and wording tell.

Every line gets one of three roles, title (its first line), continued (a title's further lines) or abstract. Each role costs something on
each line and after each other role; the cheapest sequence wins (the Viterbi algorithm). So no single sign decides: a page without
blank lines, with wrapped lines, with a title that ends in a question mark or an abstract in two paragraphs is cut where most signs agree.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transforms.lines import Line
from transforms.sources.sentences import ends_sentence

_TITLE, _CONTINUED, _ABSTRACT = range(3)
_NEVER = 1_000.0

# Of 8,171 titles in Hugging Face's daily listings (2024-05 to 2026-05) the longest has 175 characters, and their shortest abstract 165.
_LONG_TITLE = 200
_INNER_SENTENCE_END = re.compile(r"[a-z]{2}\. [A-Z]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
# A line of wrapped text that is shorter than this share of the usual line is the last of its paragraph.
_SHORT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Costs:
    """What each sign costs. Only the order of sums matters; tests/transforms/test_hf_text_items.py holds the cases that set them."""

    long_title: float = 6.0  # per 100 characters beyond the longest known
    title_ends_in_full_stop: float = 4.0  # no title of 8,171 does
    title_ends_in_question: float = 0.5  # some do
    title_ends_open: float = 3.0  # in a comma, a semicolon or a hyphen: a wrapped line
    title_has_sentences: float = 4.0
    title_starts_small: float = 1.5  # `eDKM: ...` does, but few
    title_small_words: float = 1.5  # times the share of words in small letters: some titles are written so, all prose is
    abstract_starts_small: float = 4.0  # right after the title: the sentence goes on, so that was no title
    abstract_line_stands_alone: float = 4.0  # short, no full stop, between blank lines: it looks like a title
    abstract_line_like_title: float = 2.0  # capitals on most words, no full stop, after the end of a sentence
    abstract_line_short: float = 3.0  # in a page whose lines are whole paragraphs
    title_after_wrapped_line: float = 6.0  # a new item in the middle of a sentence
    title_without_gap: float = 6.0  # in a page that has blank lines between items
    title_without_gap_anywhere: float = 0.5
    abstract_next_to_title: float = 0.5  # no blank line between them in a page that has such lines
    second_paragraph: float = 3.0
    continued_title: float = 1.0
    item_without_abstract: float = 5.0
    item_without_title: float = 5.0
    ends_without_abstract: float = 4.0


@dataclass(frozen=True, slots=True)
class Block:
    """One item's lines: its title's and its abstract's. Either may be empty, where the page is damaged."""

    title: Sequence[Line]
    abstract: Sequence[Line]

    @property
    def lines(self) -> list[Line]:
        return [*self.title, *self.abstract]


@dataclass(frozen=True, slots=True)
class _Signs:
    """What is seen on one line, independent of its role."""

    length: int
    has_gap: bool
    gap_follows: bool
    ends_sentence: bool
    ends_in_question: bool
    ends_open: bool
    has_sentences: bool
    starts_small: bool
    capital_share: float
    is_too_long: bool


def blocks_of(lines: Sequence[Line], has_footer: bool, costs: Costs = Costs()) -> list[Block]:
    """The items among these lines, which stand between two footers. `has_footer`: a footer follows, so the last item may lack its abstract."""
    if not lines:
        return []
    roles = _cheapest_roles([_signs(lines, at) for at in range(len(lines))], has_footer, costs)
    starts = [at for at, role in enumerate(roles) if role == _TITLE or (at == 0 and role == _ABSTRACT)]
    blocks = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        title = [lines[at] for at in range(start, end) if roles[at] != _ABSTRACT]
        blocks.append(Block(title, [lines[at] for at in range(start, end) if roles[at] == _ABSTRACT]))
    return blocks


def _signs(lines: Sequence[Line], at: int) -> _Signs:
    line, text = lines[at], lines[at].text
    words = _WORD.findall(text)
    weighty = [word for word in words if len(word) > 3] or words
    return _Signs(
        length=line.length if line.is_too_long else len(text),
        has_gap=line.has_gap or at == 0,
        gap_follows=at + 1 == len(lines) or lines[at + 1].has_gap,
        ends_sentence=ends_sentence(text),
        ends_in_question=text.endswith(("?", "!")),
        ends_open=text.endswith((",", ";", "-")),
        has_sentences=_INNER_SENTENCE_END.search(text) is not None,
        starts_small=bool(words) and text.startswith(words[0]) and words[0].islower(),
        capital_share=sum(word[0].isupper() for word in weighty) / len(weighty) if weighty else 0.0,
        is_too_long=line.is_too_long,
    )


def _cheapest_roles(signs: Sequence[_Signs], has_footer: bool, costs: Costs) -> list[int]:
    has_gaps = any(sign.has_gap for sign in signs[1:])
    usual = sorted(sign.length for sign in signs)[-max(1, len(signs) // 3)]
    total = [0.0, _NEVER, costs.item_without_title]
    total = [cost + _on_line(role, signs[0], None, usual, costs) for role, cost in enumerate(total)]
    came_from: list[list[int]] = []
    for before, sign in pairwise(signs):
        step, here = [], []
        for role in (_TITLE, _CONTINUED, _ABSTRACT):
            options = [total[last] + _between(last, role, before, sign, has_gaps, costs) for last in (_TITLE, _CONTINUED, _ABSTRACT)]
            best = min(range(3), key=options.__getitem__)
            step.append(best)
            here.append(options[best] + _on_line(role, sign, before, usual, costs))
        came_from.append(step)
        total = here
    if not has_footer:
        total = [total[_TITLE] + costs.ends_without_abstract, total[_CONTINUED] + costs.ends_without_abstract, total[_ABSTRACT]]
    roles = [min(range(3), key=total.__getitem__)]
    for step in reversed(came_from):
        roles.append(step[roles[-1]])
    return roles[::-1]


def _on_line(role: int, sign: _Signs, before: _Signs | None, usual: int, costs: Costs) -> float:
    """What it costs that this line has this role."""
    if role == _ABSTRACT:
        if sign.length > _LONG_TITLE or (sign.ends_sentence and not sign.ends_in_question):
            return 0.0
        if sign.has_gap and sign.gap_follows:
            return costs.abstract_line_stands_alone
        if usual > _LONG_TITLE and sign.length < usual * _SHORT_SHARE:
            return costs.abstract_line_short
        return costs.abstract_line_like_title * sign.capital_share if before and before.ends_sentence else 0.0
    if sign.is_too_long:
        return _NEVER
    cost = costs.long_title * max(0, sign.length - _LONG_TITLE) / 100
    cost += costs.title_has_sentences * sign.has_sentences
    cost += costs.title_ends_open * sign.ends_open * (role == _TITLE and sign.gap_follows)
    cost += costs.title_small_words * (1 - sign.capital_share)
    if sign.ends_sentence:
        cost += costs.title_ends_in_question if sign.ends_in_question else costs.title_ends_in_full_stop
    if role == _CONTINUED:
        return cost + costs.continued_title
    return cost + costs.title_starts_small * sign.starts_small


def _between(last: int, role: int, before: _Signs, sign: _Signs, has_gaps: bool, costs: Costs) -> float:
    """What it costs that a line with this role follows one with that role."""
    if role == _CONTINUED:
        return _NEVER if last == _ABSTRACT or sign.has_gap else 0.0
    if role == _ABSTRACT:
        if last == _ABSTRACT:
            return costs.second_paragraph if sign.has_gap else 0.0
        cost = costs.abstract_starts_small * sign.starts_small
        return cost + costs.abstract_next_to_title * (has_gaps and not sign.has_gap)
    cost = costs.item_without_abstract if last != _ABSTRACT else 0.0
    if not sign.has_gap:
        cost += costs.title_without_gap if has_gaps else costs.title_without_gap_anywhere
        cost += costs.title_after_wrapped_line * (not before.ends_sentence)
    return cost
