"""paperhouse pin, split and decisions: what a person says of two papers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import Any

import duckdb

from flows.clock import utc_now
from flows.commands.read import read
from flows.commands.run import loaded
from flows.commands.typed import as_typed
from flows.decisions import bounded, concerning, contradicting, listed_records, said_already, side, taken_back
from flows.home import Home
from flows.journal import Journal
from flows.lock import held
from flows.naming import named, shortened
from flows.reporter import Silent
from flows.settings import Settings, read_settings
from flows.standing import COMMANDS, Decision, found_records, marks_of, standing
from flows.summary import as_text
from flows.trouble import explained
from flows.wording import counted, printable
from warehouse.errors import InputError, PaperhouseError
from warehouse.schema import bronze

_SAY = {"same": "are one paper", "different": "are two papers"}


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of the asking: the decisions it is about, and a sentence; `is_new` where the journal has changed."""

    decision: str
    decision_ids: list[int]
    is_new: bool
    said: str
    # Of which the outcome is looked up after the load.
    records: tuple[str, ...] = ()


def decide(decision: str, a: str, b: str, home_option: Path | None, is_undo: bool, is_later: bool, wait: int | None, is_json: bool) -> int:
    """Keep or take back a decision, load so that it holds, say what happened, and give the exit status.

    Raises InputError where a name means nothing or too much, or an earlier decision says otherwise.
    """
    home = Home.chosen(home_option)
    home.need_warehouse()
    settings = read_settings(home.settings, wait)
    with _in_journal(home, settings) as (journal, connection):
        made = (_undone if is_undo else _decided)(journal, connection, decision, a, b, home)
    if not is_json:
        print(printable(made.said))
    facts: dict[str, Any] = {name: value for name, value in asdict(made).items() if name != "records"}
    if not made.is_new or is_later:
        if is_json:
            print(json.dumps(facts | {"run": None, "papers": [], "exit_status": 0}))
        elif made.is_new:
            print(f"The next run applies it: {as_typed('run', home)}")
        return 0
    try:
        summary = loaded([], home, None, "auto", wait, is_json)
    except PaperhouseError as error:
        raise type(error)(f"{error}\nWhat you said is kept all the same, and the next run that publishes applies it.") from None
    papers = _papers_of(home, made.records)
    if is_json:
        print(json.dumps(facts | {"run": summary.as_facts(), "papers": papers, "exit_status": summary.exit_status}))
    else:
        print(as_text(summary, lambda name: as_typed(name, home)))
        for paper in papers:
            print(printable(f"  {paper['paper_id']}  {counted(paper['record_count'], 'record')}: {shortened(paper['title'])}"))
    return summary.exit_status


def decisions(home_option: Path | None, is_json: bool) -> None:
    """What a person has decided and not taken back, and whether the published file goes by it."""
    home = Home.chosen(home_option)
    journal = Journal(home.journal)
    if not home.warehouse.exists():
        facts = [_facts(one, None) for one in standing(journal, _as_noted(journal))]
    else:
        with read(home.warehouse) as connection:
            found = found_records(connection, bronze.RECORDS.full_name, journal.decisions())
            facts = [_facts(one, connection) for one in standing(journal, found)]
    if is_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    if not facts:
        print(f"nothing is decided; {as_typed('pin', home)} A B says that two are one paper, {as_typed('split', home)} A B that they are two")
    for fact in facts:
        print(printable(f"{fact['decision_id']:>4}  {fact['command']:<5}  {fact['a']}  {fact['b']}"))
        print(f"        said {fact['at'][:16].replace('T', ' ')} UTC; {_STATES[fact['state']]}")
        if fact["lost_records"]:
            print(f"        gone: {', '.join(fact['lost_records'][:3])}{', ...' if len(fact['lost_records']) > 3 else ''}")


_STATES = {
    "holds": "the warehouse goes by it",
    "waits": "the next run applies it",
    "lost": "nothing is left of one side, so it decides nothing until its file is there again",
}


def _as_noted(journal: Journal) -> dict[str, str]:
    return {record: record for entry in journal.decisions() for side in ("records_a", "records_b") for record in entry[side]}


def _facts(one: Decision, connection: duckdb.DuckDBPyConnection | None) -> dict[str, Any]:
    return {
        "decision_id": one.decision_id,
        "command": one.command,
        "decision": one.decision,
        "a": one.a,
        "b": one.b,
        "at": one.at,
        "state": _state(one, connection),
        "records_a": list(one.records_a),
        "records_b": list(one.records_b),
        "lost_records": list(one.lost),
    }


def _state(one: Decision, connection: duckdb.DuckDBPyConnection | None) -> str:
    """Whether the published file goes by it."""
    if connection is None:
        return "waits"
    if one.is_lost:
        return "lost"
    query = "SELECT list(DISTINCT paper_id) FROM silver.record_papers WHERE record_id IN (SELECT unnest($1::VARCHAR[]))"
    papers = [set(connection.execute(query, [list(records)]).fetchall()[0][0] or ()) for records in (one.records_a, one.records_b)]
    if one.decision == "same":
        return "holds" if len(papers[0] | papers[1]) == 1 else "waits"
    return "waits" if papers[0] & papers[1] else "holds"


@contextmanager
def _in_journal(home: Home, settings: Settings) -> Iterator[tuple[Journal, duckdb.DuckDBPyConnection]]:
    """The journal, which nobody else writes meanwhile, and the published file. The lock is free again when a load asks for it."""
    with explained(home.path):
        home.prepare()
        with held(home.lock, utc_now(), settings.wait_seconds, Silent().say, "decision"), read(home.warehouse) as connection:
            yield Journal(home.journal), connection


def _standing(journal: Journal, connection: duckdb.DuckDBPyConnection) -> list[Decision]:
    return standing(journal, found_records(connection, bronze.RECORDS.full_name, journal.decisions()))


def _decided(journal: Journal, connection: duckdb.DuckDBPyConnection, decision: str, a: str, b: str, home: Home) -> _Made:
    first, second = side(connection, named(connection, a)), side(connection, named(connection, b))
    earlier = _standing(journal, connection)
    are_records = first.named.record_id and second.named.record_id
    paper_id = first.named.paper_id
    if first.records == second.records and are_records:
        raise InputError(f"{a} and {b}: both are the record {first.records[0]}; name two")
    if paper_id == second.named.paper_id and not are_records:
        if decision == "different":
            raise InputError(
                f"{a} and {b} are now one paper, {paper_id}. To part it, name two records of it that are not of one paper:\n"
                f"{listed_records(connection, paper_id)}\nas in: {as_typed('split', home)} RECORD RECORD"
            )
        ids = [one.decision_id for one in concerning(earlier, decision, first.records, second.records)]
        by = f"as decision {', '.join(map(str, ids))} says" if ids else f"and {as_typed('explain', home)} {paper_id} says why"
        return _Made(decision, ids, is_new=False, said=f"{a} and {b} are one paper already, {paper_id}, {by}.")
    if already := said_already(earlier, decision, first.records, second.records):
        ids = [one.decision_id for one in already]
        return _Made(decision, ids, is_new=False, said=f"{a} and {b} {_SAY[decision]} already, as you have said: {_listed(already)}.")
    if against := contradicting(earlier, decision, first.records, second.records):
        raise InputError(_contradicted(decision, a, b, against, home))
    records_a, records_b = bounded(first.records, second.records) if decision == "different" else (first.records[:1], second.records[:1])
    marks = marks_of(connection, bronze.RECORDS.full_name, [*records_a, *records_b])
    number = journal.note_decision(decision, a.strip(), b.strip(), records_a, records_b, utc_now(), marks)
    left_out = len(first.records) + len(second.records) - len(records_a) - len(records_b)
    is_bounded = decision == "different" and left_out
    said = f"Decision {number}: {a} and {b} {_SAY[decision]}."
    bound = f" They have very many records; the first {len(records_a):,} and {len(records_b):,} stand for them." if is_bounded else ""
    return _Made(decision, [number], is_new=True, said=said + bound, records=(records_a[0], records_b[0]))


def _undone(journal: Journal, connection: duckdb.DuckDBPyConnection, decision: str, a: str, b: str, home: Home) -> _Made:
    earlier = _standing(journal, connection)
    found = taken_back(earlier, decision, a, b)
    if not found:
        first, second = side(connection, named(connection, a)), side(connection, named(connection, b))
        found = concerning(earlier, decision, first.records, second.records)
        if len(found) > 1:
            lines = "\n".join(f"  {_undo(one, home)}" for one in found)
            raise InputError(f"{a} and {b}: {len(found)} decisions say that they {_SAY[decision]}; take each back by its own names:\n{lines}")
    if not found:
        command = COMMANDS[decision]
        raise InputError(
            f"{a} and {b}: no {command} of these two stands, so there is none to take back; {as_typed('decisions', home)} lists what stands"
        )
    for one in found:
        journal.note_undone(one.decision_id, utc_now())
    records = tuple(dict.fromkeys(record for one in found for record in (*one.records_a[:1], *one.records_b[:1])))
    return _Made(decision, [one.decision_id for one in found], is_new=True, said=f"Taken back: {_listed(found)}.", records=records)


def _contradicted(decision: str, a: str, b: str, against: Sequence[Decision], home: Home) -> str:
    lines = [f"  {one.command} {one.a} {one.b} (decision {one.decision_id}, {one.at[:10]})" for one in against]
    undo = "\n".join(f"  {_undo(one, home)}" for one in against)
    together = "earlier decisions together say" if len(against) > 1 else "an earlier decision says"
    other = "that they are two papers" if decision == "same" else "that they are one paper"
    which = "one of them" if len(against) > 1 else "it"
    return (
        f"{a} and {b}: {together} {other}, so nothing was noted:\n"
        + "\n".join(lines)
        + f"\nTo say the contrary now, first take {which} back:\n{undo}"
    )


def _undo(one: Decision, home: Home) -> str:
    return f"{as_typed(one.command, home)} {quote(one.a)} {quote(one.b)} --undo"


def _listed(found: Sequence[Decision]) -> str:
    return "; ".join(f"{one.command} {one.a} {one.b} (decision {one.decision_id})" for one in found)


def _papers_of(home: Home, records: Sequence[str]) -> list[dict[str, Any]]:
    """The papers that these records are of now."""
    query = """
        SELECT paper_id, title, record_count FROM silver.papers
        SEMI JOIN (SELECT paper_id FROM silver.record_papers WHERE record_id IN (SELECT unnest($1::VARCHAR[]))) USING (paper_id) ORDER BY paper_id
    """
    with read(home.warehouse) as connection:
        rows = connection.execute(query, [list(records)]).fetchall()
    return [{"paper_id": paper_id, "title": title, "record_count": count} for paper_id, title, count in rows]
