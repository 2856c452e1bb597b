"""Lists of people as bibliographies and tables print them."""

import re
from collections.abc import Sequence
from typing import Any

import orjson

# White space on both sides is looked at and not taken in: a pattern that takes it in is quadratic in a long run of blanks.
_AND = re.compile(r"(?:(?<=\s)|^)and(?=\s|$)", re.IGNORECASE)
_OTHERS = re.compile(r"(?:and\s{1,9})?(?:others|et\.? al\.?)", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[ -]?){1,5}")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_HOMONYM = re.compile(r"[0-9]{4}")
_AMPERSAND = re.compile(r"(?<=\s)&(?:amp;)?(?=\s)")
# Names in these scripts begin with the family name, and a blank in them may part anything.
_EASTERN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# The semicolon of a character reference (&eacute;) parts nothing.
_REFERENCE_OR_SEMICOLON = re.compile(r"&#?\w{1,10};|;")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"")

Person = dict[str, Any]


def split_at_and(text: str) -> list[str]:
    """The pieces between the words "and" that stand outside of braces, white space at their ends left out; empty pieces are dropped."""
    pieces = _AND.split(text)
    if "{" not in text:
        return [piece for one in pieces if (piece := one.strip())]
    joined: list[str] = []
    depth = 0
    for piece in pieces:
        if depth > 0:
            joined[-1] += "and" + piece
        else:
            joined.append(piece)
        depth += piece.count("{") - piece.count("}")
    return [piece for one in joined if (piece := one.strip())]


def bibtex_people(text: str) -> tuple[list[Person], list[str]]:
    """The people of a BibTeX field, and what stands in it for more of them ("others")."""
    people: list[Person] = []
    others: list[str] = []
    for piece in split_at_and(text):
        if _OTHERS.fullmatch(piece):
            others.append(piece)
        else:
            people.append(person(piece))
    return people, others


def person(text: str) -> Person:
    """One person: Last, First; Last, Jr, First; First von Last; a name in braces is a body's and is not taken apart."""
    if text[0] == "{" and _closes_at_end(text):
        return {"name": text[1:-1].strip() or text}
    if "," in text:
        parts = [part.strip() for part in _outside_braces(text, ",")]
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
        if len(parts) == 2 and parts[0]:
            return {"family": parts[0], "given": parts[1]}
        if len(parts) == 3 and parts[0] and parts[2]:
            return {"family": parts[0], "suffix": parts[1], "given": parts[2]} if parts[1] else {"family": parts[0], "given": parts[2]}
        return {"name": parts[0] if len(parts) == 1 and parts[0] else text}
    return _given_first(text)


def _given_first(text: str) -> Person:
    if _EASTERN.search(text):
        return {"name": text}
    words = [word for one in _outside_braces(text, " ") if (word := one.strip())] if "{" in text else text.split()
    # DBLP numbers people of the same name.
    last = len(words) - (2 if len(words) > 2 and _HOMONYM.fullmatch(words[-1]) else 1)
    suffix = words[last] if last > 1 and _SUFFIX.fullmatch(words[last]) else None
    if suffix:
        last -= 1
    # Smith J: the family name stands first, and where it ends is a guess.
    if last < 1 or _is_initials(words[last]):
        return {"name": text}
    particle = last
    if last > 1 and (small := [at for at in range(1, last) if words[at][0].islower()]):
        particle = small[0]
    named = {"name": text, "given": " ".join(words[:particle]), "family": " ".join(words[particle : last + 1])}
    return {**named, "suffix": suffix} if suffix else named


def _closes_at_end(text: str) -> bool:
    if text[-1] != "}":
        return False
    depth = 0
    for at, mark in enumerate(text):
        depth += (mark == "{") - (mark == "}")
        if depth == 0:
            return at == len(text) - 1
    return False


def _outside_braces(text: str, mark: str) -> list[str]:
    """The text split at a mark (a blank: at any white space) outside of braces."""
    if "{" not in text:
        return text.split(mark)
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
        elif depth <= 0 and (letter == mark or (mark == " " and letter.isspace())):
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def table_people(text: str) -> tuple[list[Person], list[str]]:
    """The people of a table's cell: a list that a program printed, names between semicolons, between "and", or between commas."""
    text = _AMPERSAND.sub("and", text.strip())
    if text[:1] == "[" and text[-1:] == "]" and (names := _printed_list(text)):
        pieces: Sequence[str] = names
    elif len(parted := _at_semicolons(text)) > 1:
        pieces = parted
    elif len(found := split_at_and(text)) > 1:
        pieces = [one for piece in found for one in _between_commas(piece, is_last_first=all(other.count(",") <= 1 for other in found))]
    else:
        pieces = _between_commas(text)
    people: list[Person] = []
    others: list[str] = []
    for piece in map(_trimmed, pieces):
        if _OTHERS.fullmatch(piece):
            others.append(piece)
        elif piece:
            people.append(person(piece))
    return people, others


def _at_semicolons(text: str) -> list[str]:
    marks = [found.start() for found in _REFERENCE_OR_SEMICOLON.finditer(text) if found[0] == ";"]
    return [text[start:end] for start, end in zip([0, *(at + 1 for at in marks)], [*marks, len(text)], strict=True)]


def _trimmed(piece: str) -> str:
    return piece.strip().strip(",").strip()


def _printed_list(text: str) -> list[str]:
    """The names of a list that Python or JSON printed; empty where it is none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return [(one[1] if one[1] is not None else one[2]).strip() for one in _QUOTED.finditer(text)]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _between_commas(text: str, is_last_first: bool = True) -> list[str]:
    """The names of a list whose commas may also stand within a name (Last, First).

    Pairs are read as one name where every second part is initials, and where there are two parts of which one is a single word. In any other case
    each part is a name.
    """
    parts = [part for one in text.split(",") if (part := one.strip())]
    if len(parts) < 2:
        return parts
    given = parts[1::2]
    if len(parts) % 2 == 0 and all(map(_is_initials, given)):
        return [f"{family}, {first}" for family, first in zip(parts[::2], given, strict=True)]
    if len(parts) == 2 and is_last_first and any(" " not in part for part in parts) and not _is_given_first(parts[0]):
        return [f"{parts[0]}, {parts[1]}"]
    return parts


def _is_initials(text: str) -> bool:
    # Scripts without capitals have no initials either.
    return text.isupper() and _INITIALS.fullmatch(text) is not None


def _is_given_first(name: str) -> bool:
    """Whether a name begins with an initial and goes on (M.R. Andersson, M.Andersson)."""
    return re.match(r"[^\W\d_]\.\s?(?:[^\W\d_]\.\s?)*[^\W\d_]{2}", name) is not None
