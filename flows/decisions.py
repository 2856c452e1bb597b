"""What a person may decide: which earlier decisions say it already, and which say otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from flows.naming import Named, shortened
from flows.standing import Decision
from warehouse.errors import InputError

# Of two papers each record of the one is parted from each of the other; of papers of thousands of records the first are.
MAX_PAIRS = 10_000
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are decided of: its records with a title, in order; all of a paper's, or the one that was named."""

    named: Named
    records: tuple[str, ...]


def side(connection: duckdb.DuckDBPyConnection, name: Named) -> Side:
    """The records that the name stands for. Raises InputError for a record without a title, which goes where the paper of its source's id goes."""
    if name.record_id:
        ((title,),) = connection.execute("SELECT title FROM bronze.records WHERE record_id = $1", [name.record_id]).fetchall()
        if title is None:
            raise InputError(f"{name.asked}: this record is an abstract that its source keeps apart; name the record of its paper: {name.paper_id}")
        return Side(name, (name.record_id,))
    query = """
        SELECT record_id FROM bronze.records SEMI JOIN (SELECT record_id FROM silver.record_papers WHERE paper_id = $1) USING (record_id)
        WHERE title IS NOT NULL ORDER BY record_id
    """
    return Side(name, tuple(record for (record,) in connection.execute(query, [name.paper_id]).fetchall()))


def bounded(a: Sequence[str], b: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The first records of each side, as many as make MAX_PAIRS pairs: all of the shorter side before all of the longer."""
    if len(a) > len(b):
        return bounded(b, a)[::-1]
    a = a[: int(MAX_PAIRS**0.5)] if len(a) * len(b) > MAX_PAIRS else a
    return a, b[: MAX_PAIRS // max(len(a), 1)]


def joined_by(decisions: Iterable[Decision], starts: Iterable[str]) -> dict[str, tuple[Decision, ...]]:
    """Every record that pins join with one of these, with the pins that do, in order along the way."""
    pins = defaultdict(list)
    for decision in decisions:
        if decision.decision == "same" and not decision.is_lost:
            a, b = decision.records_a[0], decision.records_b[0]
            pins[a].append((b, decision))
            pins[b].append((a, decision))
    ways: dict[str, tuple[Decision, ...]] = dict.fromkeys(starts, ())
    ahead = list(ways)
    for record in ahead:
        for other, decision in pins[record]:
            if other not in ways:
                ways[other] = (*ways[record], decision)
                ahead.append(other)
    return ways


def said_already(decisions: Sequence[Decision], decision: str, a: Sequence[str], b: Sequence[str]) -> list[Decision]:
    """The decisions from which this one follows; none where it says something new."""
    if decision == "same":
        return list(joined_by(decisions, a[:1]).get(b[0], ()))
    parted: dict[frozenset[str], Decision] = {}
    for earlier in decisions:
        if earlier.decision == "different":
            parted |= {frozenset((x, y)): earlier for x in earlier.records_a for y in earlier.records_b}
    needed = [parted.get(frozenset((x, y))) for x in a for y in b]
    return list(dict.fromkeys(one for one in needed if one)) if all(needed) else []


def contradicting(decisions: Sequence[Decision], decision: str, a: Iterable[str], b: Iterable[str]) -> list[Decision]:
    """The decisions that together say the opposite of this one, of which `a` and `b` are all the records; none where nothing stands against it."""
    from_a = joined_by(decisions, a)
    if decision == "different":
        return next((list(from_a[record]) for record in b if record in from_a), [])
    from_b = joined_by(decisions, b)
    for earlier in decisions:
        if earlier.decision == "different":
            for ours, theirs in ((earlier.records_a, earlier.records_b), (earlier.records_b, earlier.records_a)):
                x, y = next((one for one in ours if one in from_a), None), next((one for one in theirs if one in from_b), None)
                if x and y:
                    return list(dict.fromkeys([*from_a[x], earlier, *reversed(from_b[y])]))
    return []


def taken_back(decisions: Sequence[Decision], decision: str, a: str, b: str) -> list[Decision]:
    """The decisions of this kind that were made of these two names, in either order."""
    names = {a.strip(), b.strip()}
    return [one for one in decisions if one.decision == decision and {one.a, one.b} == names]


def concerning(decisions: Iterable[Decision], decision: str, a: Iterable[str], b: Iterable[str]) -> list[Decision]:
    """The decisions of this kind between a record of the one and a record of the other."""
    ours, theirs = set(a), set(b)

    def is_between(one: Decision) -> bool:
        first, second = set(one.records_a), set(one.records_b)
        return bool((first & ours and second & theirs) or (first & theirs and second & ours))

    return [one for one in decisions if one.decision == decision and is_between(one)]


def listed_records(connection: duckdb.DuckDBPyConnection, paper_id: str) -> str:
    """The paper's records, a line for each of the first."""
    query = """
        SELECT record_id, source, source_id, title FROM bronze.records
        SEMI JOIN (SELECT record_id FROM silver.record_papers WHERE paper_id = $1) USING (record_id) WHERE title IS NOT NULL ORDER BY record_id
    """
    rows = connection.execute(query, [paper_id]).fetchall()
    lines = [f"  {record}  {source} {shortened(source_id or '-', 40)}: {shortened(title)}" for record, source, source_id, title in rows[:_LISTED]]
    more = [f"  ... and {len(rows) - _LISTED:,} more: paperhouse explain {paper_id}"] if len(rows) > _LISTED else []
    return "\n".join([*lines, *more])
