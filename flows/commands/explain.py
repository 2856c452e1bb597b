"""paperhouse explain."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

from flows.commands.read import read
from flows.commands.typed import as_typed
from flows.evidence_words import in_words, rule_in_words
from flows.explaining import explanation, field_explanation
from flows.home import Home
from flows.journal import Journal
from flows.naming import named, shortened
from flows.wording import counted, printable

# A paper with hundreds of records would scroll away; --json has all.
_RECORDS, _PAPERS, _LOSERS = 12, 5, 4
_WIDTH, _NARROWEST = 110, 50
_NAMES_SHOWN = 8


def explain(paper: str, field: str | None, home_option: Path | None, is_json: bool) -> None:
    """Say why a paper is what it is, or where one field comes from."""
    home = Home.chosen(home_option)
    with read(home.need_warehouse()) as connection:
        name = named(connection, paper)
        facts = field_explanation(connection, name, field) if field else explanation(connection, name, Journal(home.journal))
    if is_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    lines = _field_in_full(facts) if field else _everything(facts, home)
    print("\n".join(printable(line).rstrip() for line in lines))


def _wrapped(text: str, indent: int, first: str = "") -> Iterator[str]:
    """The text on lines that fit, behind a first piece that takes no more than the indent."""
    width = max(min(shutil.get_terminal_size((_WIDTH, 0)).columns, _WIDTH), _NARROWEST)
    folded = " ".join(printable(text).split())
    yield from wrap(folded, width, initial_indent=first.ljust(indent), subsequent_indent=" " * indent) or [first]


def _everything(facts: dict[str, Any], home: Home) -> Iterator[str]:
    yield from _wrapped(facts["title"], 0)
    about = [facts["paper_id"], str(facts["year"] or "no year"), facts["venue"], counted(facts["record_count"], "record")]
    yield from _wrapped(", ".join(one for one in about if one), 2)
    if facts["asked_means"]:
        yield from _wrapped(facts["asked_means"], 2)
    if facts["former_ids"]:
        yield from _wrapped(f"earlier ids that mean it too: {', '.join(facts['former_ids'][:20])}", 2)
    yield from _records(facts)
    yield from _decisions(facts, home)
    yield from _not_merged(facts)
    yield from _work(facts)
    yield from _fields(facts, home)


def _records(facts: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield "Its records, and what joins each to another"
    pairs = {frozenset((pair["record_a"], pair["record_b"])): pair for pair in facts["pairs"]}
    numbers = {record["record_id"]: number for number, record in enumerate(facts["records"], 1)}
    told: dict[frozenset[str], int] = {}
    for record in facts["records"][:_RECORDS]:
        number = numbers[record["record_id"]]
        own_id = f" {shortened(record['source_id'], 60)}" if record["source_id"] else ""
        yield from _wrapped(f"{record['record_id']}, {record['source']}{own_id}", 5, f"{number:>3}")
        yield from _wrapped(f"{record['path']}, position {record['position']}", 5, "")
        yield from _wrapped(f"“{shortened(record['title'], 300)}”" if record["title"] else "an abstract without a title", 5, "")
        matched = record["matched_record_id"]
        if not matched:
            yield from _wrapped(rule_in_words(record["rule"]), 5)
            continue
        said = (
            f"joined to record {numbers.get(matched, matched)} by {record['rule']}, score {_score(record['score'])}: {rule_in_words(record['rule'])}"
        )
        yield from _wrapped(said, 5)
        pair = frozenset((record["record_id"], matched))
        if pair in told:
            yield f"       the evidence is told under record {told[pair]}"
        elif pair in pairs:
            told[pair] = number
            yield from _evidence(pairs[pair], 7)
        else:
            yield "       the evidence of the two themselves is too little to be compared"
    if len(facts["records"]) > _RECORDS:
        yield f"     ... and {len(facts['records']) - _RECORDS:,} more; --json has all"


def _evidence(pair: dict[str, Any], indent: int) -> Iterator[str]:
    """The pair's evidence, a line for each word with what it weighs, and the sum."""
    space, width = " " * indent, 52
    yield f"{space}{'before anything is compared':<{width}} {pair['prior']:+6.1f}"
    for said in pair["evidence"]:
        if said["weight"]:
            yield f"{space}{in_words(said['field'], said['word']):<{width}} {said['weight']:+6.1f}"
    yield f"{space}{'together: probability ' + _score(pair['score']):<{width}} {pair['total']:+6.1f}"
    if pair["weight"] != pair["total"]:
        yield f"{space}but that is only for want of evidence, and speaks against nothing"


def _score(score: float) -> str:
    """A probability, never rounded to certainty."""
    return f"{score:.3f}" if score == 1 or 0.001 <= score < 0.9995 else "over 0.999" if score > 0.5 else "under 0.001"


def _decisions(facts: dict[str, Any], home: Home) -> Iterator[str]:
    if facts["decisions"]:
        yield ""
        yield f"What a person has said of it ({as_typed('decisions', home)} lists all)"
    for one in facts["decisions"]:
        others = f"; the other is of {', '.join(one['other_papers'][:3])}" if one["other_papers"] else ""
        yield from _wrapped(f"{one['command']} {one['a']} {one['b']}, decision {one['decision_id']} of {one['at'][:10]}{others}", 5, "  -")


def _not_merged(facts: dict[str, Any]) -> Iterator[str]:
    if facts["not_merged"]:
        yield ""
        yield "The nearest papers that it was not merged with"
    for near in facts["not_merged"][:_PAPERS]:
        yield from _wrapped(f"{near['paper_id']}, {near['year'] or 'no year'}: {shortened(near['title'], 200)}", 5, "  -")
        shared = f" They share {', '.join(near['shares'][:3])}." if near["shares"] else ""
        work = " It is of the same work." if near["is_of_same_work"] else ""
        yield from _wrapped(f"{near['why_not_in_words']}.{shared}{work}", 5, "")
        if near["pair"]:
            yield from _evidence(near["pair"], 7)
    if len(facts["not_merged"]) > _PAPERS:
        yield f"     ... and {len(facts['not_merged']) - _PAPERS:,} more; --json has all"


def _work(facts: dict[str, Any]) -> Iterator[str]:
    work = facts["work"]
    yield ""
    yield f"Its work, {work['work_id']}, has {counted(len(work['papers']), 'paper')}"
    if len(work["papers"]) > 1:
        for one in work["papers"][:_RECORDS]:
            name = "this one" if one["paper_id"] == facts["paper_id"] else one["paper_id"]
            kind = ", ".join(str(part) for part in (one["year"], one["manifestation"], one["venue"]) if part)
            yield from _wrapped(f"{name}: {shortened(one['title'], 200)}" + (f" ({kind})" if kind else ""), 5, "  -")
            if one["rule"] and one["matched_paper_id"]:
                said = f"to {one['matched_paper_id']} by {one['rule']}, score {_score(one['score'])}: {rule_in_words(one['rule'])}"
                yield from _wrapped(said, 5, "")


def _fields(facts: dict[str, Any], home: Home) -> Iterator[str]:
    yield ""
    yield f"Where its fields come from, and what lost (in full: {as_typed('explain', home)} {facts['paper_id']} FIELD)"
    numbers = {record["record_id"]: number for number, record in enumerate(facts["records"], 1)}
    for name, field in facts["fields"].items():
        yield from _wrapped(f"{shortened(_shown(name, field['value']), 150)}  [{_given_by(field, numbers)}]", 18, f"  {name}")
        for lost in field["lost"][:_LOSERS]:
            yield from _wrapped(f"{shortened(_shown(name, lost['value']), 120)}  [{_given_by(lost, numbers)}]", 18, "      lost")
        if len(field["lost"]) > _LOSERS:
            yield f"{'':18}... and {len(field['lost']) - _LOSERS:,} more"


def _given_by(value: dict[str, Any], numbers: dict[str, int]) -> str:
    more = f", {value['record_count']:,} records say so" if value["record_count"] > 1 else ""
    number = numbers.get(value["record_id"])
    return f"record {number or value['record_id']}, {value['source']}{more}"


def _shown(name: str, value: str | int | None) -> str:
    """A value for a person: authors by their names."""
    text = str(value)
    if name != "authors":
        return text
    try:
        people = [one.get("name") or " ".join(filter(None, (one.get("given"), one.get("family")))) for one in json.loads(text)]
    except (ValueError, AttributeError, TypeError):
        return text
    more = f" and {len(people) - _NAMES_SHOWN:,} more" if len(people) > _NAMES_SHOWN else ""
    return "; ".join(str(one) for one in people[:_NAMES_SHOWN]) + more


def _field_in_full(facts: dict[str, Any]) -> Iterator[str]:
    if facts["asked_means"]:
        yield from _wrapped(facts["asked_means"], 0)
    if facts["record_id"] is None:
        yield f"{facts['field']} of {facts['paper_id']}: none of its records says anything of it"
        return
    yield f"{facts['field']} of {facts['paper_id']}"
    yield from _wrapped(str(facts["value"]), 4)
    yield from _wrapped(f"won; given by {_source(facts)}", 4, "  -")
    for lost in facts["lost"]:
        yield ""
        yield from _wrapped(str(lost["value"]), 4)
        yield from _wrapped(f"lost; given by {_source(lost)}", 4, "  -")


def _source(value: dict[str, Any]) -> str:
    return f"record {value['record_id']} of {value['source']}" + (
        f", and {counted(value['record_count'], 'record')} in all" if value["record_count"] > 1 else ""
    )
