"""What one piece of a saved Hugging Face page says of a paper: votes, authors, organisation, date and comments, links.

A piece is a line, or the lines of one link. Each reader knows one kind; what none of them knows is text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from transforms.dates import PrintedDate, read_date_line
from transforms.lines import plain

# A target never holds a blank, and brackets only in pairs: so that no pattern looks at a character twice.
TARGET = r"(?:https?://|/)[^\s()]*(?:\([^\s()]*\)[^\s()]*)?"
# `](https://...)`, or `][31]` where the page's addresses stand in a table at its end.
LINK_END = rf"\](?:\((?P<url>{TARGET})\)|\[(?P<number>[0-9]{{1,5}})\])"
LINK_AT_END = re.compile(LINK_END + "$")
PAPER_ADDRESS = re.compile(r"https?://huggingface\.co/papers/(?P<id>[^\s/?#()]{1,64})(?P<place>#community)?")
LOGIN_ADDRESS = re.compile(r"https?://huggingface\.co/login\?next=%2Fpapers%2F(?P<id>[^\s&#()]{1,64})")
ORGANIZATION_ADDRESS = re.compile(r"https?://huggingface\.co/(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]{0,95})")
DOT = "·"

_ARXIV_ID = re.compile(r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?")
_ARXIV_ADDRESS = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/(?P<id>[^\s?#]{1,64}?)(?:\.pdf)?")
# Few enough digits that a number of millions has room in 64 bits.
_COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12}|[0-9]{1,4}\.[0-9]{1,3}(?=[kKM])"
_NUMBER = re.compile(rf"(?P<digits>{_COUNT})(?P<unit>[kKM]?)")
_UNITS = {"": 0, "k": 3, "K": 3, "M": 6}
_VOTES = re.compile(rf"\[ ?(?:(?:- )?\[[ x]?\] ?)?(?P<word>Upvote )?(?P<count>-|[0-9][0-9.,]*[kKM]?) ?{LINK_END}")
_CHECKBOX_VOTES = re.compile(r"\[-?\] (?P<count>-|[0-9][0-9.,]*[kKM]?)")
_AUTHORS = re.compile(r"\[? ?(?:[-*•] )?(?P<count>[0-9]{1,5}|[0-9]{1,3},[0-9]{3}) authors?")
_ORGANIZATION = re.compile(
    r"\[(?:!\[(?P<picture>[^\]]*)\]\((?P<address>[^)\s]*)\)|\[(?:图片：)?(?P<handle>[^\]]*)\]) ?(?P<name>[^\[\]]*)" + LINK_END + "(?P<after>.*)"
)
_DATE = re.compile(
    r"(?:· ?)?(?:Published on )?(?P<date>[A-Z][A-Za-z0-9,. ]{2,24}?)"
    rf"(?: ?\[ ?(?P<comments>[0-9][0-9,]{{0,9}}) ?\](?:\({TARGET}\)|\[[0-9]{{1,5}}\])?)?"
)
_LINK = re.compile(rf"\[(?:LINK: ?)?(?P<label>[^\[\]]{{1,80}}){LINK_END}")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
# What stands for pictures of authors and of nothing: bullets, dots, pictures without a name.
_ORNAMENT = re.compile(r"[·*•-]|(?:- )?\[图片：[^\]]*\]|(?:- )?!\[\]\([^)\s]*\)\\*")
_LONGEST_FACT = 2_000
_RELS = {"github": "code", "arxiv page": "landing", "arxiv": "landing", "project page": "project", "project": "project", "pdf": "pdf"}


@dataclass(slots=True)
class Facts:
    """What is known of a paper beside its title and text. `values` are columns of bronze.records, `rest` what has none."""

    values: dict[str, Any] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)
    date: PrintedDate | None = None

    def add(self, other: "Facts") -> None:
        """Take over what only the other has; what both have stays."""
        for name, value in other.values.items():
            if name == "counts_are_rounded":
                self.values[name] = self.values.get(name, False) or value
            else:
                self.values.setdefault(name, value)
        self.links += [link for link in other.links if link not in self.links]
        for name, value in other.rest.items():
            self.rest.setdefault(name, value)
        self.date = self.date or other.date


def paper_id(target: str) -> dict[str, Any]:
    """source_id and, where it is one, arxiv_id, out of the address of a paper's page or of the login that leads to it."""
    found = PAPER_ADDRESS.fullmatch(target) or LOGIN_ADDRESS.fullmatch(target)
    if not found:
        return {}
    return {"source_id": found["id"]} | ({"arxiv_id": found["id"]} if _ARXIV_ID.fullmatch(found["id"]) else {})


def count(text: str) -> tuple[int, bool] | None:
    """The number printed (`1,204`, `3.29k`, `110k`), and whether it was rounded; None for anything else."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    whole, _, parts = found["digits"].replace(",", "").partition(".")
    zeros = _UNITS[found["unit"]] - len(parts)
    return int(whole + parts) * 10**zeros, bool(found["unit"])


def counted(column: str, text: str) -> dict[str, Any]:
    """The count's column and whether it was rounded; empty where there is none (`-`)."""
    found = count(text)
    return {column: found[0], "counts_are_rounded": found[1]} if found else {}


def target_of(link: re.Match[str], references: Mapping[int, str]) -> str:
    """The address that a link leads to; empty where its number is in no table."""
    return link["url"] or references.get(int(link["number"] or 0), "")


def read_facts(text: str, references: Mapping[int, str]) -> Facts | None:
    """What this piece says, None where it is text. The references are the page's table of numbered addresses."""
    if len(text) > _LONGEST_FACT:
        return None
    flat = plain(text.replace("\n", " "))
    for reader in _READERS:
        if found := reader(text, flat, references):
            return found
    return None


def read_votes(text: str, references: Mapping[int, str], has_word: bool = False) -> Facts | None:
    """The votes, where this is the link that shows them above a title (`has_word`: or the one with `Upvote` below the text)."""
    flat = plain(text.replace("\n", " "))
    found = _VOTES.fullmatch(flat)
    target = target_of(found, references) if found else ""
    if (found and found["word"] and not has_word) or (target and not LOGIN_ADDRESS.fullmatch(target)):
        return None
    found = found or _CHECKBOX_VOTES.fullmatch(flat)
    if not found or (found["count"] != "-" and not count(found["count"])):
        return None
    return Facts(counted("upvote_count", found["count"]) | paper_id(target))


def read_date(text: str) -> Facts | None:
    """The date, with the comments that are glued to it (`May 29[6]` is 29 May and six comments)."""
    found = _DATE.fullmatch(text)
    printed = read_date_line(found["date"], must_exist=False) if found else None
    if not found or not printed:
        return None
    comments = found["comments"] or (str(printed.comment_count) if printed.comment_count is not None else "")
    return Facts({"published_on": printed.text} | counted("comment_count", comments), date=printed)


def read_authors(text: str) -> Facts | None:
    """The number of authors, alone or at the end of a list of their pictures."""
    last = LINK_AT_END.sub("", text).strip().rpartition("\n")[2]
    found = _AUTHORS.fullmatch(last)
    if not found:
        return None
    pictures = _PICTURE.findall(text)
    return Facts({"author_count": int(found["count"].replace(",", ""))}, rest={"author_pictures": pictures} if pictures else {})


def _votes(text: str, _: str, references: Mapping[int, str]) -> Facts | None:
    return read_votes(text, references, has_word=True)


def _authors(text: str, _: str, __: Mapping[int, str]) -> Facts | None:
    return read_authors(text)


def _date(_: str, flat: str, __: Mapping[int, str]) -> Facts | None:
    return read_date(flat)


def _organization(_: str, flat: str, references: Mapping[int, str]) -> Facts | None:
    found = _ORGANIZATION.fullmatch(flat)
    if not found:
        return None
    target = target_of(found, references)
    address = ORGANIZATION_ADDRESS.fullmatch(target)
    after = read_date(found["after"].strip()) if found["after"].strip() else Facts()
    if (target and not address) or after is None:
        return None
    handle = address["handle"] if address else (found["handle"] or found["picture"] or "").strip()
    if not handle:
        return None
    facts = Facts({"organization_handle": handle, "organization_name": found["name"].strip() or handle})
    if found["address"]:
        facts.rest["organization_picture"] = found["address"]
    facts.add(after)
    return facts


def _links(_: str, flat: str, references: Mapping[int, str]) -> Facts | None:
    facts = Facts()
    for found in _LINK.finditer(flat):
        target = target_of(found, references)
        if PAPER_ADDRESS.fullmatch(target) or LOGIN_ADDRESS.fullmatch(target):
            return None
        label, _, number = found["label"].strip().rpartition(" ")
        stars = counted("star_count", number) if label.lower() == "github" else {}
        name = (label if stars else found["label"]).strip().lower()
        if not target:
            return None
        facts.add(Facts(stars, [{"url": target, "rel": _RELS.get(name, "other")}]))
        if arxiv := _ARXIV_ADDRESS.fullmatch(target):
            facts.add(Facts({"arxiv_id": arxiv["id"]}))
    return facts if facts.links and not _LINK.sub("", flat).strip() else None


def _ornament(_: str, flat: str, __: Mapping[int, str]) -> Facts | None:
    return Facts() if _ORNAMENT.fullmatch(flat) else None


_READERS: tuple[Callable[[str, str, Mapping[int, str]], Facts | None], ...] = (_votes, _authors, _date, _organization, _links, _ornament)
