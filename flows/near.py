"""Papers that are near to one and were not merged with it, and why not."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import polars as pl

from flows.standing import Decision
from transforms.dedupe.block import block_members, candidate_pairs, identified
from transforms.dedupe.explained import ExplainedPair, explained_pairs
from transforms.dedupe.facts import facts
from transforms.dedupe.match import identity_marks
from transforms.dedupe.parameters import Parameters
from transforms.normalize import normalize
from warehouse.schema import Table, bronze
from warehouse.schema.staging import RECORDS

# Of a paper with hundreds of records these say enough, and a title that a hundred journals print has no nearest ones.
_OWN_RECORDS, _OTHER_RECORDS, _PAPERS = 30, 4, 30
_SAME_START = 24

WHY = {
    "person": "a person has said that they are two papers",
    "other_identifiers": "each has its own {}: a catalogue, a registrant or the arXiv gives one paper one",
    "other_abstracts": "their titles are the same, and their abstracts have nothing in common",
    "evidence_against": "the evidence for one paper does not outweigh what speaks for two",
    "title_alone": "nothing but their titles speaks for one paper, and a title alone is no evidence",
    "other_records": "one pair of their records speaks for one paper, but all pairs together do not",
    "not_compared": "their titles have too little in common to be compared",
}


def staged_records(connection: duckdb.DuckDBPyConnection, record_ids: Sequence[str]) -> pl.DataFrame:
    """Rows of staging.records as the load compared them: identifiers repaired, and values that nobody can believe set aside."""
    from expectations.values import RULES

    wanted = "record_id IN (SELECT unnest($1::VARCHAR[]))"
    # By the rows' numbers: else DuckDB reads every abstract there is.
    rows = _frame(connection, bronze.RECORDS, f"rowid IN (SELECT rowid FROM {bronze.RECORDS.full_name} WHERE {wanted})", record_ids)
    of_these = "document_id IN (SELECT unnest($1::VARCHAR[]))"
    staged = normalize(rows, _frame(connection, bronze.DOCUMENTS, of_these, rows["document_id"].unique().to_list()))
    repairs = f"SELECT record_id, repaired_value FROM silver.id_repairs WHERE {wanted} AND scheme = 'arxiv'"
    repaired = dict(connection.execute(repairs, [list(record_ids)]).fetchall())
    bad = connection.execute(f"SELECT expectation, record_id FROM gold.quality_issues WHERE {wanted}", [list(record_ids)]).fetchall()
    if repaired:
        mended = pl.col("record_id").replace_strict(repaired, default=None, return_dtype=pl.String)
        staged = staged.with_columns(arxiv_id=pl.coalesce(mended, "arxiv_id"))
    for rule in RULES:
        without = [record for name, record in bad if name == rule.name]
        if without:
            is_bad = pl.col("record_id").is_in(without)
            staged = staged.with_columns(pl.when(~is_bad).then(pl.col(name)).alias(name) for name in (rule.column, *rule.also))
    return RECORDS.conform(staged)


def _frame(connection: duckdb.DuckDBPyConnection, table: Table, where: str, values: Sequence[str]) -> pl.DataFrame:
    """Few rows of a table, without what reading them by Arrow would have to import first."""
    rows = connection.execute(f"SELECT {table.columns_sql} FROM {table.full_name} WHERE {where} ORDER BY {table.key[0]}", [list(values)]).fetchall()
    return pl.DataFrame(rows, schema=table.polars_schema(), orient="row")


def nearest(connection: duckdb.DuckDBPyConnection, paper: dict[str, Any], own: pl.DataFrame, decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Papers that share an identifier, the beginning of the title, the work or a person's word with this one, each with its pair of records that
    speaks most for one paper, and why they are two; the nearest first.

    `own` are records of the paper, rows of staging.records.
    """
    titled = own.drop_nulls("title")
    parted = _parted(connection, set(own["record_id"]), decisions)
    siblings = {one for (one,) in connection.execute("SELECT paper_id FROM silver.papers WHERE work_id = $1", [paper["work_id"]]).fetchall()}
    shared = _sharing(connection, paper["paper_id"])
    kept = dict.fromkeys([*parted, *sorted(siblings), *shared, *_same_start(connection, paper)])
    kept.pop(paper["paper_id"], None)
    papers = list(kept)[:_PAPERS]
    if not papers or titled.is_empty():
        return []
    paper_of = _some_records(connection, papers)
    theirs = staged_records(connection, list(paper_of)).drop_nulls("title")
    both = pl.concat([titled.head(_OWN_RECORDS), theirs])
    known = facts(both)
    proposed = identified(candidate_pairs(known, block_members(known), Parameters()), known).filter(
        pl.col("record_a").is_in(theirs["record_id"].implode()) != pl.col("record_b").is_in(theirs["record_id"].implode())
    )
    of_paper: dict[str, list[ExplainedPair]] = {one: [] for one in papers}
    for pair in explained_pairs(both, proposed):
        of_paper[paper_of.get(pair.record_a) or paper_of[pair.record_b]].append(pair)
    about = _about(connection, papers)
    marks = _marks(known, paper_of)
    found = []
    for one, pairs in of_paper.items():
        best = max(pairs, key=lambda pair: (pair.total, pair.record_a, pair.record_b), default=None)
        if not best and one not in parted and one not in siblings and one not in shared:
            continue
        why, detail = ("person", "") if one in parted else _why(pairs, best, marks.get(None, {}), marks.get(one, {}))
        said = WHY[why].format(detail)
        entry = about[one] | {"shares": shared.get(one, []), "is_of_same_work": one in siblings, "why_not": why, "why_not_in_words": said}
        found.append(entry | {"decision_ids": parted.get(one, []), "pair": asdict(best) if best else None})
    return sorted(found, key=lambda entry: (not entry["decision_ids"], -(entry["pair"]["total"] if entry["pair"] else -99.0), entry["paper_id"]))


def _why(pairs: Sequence[ExplainedPair], best: ExplainedPair | None, ours: dict[str, set[str]], theirs: dict[str, set[str]]) -> tuple[str, str]:
    """The reason why two papers were not merged (a name of WHY), and what it is about."""
    if best is None:
        return "not_compared", ""
    is_two = any(pair.decision == "different" for pair in pairs)
    clashing = [kind for kind, values in theirs.items() if kind in ours and not values & ours[kind]]
    if clashing and (is_two or best.decision == "same"):
        return "other_identifiers", " and ".join(sorted(_in_words(kind) for kind in clashing))
    if is_two:
        return "other_abstracts", ""
    if best.decision == "same":
        return "other_records", ""
    return ("evidence_against" if best.total <= 0 else "title_alone"), ""


def _in_words(kind: str) -> str:
    """A kind of mark, as identity_marks calls it."""
    registrant = kind.removeprefix("doi ")
    return f"DOI of {registrant}" if registrant != kind else "arXiv id" if kind == "arxiv_id" else f"{kind} key"


def _marks(known: pl.DataFrame, paper_of: dict[str, str]) -> dict[str | None, dict[str, set[str]]]:
    """What each paper has once, by kind; of this paper under None."""
    marks: dict[str | None, dict[str, set[str]]] = {}
    for record, kind, value in identity_marks(known).iter_rows():
        marks.setdefault(paper_of.get(record), {}).setdefault(kind, set()).add(value)
    return marks


def _parted(connection: duckdb.DuckDBPyConnection, own: set[str], decisions: Iterable[Decision]) -> dict[str, list[int]]:
    """The papers of which a person has said that they are others, with the decisions."""
    parted: dict[str, list[int]] = {}
    for one in decisions:
        if one.decision == "different":
            others = set(one.records_b if own & set(one.records_a) else one.records_a if own & set(one.records_b) else ()) - own
            query = "SELECT DISTINCT paper_id FROM silver.record_papers WHERE record_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY paper_id"
            for (paper_id,) in connection.execute(query, [sorted(others)]).fetchall():
                parted.setdefault(paper_id, []).append(one.decision_id)
    return parted


def _sharing(connection: duckdb.DuckDBPyConnection, paper_id: str) -> dict[str, list[str]]:
    """Other papers with an identifier of this one, and which."""
    query = """
        WITH own AS MATERIALIZED (SELECT scheme, value FROM silver.identifiers WHERE paper_id = $1)
        SELECT paper_id, scheme || ' ' || value FROM silver.identifiers JOIN own USING (scheme, value) WHERE paper_id <> $1 ORDER BY ALL LIMIT 100
    """
    shared: dict[str, list[str]] = {}
    for other, identifier in connection.execute(query, [paper_id]).fetchall():
        shared.setdefault(other, []).append(identifier)
    return shared


def _same_start(connection: duckdb.DuckDBPyConnection, paper: dict[str, Any]) -> list[str]:
    """Papers whose titles begin as this one's, the likest in title and year first."""
    query = """
        SELECT paper_id FROM silver.papers WHERE starts_with(lower(title), $start)
        ORDER BY lower(title) = $title DESC, abs(coalesce(year - $year, 9)), abs(length(title) - length($title)), paper_id LIMIT $most
    """
    title = paper["title"].lower()
    values = {"start": title[:_SAME_START], "title": title, "year": paper["year"], "most": _PAPERS}
    return [one for (one,) in connection.execute(query, values).fetchall()]


def _some_records(connection: duckdb.DuckDBPyConnection, paper_ids: Sequence[str]) -> dict[str, str]:
    """The first records of each paper, with their paper."""
    query = """
        SELECT record_id, paper_id FROM silver.record_papers WHERE paper_id IN (SELECT unnest($1::VARCHAR[]))
        QUALIFY row_number() OVER (PARTITION BY paper_id ORDER BY record_id) <= $2
    """
    return dict(connection.execute(query, [list(paper_ids), _OTHER_RECORDS]).fetchall())


def _about(connection: duckdb.DuckDBPyConnection, paper_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    names = ("paper_id", "work_id", "title", "year", "venue", "record_count")
    query = f"SELECT {', '.join(names)} FROM silver.papers WHERE paper_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY paper_id"
    return {row[0]: dict(zip(names, row, strict=True)) for row in connection.execute(query, [list(paper_ids)]).fetchall()}
