"""Entries as BibTeX."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from transforms.library.entry import Entry, Vocabulary
from transforms.library.said import people, said

VOCABULARY = Vocabulary(
    things={
        "author": "authors",
        "journal": "venue",
        "journaltitle": "venue",
        "booktitle": "venue",
        "year": "date",
        "month": "date",
        "day": "date",
        "date": "date",
        "number": "issue",
        "issue": "issue",
        "eprint": "arxiv_id",
        "archiveprefix": "arxiv_id",
        "eprinttype": "arxiv_id",
        "primaryclass": "arxiv_id",
        "eprintclass": "arxiv_id",
    },
    united={"keywords": ", ", "groups": ", ", "mendeley-tags": ", ", "file": ";", "ids": ", "},
)
_NO_KEY = re.compile(r"[\s,{}\"#%=\\~()'\x00-\x1f\x7f]+")
_NO_NAME = re.compile(r"[^a-z0-9+_.:-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What looks like the beginning of an entry where a line begins; TeX takes a line's end for a blank.
_ENTRY_IN_VALUE = re.compile(r"[\r\n][ \t\r\n]*@")
_BRACE = re.compile(r"[{}]")
_SIGN = re.compile(r"(?<!\\)([&%#])")
# Addresses and identifiers are no TeX.
_VERBATIM = {"doi", "url", "eprint", "file", "pmid", "ids"}


def from_values(values: Mapping[str, Any], key: str, name: str) -> Entry:
    """An entry of what a record of another format says; nested values that no field has are left out."""
    what = said(values)
    venue = {"inproceedings": "booktitle", "incollection": "booktitle"}.get(what["kind"], "journal")
    fields = {
        "author": " and ".join(_quoted_name(one) for one in people(what["authors"])),
        "title": what.get("title"),
        venue: what.get("venue"),
        "year": what.get("year"),
        "month": what.get("month"),
        "day": what.get("day"),
        "date": what.get("date"),
        "volume": what.get("volume"),
        "number": what.get("issue"),
        "pages": what.get("pages"),
        "publisher": what.get("publisher"),
        "doi": what.get("doi"),
        "eprint": what.get("arxiv_id"),
        "archiveprefix": "arXiv" if what.get("arxiv_id") else None,
        "url": next(iter(what["urls"]), None),
        "language": what.get("language"),
        "abstract": what.get("abstract"),
        **{scheme: ", ".join(ids) for scheme, ids in what["identifiers"].items() if scheme not in ("doi", "arxiv")},
    }
    found = {field: [value if field in _VERBATIM else _as_tex(value)] for field, value in fields.items() if value}
    for printed, value in what["more"].items():
        field = _NO_NAME.sub("-", printed.lower()).strip("-")
        if field and field[0].isalpha() and field not in found:
            found[field] = [_as_tex(str(value))]
    return Entry(what["kind"], key, name, found)


def text_of(entry: Entry, key: str, other_keys: Iterable[str] = ()) -> str:
    """The entry as text that any reader of BibTeX takes for one entry, whatever its values hold: braces that nothing opens or closes are left out,
    and so are control characters. `key` is what it is cited by; `other_keys` go to the field `ids`, by which biblatex finds it too."""
    fields = {name: [_whole(str(value)) for value in values] for name, values in entry.fields.items()}
    known = [part.strip() for value in fields.pop("ids", []) for part in value.split(",")]
    ids = dict.fromkeys(one for other in (*known, *other_keys) if (one := safe_key(other)) and one != key)
    if ids:
        fields["ids"] = [", ".join(ids)]
    lines = [f"  {name} = {{{value}}}" for name, values in fields.items() for value in values]
    kind = entry.kind if re.fullmatch(r"[A-Za-z][\w-]{0,63}", entry.kind) else "misc"
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def safe_key(printed: str) -> str:
    """The key, with a hyphen for each sign that cannot stand in one."""
    return _NO_KEY.sub("-", printed).strip("-")


def _whole(value: str) -> str:
    """The value with even braces, no control characters, and no line that looks like an entry."""
    text = _ENTRY_IN_VALUE.sub(" @", _CONTROL.sub("", value)).strip()
    if "{" in text or "}" in text:
        text = _even(text)
    # What ends with a backslash would take the closing brace with it.
    return text + " " if text.endswith("\\") else text


def _even(text: str) -> str:
    """The text without braces that nothing opens or closes."""
    odd: list[int] = []
    opened: list[int] = []
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif opened:
            opened.pop()
        else:
            odd.append(brace.start())
    left_out = sorted((*odd, *opened))
    return "".join(text[start:end] for start, end in zip([0, *(at + 1 for at in left_out)], [*left_out, len(text)], strict=True))


def _as_tex(text: str) -> str:
    """Plain text for TeX: signs that would break it are escaped. What looks like TeX already stays, for many sources print it."""
    escaped = _SIGN.sub(r"\\\1", text)
    return escaped if "$" in text or "\\" in text else escaped.replace("_", r"\_")


def _quoted_name(name: str) -> str:
    """A name that holds the word which parts names is put into braces."""
    return f"{{{name}}}" if re.search(r"(?i)(?:^|\s)and(?:\s|$)", name) else name
