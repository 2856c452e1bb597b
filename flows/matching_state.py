"""Matching state: what a run found of all records, in a file, so that the next matches only what is new.

The file is made from the warehouse's rows and can be made again from them: where it is missing or made by other code, all records are matched.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import rapidfuzz

from transforms.dedupe.block import group_keys
from transforms.dedupe.decided import DECIDED_SCHEMA, ordered, records_of
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.regroup import Batch
from transforms.dedupe.resolve import Resolution
from transforms.dedupe.update import Update
from warehouse.schema.staging import RECORDS
from warehouse.store import MEMORY, attach

_ROWS_AT_ONCE = 200_000
# Polars may hash otherwise on another machine or in another version; kept numbers then mean nothing.
_PROBE = pl.Series(["paperhouse"])


class MatchingState:
    """Known (transforms.dedupe.known) in a DuckDB file, with what a load makes silver from: members, works, redirects."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._remembered: pl.DataFrame | None = None
        self._asked_before: set[str] = set()

    def facts(self, record_ids: pl.Series) -> pl.DataFrame:
        # Facts are wide, and a batch asks for those of the same records again and again: each is read once.
        wanted = pl.Series("record_id", [one for one in record_ids.unique() if one not in self._asked_before], dtype=pl.String)
        if len(wanted) or self._remembered is None:
            # By rows: so that DuckDB reads wide columns only where a wanted row is.
            rows = "SELECT facts.rowid FROM facts SEMI JOIN asked USING (record_id)"
            found = self._asked(f"SELECT facts.* EXCLUDE (number) FROM facts WHERE rowid IN ({rows})", record_id=wanted)
            self._remembered = found if self._remembered is None else pl.concat([self._remembered, found])
            self._asked_before.update(wanted)
        return self._remembered.join(record_ids.unique().to_frame("record_id"), on="record_id", how="semi")

    def representatives(self, record_ids: pl.Series) -> pl.DataFrame:
        return self._asked("SELECT record_id, representative FROM facts SEMI JOIN asked USING (record_id)", record_id=record_ids)

    def of_groups(self, groups: pl.Series) -> pl.DataFrame:
        return self._asked('SELECT record_id, "group", representative FROM facts SEMI JOIN asked USING ("group")', group=groups)

    def of_representatives(self, record_ids: pl.Series) -> pl.DataFrame:
        return self._asked("SELECT record_id, representative FROM facts SEMI JOIN asked USING (representative)", representative=record_ids)

    def of_blocks(self, blocks: pl.Series) -> pl.DataFrame:
        return self._asked("SELECT block, record_id FROM (FROM blocks SEMI JOIN asked USING (block)) JOIN facts USING (number)", block=blocks)

    def judged(self, record_ids: pl.Series) -> pl.DataFrame:
        return self._asked("FROM judged WHERE record_a IN (FROM asked) OR record_b IN (FROM asked)", record_id=record_ids)

    def of_sources(self, keys: pl.DataFrame) -> pl.DataFrame:
        query = "SELECT record_id, source, source_id, title_key IS NOT NULL AS has_title FROM facts SEMI JOIN asked USING (source, source_id)"
        return self._asked(query, source=keys["source"], source_id=keys["source_id"])

    def papers(self, record_ids: pl.Series) -> pl.DataFrame:
        return self._asked("SELECT record_id, paper_id FROM members SEMI JOIN asked USING (record_id)", record_id=record_ids)

    def records(self, paper_ids: pl.Series) -> pl.DataFrame:
        return self._asked("SELECT record_id, paper_id FROM members SEMI JOIN asked USING (paper_id)", paper_id=paper_ids)

    def siblings(self, paper_ids: pl.Series) -> pl.DataFrame:
        query = "SELECT paper_id FROM works SEMI JOIN (SELECT work_id FROM works SEMI JOIN asked USING (paper_id)) AS theirs USING (work_id)"
        return self._asked(query, paper_id=paper_ids)

    def is_of(self, run_id: str) -> bool:
        """Whether this run wrote the state, with numbers that mean here what they meant there."""
        return self.connection.sql("FROM made").fetchall() == [(run_id, _probe())]

    def missing_from(self, staged: Path) -> pl.Series:
        """The known records that are not in this file of staging.records."""
        attach(self.connection, staged, "staged")
        try:
            return self.connection.sql(f"SELECT record_id FROM facts ANTI JOIN staged.{RECORDS.full_name} AS there USING (record_id)").pl()[
                "record_id"
            ]
        finally:
            self.connection.execute("DETACH staged")

    def resolution(self, new_ids: pl.DataFrame, changed: pl.Series) -> Resolution:
        """The papers, works and redirects of all records, after an update that gave these ids and changed these papers."""
        members, works, redirects = (
            self.connection.sql(f"FROM {name} ORDER BY {key}").pl()
            for name, key in (("members", "record_id"), ("works", "paper_id"), ("redirects", "old_paper_id"))
        )
        return Resolution(members, works, redirects, new_ids, changed=changed)

    def batch(self, seen: pl.DataFrame, gone: pl.Series, decided: pl.DataFrame) -> tuple[Batch, pl.DataFrame]:
        """What a run brings: of the facts `seen` those that are new, `gone` the known records that are no more; and the decisions on records that
        are there (decided.ordered)."""
        known = self.facts(seen["record_id"])
        same = known.select(seen.columns).join(seen, on=seen.columns, how="semi", nulls_equal=True) if known.height else known
        new = seen.filter(~pl.col("record_id").is_in(same["record_id"].implode()))
        changed = new.filter(pl.col("record_id").is_in(known["record_id"].implode()))["record_id"]
        gone = pl.concat([gone, changed]).unique()
        ends = self.facts(records_of(decided)).filter(~pl.col("record_id").is_in(gone.implode()))
        there = pl.concat([frame.filter(pl.col("title_key").is_not_null())["record_id"] for frame in (ends, new)])
        now, before = ordered(decided, there), self.connection.sql("FROM decided").pl()
        columns = DECIDED_SCHEMA.names()
        restated = pl.concat([now.join(before, on=columns, how="anti"), before.join(now, on=columns, how="anti")])
        return Batch(new, gone, records_of(now), records_of(restated)), now

    def apply(self, update: Update, batch: Batch, decided: pl.DataFrame, run_id: str, parameters: Parameters = Parameters()) -> None:
        """Take the update in, all of it or nothing, as the state of this run."""
        self._remembered, self._asked_before = None, set()
        change = update.regrouped
        self.connection.begin()
        self._remove("blocks", "number IN (SELECT number FROM facts SEMI JOIN asked USING (record_id))", record_id=change.removed)
        self._remove("facts", "record_id IN (FROM asked)", record_id=batch.gone)
        self._remove("judged", "record_a IN (FROM asked) OR record_b IN (FROM asked)", record_id=change.removed)
        stale = pl.concat([change.fresh.select("record_a", "record_b"), change.lost])
        pair = "(record_a, record_b) IN (SELECT (record_a, record_b) FROM asked)"
        self._remove("judged", pair, record_a=stale["record_a"], record_b=stale["record_b"])
        self._remove("members", "record_id IN (FROM asked)", record_id=pl.concat([update.members["record_id"], batch.gone]))
        self._remove("works", "paper_id IN (FROM asked)", paper_id=pl.concat([update.ungrouped, update.works["paper_id"]]))
        self._remove("redirects", "old_paper_id IN (FROM asked)", old_paper_id=update.reassigned)
        ((last,),) = self.connection.execute("SELECT coalesce(max(number), 0) FROM facts").fetchall()
        self._add("facts", _with_groups(batch.new, change.groups, last + 1, parameters))
        self._ask(record_id=change.groups["record_id"], representative=change.groups["representative"])
        self.connection.execute("UPDATE facts SET representative = asked.representative FROM asked WHERE asked.record_id = facts.record_id")
        numbers = self._asked("SELECT record_id, number FROM facts SEMI JOIN asked USING (record_id)", record_id=change.added)
        self._add("blocks", change.blocks.join(numbers, on="record_id").select("block", "number"))
        self._add("judged", change.fresh)
        self._add("members", update.members)
        self._add("works", update.works)
        self._add("redirects", update.redirects)
        self.connection.execute("DELETE FROM decided")
        self._add("decided", decided)
        self.connection.execute("UPDATE made SET run_id = $1", [run_id])
        self.connection.commit()

    def _asked(self, query: str, **columns: pl.Series) -> pl.DataFrame:
        self._ask(**columns)
        return self.connection.sql(query).pl()

    def _remove(self, table: str, condition: str, **columns: pl.Series) -> None:
        self._ask(**columns)
        self.connection.execute(f"DELETE FROM {table} WHERE {condition}")

    def _ask(self, **columns: pl.Series) -> None:
        self.connection.register("asked", pl.DataFrame(columns).unique().to_arrow())

    def _add(self, table: str, frame: pl.DataFrame) -> None:
        names = ", ".join(f'"{name}"' for name in frame.columns)
        self.connection.register("added", frame.to_arrow())
        self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM added")
        self.connection.unregister("added")


def write_state(
    path: Path, facts: pl.DataFrame, resolution: Resolution, decided: pl.DataFrame, run_id: str, parameters: Parameters = Parameters()
) -> None:
    """A new state file, of all records' facts and what this run resolved them to. Raises ValueError for a resolution that is itself an update."""
    path.unlink(missing_ok=True)
    if (matching := resolution.matching) is None:
        raise ValueError("what was resolved by an update has no matching of its own; its state is the one that was updated")
    facts = _with_groups(facts, matching.groups, 0, parameters)
    numbers = matching.compared.to_frame("record_id").join(facts.select("record_id", "number"), on="record_id", maintain_order="left")["number"]
    titled = facts.filter(pl.col("representative").is_not_null())["record_id"]
    tables = {
        "facts": facts,
        "blocks": matching.blocks.select("block", number=numbers.gather(matching.blocks["row"])),
        "judged": matching.evidence,
        "members": resolution.members,
        "works": resolution.works,
        "redirects": resolution.redirects,
        "decided": ordered(decided, titled),
        "made": pl.DataFrame({"run_id": [run_id], "probe": [_probe()]}),
    }
    with opened_state(path) as state:
        for name, frame in tables.items():
            state.connection.register("added", frame.clear().to_arrow())
            state.connection.execute(f"CREATE TABLE {name} AS FROM added")
            # Arrow is a second copy of what it is made of.
            for rows in frame.iter_slices(_ROWS_AT_ONCE):
                state.connection.register("added", rows.to_arrow())
                state.connection.execute(f"INSERT INTO {name} FROM added")
            state.connection.unregister("added")


@contextmanager
def opened_state(path: Path) -> Iterator[MatchingState]:
    """The state in this file, to read and to write."""
    connection = duckdb.connect(str(path), config={"storage_compatibility_version": "v1.5.0"})
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        yield MatchingState(connection)
    finally:
        connection.close()


def _probe() -> str:
    """What changes where kept block numbers and group keys would no longer mean the same."""
    return f"polars {pl.__version__}, rapidfuzz {rapidfuzz.__version__}: {_PROBE.hash(seed=1).item()}"


def _with_groups(facts: pl.DataFrame, groups: pl.DataFrame, first: int, parameters: Parameters) -> pl.DataFrame:
    # Joined by their ids alone: a join of the facts would copy half a gigabyte.
    joined = facts.select("record_id").join(groups.select("record_id", "representative"), on="record_id", how="left", maintain_order="left")
    numbers = pl.int_range(first, first + pl.len(), dtype=pl.UInt32)
    return facts.with_columns(group_keys(facts, parameters), joined["representative"], number=numbers)
