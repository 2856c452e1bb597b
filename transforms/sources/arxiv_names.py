"""arXiv's one string of authors, as its submitter typed it, taken apart into names."""

import re
from collections.abc import Iterator
from typing import Any

# What stands between two names, where no bracket is open; a collaboration ends with a colon.
_MARK = re.compile(r"[(){}]|[,;]|(?<!\\)&|(?<=\s)and(?=\s)|(?<=ollaboration):|(?<=ollaborations):", re.ASCII)
_CLOSERS = {")": "(", "}": "{"}
# A key of an affiliation that is listed at the end: (1), (a), (*).
_KEY = re.compile(r"\(\s*(\d{1,3}|[A-Za-z]|\*{1,3})\s*\)")
_BETWEEN_KEYS = re.compile(r"[,;&\s]+|\band\b")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv", re.IGNORECASE)
_ET_AL = re.compile(r"(?:^|\s)et\.? al\b\.?$", re.IGNORECASE)
_ON_BEHALF = re.compile(r"(?:^|\s)((?:for|on behalf of) (?:the )?\S.*)$", re.IGNORECASE)
_LETTER = re.compile(r"\w")


def split_names(text: str) -> list[dict[str, Any]]:
    """The authors in order: each a `name` (TeX as printed, line breaks made blanks), perhaps a `suffix` and `affiliations`.

    Names are parted by commas, semicolons and "and"; what stands in round brackets behind a name are affiliations, or keys of the list of them
    at the end, `((1) University of X, (2) Y)`. "Jr." belongs to the name before it; "et al." is no name.
    """
    plain = " ".join(text.split())
    legend, rest = _legend(plain)
    authors: list[dict[str, Any]] = []
    for part, groups in _parts(rest):
        name = _ET_AL.sub("", part).strip(" .,;:") if _ET_AL.search(part) else part
        found = _ON_BEHALF.search(name) if "collaboration" in name.lower() or "team" in name.lower() else None
        if found:
            groups = [found[1], *groups]
            name = name[: found.start()].strip()
        affiliations = [where for group in groups for where in _places(group, legend)]
        if _LETTER.search(name) and not (_SUFFIX.fullmatch(name) and authors):
            authors.append({"name": name})
        elif name and authors and _SUFFIX.fullmatch(name):
            authors[-1]["suffix"] = name
        if affiliations and authors:
            authors[-1].setdefault("affiliations", []).extend(affiliations)
    return authors


def _legend(text: str) -> tuple[dict[str, str], str]:
    """The affiliations listed at the end by key, and the text without them."""
    if not text.endswith(")"):
        return {}, text
    opener = next((start for start, end in _brackets(text) if end == len(text) - 1), None)
    if opener is None or text[opener] != "(":
        return {}, text
    inner = text[opener + 1 : -1].strip()
    keys = list(_KEY.finditer(inner))
    if not keys or keys[0].start() != 0:
        return {}, text
    ends = [*(key.start() for key in keys[1:]), len(inner)]
    return {key[1]: _without_joint(inner[key.end() : end]) for key, end in zip(keys, ends, strict=True)}, text[:opener].strip()


def _without_joint(text: str) -> str:
    return text.rstrip(" ,;").removesuffix(" and").strip(" ,;")


def _places(group: str, legend: dict[str, str]) -> list[str]:
    """The affiliations that a bracket names: those of its keys, where all of them are listed, else what it says."""
    keys = [key for key in _BETWEEN_KEYS.split(group) if key]
    if keys and all(key in legend for key in keys):
        return [legend[key] for key in keys if legend[key]]
    return [group] if group else []


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """What stands between two separators, and the contents of the round brackets in it."""
    inside = dict(_brackets(text))
    name: list[str] = []
    groups: list[str] = []
    start = at = 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        if mark[0] in "(){}":
            end = inside.get(mark.start())
            if end is None:
                continue  # a bracket without its other half is a letter
            if mark[0] == "(":
                name.append(text[start : mark.start()])
                groups.append(text[mark.end() : end].strip())
                start = end + 1
            at = end + 1
        else:
            yield " ".join(" ".join([*name, text[start : mark.start()]]).split()), groups
            name, groups, start = [], [], mark.end()
    yield " ".join(" ".join([*name, text[start:]]).split()), groups


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Places of brackets that have both halves, the inner before the outer."""
    open_: dict[str, list[int]] = {"(": [], "{": []}
    for found in re.finditer(r"[(){}]", text):
        if found[0] in open_:
            open_[found[0]].append(found.start())
        elif stack := open_[_CLOSERS[found[0]]]:
            yield stack.pop(), found.start()
