"""`--ignore`: which columns and fields are left out of the evidence."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from transforms.dedupe.facts import SCHEMES
from transforms.field_names import plain_name
from transforms.sources import FORMATS
from warehouse.errors import InputError

_ADDRESSES = "url urls ur ee link links lk l1 l2 pdf oa site biburl bdskurl1 bdskurl2 articleurl paperurl landingpage abstracturl abslink openreview"
# What can be left out: the columns of bronze and staging that are emptied, and the fields in print that fill nothing.
EVIDENCE: dict[str, tuple[tuple[str, ...], str]] = {
    "authors": (("authors", "author_count", "first_family"), ""),
    "organization": (("organization_id", "organization_handle", "organization_name"), ""),
    "year": (("published_on", "year", "date_is_inferred"), ""),
    "venue": (("venue",), ""),
    "volume": (("volume",), ""),
    "issue": (("issue",), ""),
    "pages": (("pages",), ""),
    "abstract": (("abstract", "abstract_rank"), ""),
    "doi": (("doi",), "doi do di"),
    "arxiv_id": (("arxiv_id", "damaged_arxiv_id"), "arxiv arxivid eprint"),
    **dict.fromkeys(SCHEMES, ((), "")),
    "identifiers": (("doi", "arxiv_id", "damaged_arxiv_id", "identifiers"), ""),
    "links": (("links",), _ADDRESSES + " landingpageurl pdfurl oaurl"),
    "url": (("links",), "url urls ur link"),
}
_ALSO = {
    "author": "authors",
    "date": "year",
    "published_on": "year",
    "arxiv": "arxiv_id",
    "journal": "venue",
    "booktitle": "venue",
    "number": "issue",
    "s2": "semanticscholar",
    "ids": "identifiers",
}
_TITLES = {"title", "ti", "t1"}
_OF_RECORD = pl.Struct({scheme: pl.List(pl.String) for scheme in (*SCHEMES, "arxiv", "doi")})


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is left out: names as they were asked for, columns, schemes of identifiers, and fields in print (plain_name)."""

    asked: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()

    @classmethod
    def of(cls, options: Iterable[str]) -> "Ignored":
        """What the options name, commas between names. Raises InputError for the title, without which nothing can be compared."""
        asked = tuple(dict.fromkeys(name for option in options for one in option.split(",") if (name := one.strip())))
        if titles := [name for name in asked if plain_name(name) in _TITLES]:
            raise InputError(f"--ignore {titles[0]}: without the title there is nothing to compare; leave it out of the list")
        columns: set[str] = set()
        schemes: set[str] = set()
        fields = {plain_name(name) for name in asked}
        for name in asked:
            kind = _kind_of(name)
            if kind is None:
                continue
            columns.update(EVIDENCE[kind][0])
            fields.update(EVIDENCE[kind][1].split())
            schemes.update({"arxiv_id": ["arxiv"], "doi": ["doi"]}.get(kind, [kind] if kind in SCHEMES else []))
        return cls(asked, frozenset(columns), frozenset(schemes), frozenset(fields))

    def check(self, seen: Collection[str]) -> None:
        """Raises InputError for a name that is neither evidence nor a field, and says which there are: a field of these files, or one that any format
        that we read is known to have, for the next file may have it."""
        printed = sorted(_names(seen), key=str.lower)
        known = {plain_name(name) for name in (*printed, *_names(path for form in FORMATS for path, _ in form.known))}
        for name in self.asked:
            if _kind_of(name) is None and plain_name(name) not in known:
                near = difflib.get_close_matches(name.lower(), [*EVIDENCE, *printed], n=1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                shown = ", ".join(printed[:100]) + (", ..." if len(printed) > 100 else "")
                raise InputError(f"--ignore {name}: there is no such field{hint}. Evidence: {', '.join(EVIDENCE)}. Fields of your files: {shown}")

    def masked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The records, of bronze or staging, without what is left out."""
        there = [name for name in frame.columns if name in self.columns]
        frame = frame.with_columns(pl.lit(None, frame.schema[name]).alias(name) for name in there)
        if self.schemes and "identifiers" in frame.columns and "identifiers" not in self.columns:
            ids = pl.col("identifiers").str.json_decode(_OF_RECORD)
            kept = [name for name in (*SCHEMES, "arxiv", "doi") if name not in self.schemes]
            left = pl.struct(ids.struct.field(name) for name in kept).struct.json_encode()
            frame = frame.with_columns(identifiers=pl.when(pl.col("identifiers").is_not_null()).then(left))
        return frame


def _names(paths: Iterable[str]) -> set[str]:
    return {part.strip("[]@") for path in paths for piece in path.split("/") for part in piece.split(".") if part}


def _kind_of(name: str) -> str | None:
    plain = name.strip().lower().replace("-", "_")
    plain = _ALSO.get(plain, plain)
    return plain if plain in EVIDENCE else None
