"""A batch matched against what is known gives what matching everything again gives: papers, works, redirects, and the state itself."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.matching_state import opened_state, write_state
from transforms.dedupe.decided import DECIDED_SCHEMA
from transforms.dedupe.facts import facts
from transforms.dedupe.identity import GIVEN_SCHEMA
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.resolve import Resolution, in_memory, resolve
from transforms.dedupe.update import updated

Rows = Sequence[dict[str, Any]]
NONE_GIVEN = pl.DataFrame(schema=GIVEN_SCHEMA)
# Windows of three move whenever a record comes between.
NARROW = Parameters(window=3)
LONG = "tables of numbers are read by people who look for one of them and by software that looks for the largest of them all"
OTHER = "a survey among forty engineers names cost as the reason and habit as the excuse for using large models at all"
ROSSI = '[{"family":"Rossi","given":"Ada"}]'


def decisions(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=DECIDED_SCHEMA, orient="row")


class Home:
    """Records and decisions that come and go, resolved both ways after each step."""

    def __init__(self, folder: Path, staged: Callable[..., pl.DataFrame], rows: Rows, decided: pl.DataFrame) -> None:
        self.path, self.staged, self.rows, self.decided = folder / "state.duckdb", staged, list(rows), decided
        self.given, self.runs = NONE_GIVEN, 0
        records = staged(*self.rows)
        found = resolve(facts(records), NONE_GIVEN, in_memory(records), decided, NARROW)
        write_state(self.path, facts(records), found, decided, "run 0", NARROW)
        self._note(found.new_ids)

    def _note(self, new_ids: pl.DataFrame) -> None:
        noted = new_ids.with_columns(sequence=pl.lit(self.runs, pl.Int64)).select(GIVEN_SCHEMA.names())
        self.given, self.runs = pl.concat([self.given, noted]), self.runs + 1

    def step(self, new: Rows, gone: Sequence[str], decided: pl.DataFrame) -> None:
        stale = {*gone, *(row["record_id"] for row in new)}
        before = {row["record_id"] for row in self.rows}
        self.rows = [row for row in self.rows if row["record_id"] not in stale] + list(new)
        self.decided = decided
        records = self.staged(*self.rows)
        expected = resolve(facts(records), self.given, in_memory(records), decided, NARROW)
        seen = facts(self.staged(*new))
        with opened_state(self.path) as state:
            left = sorted((before & set(gone)) - {row["record_id"] for row in new})
            batch, now = state.batch(seen, pl.Series("record_id", left, dtype=pl.String), decided)
            update = updated(state, batch, self.given, in_memory(records), now, NARROW)
            state.apply(update, batch, now, f"run {self.runs}", NARROW)
            assert state.is_of(f"run {self.runs}")
            found = {name: state.connection.sql(f"FROM {name}").pl() for name in ("members", "works", "redirects", "judged", "decided")}
            blocks = state.connection.sql("SELECT block, record_id FROM blocks JOIN facts USING (number)").pl()
            kept = state.connection.sql("SELECT record_id, representative FROM facts WHERE representative IS NOT NULL").pl()
        self.check(expected, found, blocks, kept)
        assert update.new_ids.equals(expected.new_ids)
        self._note(update.new_ids)

    def check(self, expected: Resolution, found: dict[str, pl.DataFrame], blocks: pl.DataFrame, kept: pl.DataFrame) -> None:
        matching = expected.matching
        assert matching is not None
        wanted = {"members": expected.members, "works": expected.works, "redirects": expected.redirects, "judged": matching.evidence}
        for name, frame in wanted.items():
            assert found[name].select(frame.columns).sort(frame.columns[:2]).rows() == frame.sort(frame.columns[:2]).rows(), name
        members = matching.blocks.select("block", record_id=matching.compared.gather(matching.blocks["row"]))
        assert blocks.sort("block", "record_id").rows() == members.sort("block", "record_id").rows()
        assert kept.sort("record_id").rows() == matching.groups.sort("record_id").rows()


TITLES = [
    "A Reader of Tables",
    "A READER of tables",
    "A Reader of Tables II",
    "Small Models Are Seldom Right",
    "Smal Models Are Seldom Right",
    "Editorial",
]
RECORD = st.fixed_dictionaries(
    {"title": st.sampled_from([*TITLES, None]), "abstract": st.sampled_from([None, LONG, LONG + " and then some", OTHER])},
    optional={
        "authors": st.sampled_from([ROSSI, '[{"family":"Okafor","given":"Ben"}]']),
        "year": st.sampled_from([2020, 2021, 2024]),
        "doi": st.sampled_from(["10.1000/a", "10.1000/b", "10.2000/c"]),
        "pages": st.sampled_from(["1-9", "11-29"]),
        "source_id": st.sampled_from(["1", "2"]),
    },
)
IDS = [f"r{n:02}" for n in range(14)]
ROWS = st.dictionaries(st.sampled_from(IDS), RECORD, max_size=10).map(lambda found: [row | {"record_id": name} for name, row in found.items()])
DECIDED = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(["same", "different"])), max_size=2)
STEPS = st.lists(st.tuples(ROWS, st.lists(st.sampled_from(IDS), max_size=3), DECIDED), min_size=1, max_size=3)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, DECIDED, STEPS)
def test_batches_give_what_all_together_give(
    staged: Callable[..., pl.DataFrame],
    tmp_path: Path,
    rows: Rows,
    decided: list[tuple[str, str, str]],
    steps: list[tuple[Rows, list[str], list[tuple[str, str, str]]]],
) -> None:
    home = Home(tmp_path, staged, rows, decisions(*decided))
    for new, gone, said in steps:
        home.step(new, gone, decisions(*said))


def test_a_record_between_others_of_a_large_block_moves_the_window(staged: Callable[..., pl.DataFrame], tmp_path: Path) -> None:
    def editorial(number: int, year: int) -> dict[str, Any]:
        return {"record_id": f"r{number:02}", "title": "Editorial", "authors": ROSSI, "year": year, "venue": "Journal of Tables", "volume": str(year)}

    home = Home(tmp_path, staged, [editorial(n, 2000 + n) for n in range(9)], decisions())
    home.step([editorial(20, 2003), editorial(21, 2005)], [], decisions())
    home.step([editorial(4, 2011)], ["r01", "r20"], decisions())


@pytest.mark.parametrize("decision", ["same", "different"])
def test_a_decision_counts_without_any_new_record_and_is_taken_back(staged: Callable[..., pl.DataFrame], tmp_path: Path, decision: str) -> None:
    paper = {"title": TITLES[0], "authors": ROSSI, "year": 2020}
    rows = [paper | {"record_id": "r00"}, paper | {"record_id": "r01"}, paper | {"record_id": "r02", "title": TITLES[3]}]
    home = Home(tmp_path, staged, rows, decisions())
    said = decisions(("r01", "r02", "same") if decision == "same" else ("r00", "r01", "different"))
    home.step([], [], said)
    home.step([], [], decisions())
