"""Why a paper is what it is: its records and what joins them, what was not merged, and where its fields come from."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import polars as pl

from flows.journal import Journal
from flows.naming import Named
from flows.near import nearest, staged_records
from flows.standing import Decision, found_records, standing
from transforms.dedupe.explained import explained_pairs
from warehouse.errors import InputError
from warehouse.schema import bronze
from warehouse.schema.silver import FIELDS

# Evidence of a pair is told once, however many records name it.
_PAIR = pl.Schema({"record_a": pl.String, "record_b": pl.String})


def explanation(connection: duckdb.DuckDBPyConnection, name: Named, journal: Journal) -> dict[str, Any]:
    """Everything that is known of why the paper is what it is, as plain JSON values."""
    paper = _paper(connection, name.paper_id)
    records = _records(connection, name.paper_id)
    found = found_records(connection, bronze.RECORDS.full_name, journal.decisions())
    decisions = standing(journal, found)
    staged = staged_records(connection, [record["record_id"] for record in records])
    matched = [(record["record_id"], record["matched_record_id"]) for record in records if record["matched_record_id"]]
    pairs = explained_pairs(staged, pl.DataFrame(matched, schema=_PAIR, orient="row"))
    return {
        **_asked(name),
        **{column: paper[column] for column in ("paper_id", "title", "year", "venue", "record_count")},
        "former_ids": _former_ids(connection, name.paper_id),
        "records": records,
        "pairs": [asdict(pair) for pair in pairs],
        "decisions": _bearing(connection, decisions, {record["record_id"] for record in records}),
        "not_merged": nearest(connection, paper, staged, decisions),
        "work": _work(connection, paper),
        "fields": fields(connection, paper),
    }


def field_explanation(connection: duckdb.DuckDBPyConnection, name: Named, field: str) -> dict[str, Any]:
    """Where one field comes from and what lost. Raises InputError where there is no such field."""
    if field not in FIELDS:
        raise InputError(f"{field}: no field of a paper is called so; there are {', '.join(FIELDS)}")
    paper = _paper(connection, name.paper_id)
    found = fields(connection, paper, field)
    return {**_asked(name), "paper_id": paper["paper_id"], "field": field, **found.get(field, {"value": None, "record_id": None, "lost": []})}


def _asked(name: Named) -> dict[str, Any]:
    return {"asked": name.asked, "asked_kind": name.kind, "asked_means": name.way}


def _paper(connection: duckdb.DuckDBPyConnection, paper_id: str) -> dict[str, Any]:
    columns = ("paper_id", "work_id", "year", "record_count", *FIELDS)
    listed = ", ".join(f"CAST({column} AS VARCHAR) AS {column}" if column in ("published_on", "authors") else column for column in columns)
    row = connection.execute(f"SELECT {listed} FROM silver.papers WHERE paper_id = $1", [paper_id]).fetchall()[0]
    return dict(zip(columns, row, strict=True))


def _records(connection: duckdb.DuckDBPyConnection, paper_id: str) -> list[dict[str, Any]]:
    """The paper's records: what each is, where it stands, as printed; and by which pair and rule it belongs here."""
    names = ("record_id", "source", "source_id", "title", "document_id", "path", "position", "rule", "score", "matched_record_id")
    query = f"""
        WITH members AS MATERIALIZED (SELECT record_id, rule, score, matched_record_id FROM silver.record_papers WHERE paper_id = $1)
        SELECT {", ".join(names)} FROM (
            SELECT record_id, source, source_id, title, document_id, position FROM {bronze.RECORDS.full_name}
            WHERE record_id IN (SELECT record_id FROM members)
        ) JOIN members USING (record_id) JOIN (SELECT document_id, path FROM {bronze.DOCUMENTS.full_name}) USING (document_id)
        ORDER BY record_id
    """
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query, [paper_id]).fetchall()]


def _former_ids(connection: duckdb.DuckDBPyConnection, paper_id: str) -> list[str]:
    query = "SELECT old_paper_id FROM silver.id_redirects WHERE paper_id = $1 ORDER BY old_paper_id"
    return [old for (old,) in connection.execute(query, [paper_id]).fetchall()]


def _bearing(connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], own: set[str]) -> list[dict[str, Any]]:
    """The decisions that name a record of the paper, with the papers of the other side."""
    found = []
    for one in decisions:
        named = set(one.records_a) | set(one.records_b)
        if named & own:
            query = "SELECT DISTINCT paper_id FROM silver.record_papers WHERE record_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY paper_id"
            others = [paper for (paper,) in connection.execute(query, [sorted(named - own)]).fetchall()]
            told = {"decision_id": one.decision_id, "command": one.command, "a": one.a, "b": one.b, "at": one.at}
            found.append(told | {"records": sorted(named & own), "other_papers": others, "lost_records": list(one.lost)})
    return found


def _work(connection: duckdb.DuckDBPyConnection, paper: dict[str, Any]) -> dict[str, Any]:
    """The work that the paper is a version of, its papers, and by which rule each belongs to it."""
    names = ("paper_id", "title", "year", "venue", "manifestation", "rule", "score", "matched_paper_id")
    query = f"""
        SELECT {", ".join(names)} FROM (SELECT * EXCLUDE (work_id) FROM silver.work_papers WHERE work_id = $1) JOIN silver.papers USING (paper_id)
        ORDER BY paper_id
    """
    papers = [dict(zip(names, row, strict=True)) for row in connection.execute(query, [paper["work_id"]]).fetchall()]
    return {"work_id": paper["work_id"], "papers": papers}


def fields(connection: duckdb.DuckDBPyConnection, paper: dict[str, Any], field: str | None = None) -> dict[str, dict[str, Any]]:
    """For each field that has a value: the value, the record that gives it and its source, how many records do; and the same of what lost."""
    query = f"""
        WITH ranked AS MATERIALIZED (
            SELECT field, rank, record_id, record_count, value FROM silver.field_sources WHERE paper_id = $1 AND field = coalesce($2, field)
        )
        SELECT field, rank, record_id, source, record_count, value
        FROM ranked JOIN (
            SELECT record_id, source FROM {bronze.RECORDS.full_name} WHERE record_id IN (SELECT record_id FROM ranked)
        ) USING (record_id) ORDER BY rank
    """
    rows = connection.execute(query, [paper["paper_id"], field]).fetchall()
    found: dict[str, dict[str, Any]] = {}
    for name in FIELDS:
        of_field = [
            {"value": paper[name] if rank == 1 else value, "record_id": record, "source": source, "record_count": count}
            for of, rank, record, source, count, value in rows
            if of == name
        ]
        if of_field:
            found[name] = of_field[0] | {"lost": of_field[1:]}
    return found
