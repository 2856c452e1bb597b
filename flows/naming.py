"""Names of papers: what a person types, and the paper or the record that it means in the published file."""

import re
from dataclasses import dataclass

import duckdb
import polars as pl

from flows.wording import counted, printable
from transforms.identifiers import normal
from warehouse.errors import InputError
from warehouse.schema.silver import SCHEMES

# A beginning of an id, as people copy it: paper, work or record.
_BEGINNING = re.compile(r"[pw]?[0-9a-f]{4,}(?:-[0-9]*)?")
_PREFIXED = re.compile(rf"({'|'.join(SCHEMES)}):\s*(.+)", re.IGNORECASE)
_SHOWN = 8
_MAX_LENGTH = 2_000

_BY_ID = """
    SELECT 'record' AS kind, record_id AS id, paper_id FROM silver.record_papers WHERE {record_id}
    UNION ALL SELECT 'paper', paper_id, paper_id FROM silver.papers WHERE {paper_id}
    UNION ALL SELECT 'old id', old_paper_id, paper_id FROM silver.id_redirects WHERE {old_paper_id}
    UNION ALL SELECT 'work', work_id, paper_id FROM silver.papers WHERE {work_id}
"""
_IDS = ("record_id", "paper_id", "old_paper_id", "work_id")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means: a paper, or where `record_id` is set that record of it. `kind` is record, paper, old id, work, or an identifier's scheme."""

    asked: str
    kind: str
    id: str
    paper_id: str

    @property
    def record_id(self) -> str | None:
        return self.id if self.kind == "record" else None

    @property
    def way(self) -> str | None:
        """How the name led to the paper, in words; None where it is the paper's own id."""
        if self.kind == "paper" and self.asked == self.paper_id:
            return None
        if self.kind == "old id":
            return f"{self.id} was merged and is now {self.paper_id}"
        return f"{self.kind} {self.id} is of {self.paper_id}" if self.kind != "paper" else f"{self.asked} is the beginning of {self.paper_id}"


def named(connection: duckdb.DuckDBPyConnection, text: str) -> Named:
    """What the name means: a record_id, a paper_id (an old one too), a work_id of one paper, an identifier of any scheme as people print it
    (arXiv:2503.02130v2, https://doi.org/10.1000/x, pmid:12), or the beginning of an id that begins no other.

    Raises InputError where it means nothing, or more than one paper.
    """
    asked = text.strip()
    if not asked or len(asked) > _MAX_LENGTH:
        raise InputError(f"{asked[:40]!r}: this names no paper; give a paper_id, a record_id, an arXiv id, a DOI or another identifier")
    found = _by_id(connection, asked, "{} = $1") or _by_identifier(connection, asked)
    if not found and _BEGINNING.fullmatch(asked):
        found = _by_id(connection, asked, "starts_with({}, $1)")
    if not found:
        _refuse_unknown(connection, asked)
    # A record is a closer name than its paper; else the names must agree on the paper.
    if len(found) > 1 and (len({one.paper_id for one in found}) > 1 or {one.kind for one in found} == {"record"}):
        raise InputError(_ambiguous(connection, asked, found))
    return found[0]


def _by_id(connection: duckdb.DuckDBPyConnection, asked: str, condition: str) -> list[Named]:
    query = _BY_ID.format(**{name: condition.format(name) for name in _IDS})
    rows = connection.execute(f"{query} ORDER BY id, paper_id LIMIT {_SHOWN + 1}", [asked]).fetchall()
    return [Named(asked, *row) for row in rows]


def _by_identifier(connection: duckdb.DuckDBPyConnection, asked: str) -> list[Named]:
    prefixed = _PREFIXED.fullmatch(asked)
    schemes = (prefixed[1].lower(),) if prefixed else SCHEMES
    # As it stands, and as its scheme writes it.
    text = pl.DataFrame({"text": [asked, prefixed[2] if prefixed else asked]})
    values = {(scheme, value) for scheme in schemes for value in (*text.select(normal(scheme, pl.col("text"))).to_series(), text["text"][1]) if value}
    query = f"""
        SELECT DISTINCT scheme, value, paper_id FROM silver.identifiers
        JOIN (SELECT unnest($1::VARCHAR[]) AS scheme, unnest($2::VARCHAR[]) AS value) USING (scheme, value)
        ORDER BY ALL LIMIT {_SHOWN + 1}
    """
    sought = sorted(values)
    return [Named(asked, *row) for row in connection.execute(query, [[one for one, _ in sought], [one for _, one in sought]]).fetchall()]


def _refuse_unknown(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    if connection.execute("SELECT 1 FROM bronze.records WHERE record_id = $1", [asked]).fetchall():
        raise InputError(f"{asked}: this record is an abstract that its source keeps apart, and no paper has it; name another record")
    raise InputError(
        f"{asked}: no paper, record, work or identifier of this warehouse is called so, and no id begins so. Give a paper_id, a record_id, an arXiv "
        "id, a DOI or another identifier; find one with: paperhouse sql \"select paper_id, title from gold.papers where title ilike '%WORDS%'\""
    )


def _ambiguous(connection: duckdb.DuckDBPyConnection, asked: str, found: list[Named]) -> str:
    titles = titles_of(connection, [one.paper_id for one in found])
    lines = [f"  {one.kind} {one.id}" + (f" of {one.paper_id}" if one.id != one.paper_id else "") + f": {titles[one.paper_id]}" for one in found]
    more = "  ... and more\n" if len(found) > _SHOWN else ""
    papers = {one.paper_id for one in found}
    many = f"at least {_SHOWN:,}" if more else counted(len(papers), "paper") if len(papers) > 1 else counted(len(found), "record")
    return f"{asked}: this can mean {many}:\n" + "\n".join(lines[:_SHOWN]) + f"\n{more}Name the one you mean by its whole id"


def titles_of(connection: duckdb.DuckDBPyConnection, paper_ids: list[str]) -> dict[str, str]:
    """The papers' titles, fit to be printed and short."""
    query = "SELECT paper_id, title FROM silver.papers WHERE paper_id IN (SELECT unnest($1::VARCHAR[]))"
    return {paper_id: shortened(title) for paper_id, title in connection.execute(query, [sorted(set(paper_ids))]).fetchall()}


def shortened(text: str, most: int = 90) -> str:
    """Text from outside on one line, without control characters, and cut where it is long."""
    line = " ".join(printable(text[: most * 4]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
