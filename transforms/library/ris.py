"""Entries as RIS."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from transforms.library.entry import Entry, Vocabulary
from transforms.library.said import people, said

VOCABULARY = Vocabulary(
    things={
        **dict.fromkeys(("TI", "T1", "CT"), "title"),
        **dict.fromkeys(("AU", "A1"), "authors"),
        **dict.fromkeys(("JF", "JO", "T2", "JA", "J2", "J1", "BT"), "venue"),
        **dict.fromkeys(("PY", "Y1", "DA"), "date"),
        **dict.fromkeys(("SP", "EP"), "pages"),
        **dict.fromkeys(("AB", "N2"), "abstract"),
        **dict.fromkeys(("VL", "VO"), "volume"),
        **dict.fromkeys(("IS", "IP"), "issue"),
        **dict.fromkeys(("ID", "AN"), "key"),
    },
    united={"KW": None, "N1": None},
)
_TYPES = {"article": "JOUR", "inproceedings": "CPAPER", "incollection": "CHAP", "book": "BOOK", "phdthesis": "THES", "techreport": "RPRT"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_PAGES = re.compile(r"(\S+?)\s*[-–—]+\s*(\S+)")
_OTHER_KEYS = "ids: "


def from_values(values: Mapping[str, Any], key: str, name: str) -> Entry:
    """An entry of what a record of another format says; what no tag has goes to notes, nested values are left out."""
    what = said(values)
    pages = _PAGES.fullmatch(what.get("pages", ""))
    day = "/".join(what[part] for part in ("year", "month", "day") if part in what) if "month" in what else None
    arxiv_id = what.get("arxiv_id")
    fields: dict[str, list[Any]] = {
        "TI": [what.get("title")],
        "AU": people(what["authors"]),
        "PY": [what.get("year") or what.get("date")],
        "DA": [day],
        "T2": [what.get("venue")],
        "VL": [what.get("volume")],
        "IS": [what.get("issue")],
        "SP": [pages[1] if pages else what.get("pages")],
        "EP": [pages[2] if pages else None],
        "PB": [what.get("publisher")],
        "LA": [what.get("language")],
        "DO": [what.get("doi")],
        "UR": what["urls"] or [f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else None],
        "AB": [what.get("abstract")],
        "PM": what["identifiers"].get("pmid", []),
        "N1": [f"{printed}: {value}" for printed, value in what["more"].items()],
    }
    found = {tag: there for tag, tagged in fields.items() if (there := [value for value in tagged if value])}
    return Entry(_TYPES.get(what["kind"], "GEN"), key, name, found)


def text_of(entry: Entry, key: str, other_keys: Iterable[str] = ()) -> str:
    """The entry as lines of RIS; `key` is its ID, `other_keys` go to a note `ids: ...`. A value has one line."""
    fields = {tag: [str(value) for value in values] for tag, values in entry.fields.items() if tag not in ("TY", "ER", "ID")}
    notes = fields.get("N1", [])
    known = [part.strip() for note in notes if note.startswith(_OTHER_KEYS) for part in note.removeprefix(_OTHER_KEYS).split(";")]
    ids = dict.fromkeys(one for other in (*known, *other_keys) if (one := line(other)) and one != key)
    notes = [note for note in notes if not note.startswith(_OTHER_KEYS)] + ([_OTHER_KEYS + "; ".join(ids)] if ids else [])
    fields.pop("N1", None)
    kind = entry.kind if re.fullmatch(r"[A-Z0-9]{2,8}", entry.kind) else "GEN"
    tagged = [("TY", kind), ("ID", key), *((tag, value) for tag, values in (*fields.items(), ("N1", notes)) for value in values), ("ER", "")]
    return "".join(f"{tag}  - {line(value)}\n" for tag, value in tagged) + "\n"


def line(value: str) -> str:
    """The text in one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", value).split())
