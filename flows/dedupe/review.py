"""`--review`: the pairs near the border, for a person to decide, and the answers taken back."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.dedupe.tables import replacing
from transforms.dedupe.reasons import reasons
from warehouse.errors import InputError
from warehouse.schema.staging import RECORDS

COLUMNS = (
    *("same", "record_a", "record_b", "title_a", "title_b", "authors_a", "authors_b", "year_a", "year_b", "venue_a", "venue_b"),
    *("score", "rule", "for", "against"),
)
_NEEDED = ("record_a", "record_b", "same")
_ANSWERS = {"yes": "same", "y": "same", "no": "different", "n": "different", "": None}
# More than that nobody decides by hand; the nearest come first.
_MOST_PAIRS = 500
# Odds of fifty to one either way are no border.
_MOST_DOUBT = log(50)
_LONGEST = 300


@dataclass(slots=True)
class Answers:
    """What a person has answered: the rows as they were written, in order, by the pair's two keys."""

    rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    decisions: dict[tuple[str, str], str] = field(default_factory=dict)
    columns: tuple[str, ...] = COLUMNS

    def decided(self, listing: pl.DataFrame) -> pl.DataFrame:
        """record_a, record_b, decision (same, different) of the pairs whose records are there and can be compared."""
        schema = {"key_a": pl.String, "key_b": pl.String, "decision": pl.String}
        rows = pl.DataFrame([(*pair, decision) for pair, decision in self.decisions.items()], schema=schema, orient="row")
        ids = listing.filter(pl.col("code").is_null()).select("record_id", "key")
        for side in "ab":
            rows = rows.join(ids.rename({"record_id": f"record_{side}", "key": f"key_{side}"}), on=f"key_{side}")
        return rows.select("record_a", "record_b", "decision").sort("record_a", "record_b")


def read_answers(file: Path) -> Answers:
    """The answers in the file; none where it is not there. Raises InputError, with the line, for what is no answer and for answers that cannot all
    be right."""
    if not file.exists():
        return Answers()
    answers = Answers()
    lines: dict[tuple[str, str], int] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            table = csv.DictReader(handle, restkey="", restval="")
            names = tuple(name for name in table.fieldnames or () if name)
            if missing := [name for name in _NEEDED if name not in names]:
                raise InputError(f"{file}: this is no review file of ours (it has no column {missing[0]}); name another, or a new one")
            answers.columns = (*COLUMNS, *(name for name in names if name not in COLUMNS))
            for row in table:
                _take(answers, lines, file, table.line_num, {name: row[name] or "" for name in names})
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file}: it cannot be read as CSV in UTF-8 ({error}); save it so, or name a new one") from None
    except OSError as error:
        raise InputError(f"{file}: it cannot be read ({(error.strerror or str(error)).lower()}); change its permissions, or name another") from None
    _check(answers, lines, file)
    return answers


def _take(answers: Answers, lines: dict[tuple[str, str], int], file: Path, line: int, row: dict[str, str]) -> None:
    answer = row["same"].strip().lower()
    if answer not in _ANSWERS:
        raise InputError(f"{file}, line {line}: {row['same'][:40]!r} is no answer; write yes or no under same, or leave it empty")
    decision = _ANSWERS[answer]
    if decision is None:
        return
    if not row["record_a"] or not row["record_b"] or row["record_a"] == row["record_b"]:
        raise InputError(f"{file}, line {line}: a pair needs two records, in record_a and record_b; mend the line, or leave same empty")
    first, second = sorted((row["record_a"], row["record_b"]))
    pair = first, second
    if answers.decisions.get(pair, decision) != decision:
        raise InputError(f"{file}, line {line}: this pair is answered otherwise in line {lines[pair]}; leave one of the two")
    answers.rows.setdefault(pair, row)
    answers.decisions[pair] = decision
    lines.setdefault(pair, line)


def _check(answers: Answers, lines: dict[tuple[str, str], int], file: Path) -> None:
    """Raises InputError where a pair that is answered no is joined by others that are answered yes."""
    groups = _Groups()
    for (a, b), decision in answers.decisions.items():
        if decision == "same":
            groups.join(a, b)
    for (a, b), decision in answers.decisions.items():
        if decision == "different" and groups.root(a) == groups.root(b):
            raise InputError(f"{file}, line {lines[a, b]}: {a} and {b} are answered no, and other lines join them by yes; change one of them")


def write_review(
    file: Path,
    answers: Answers,
    judged: pl.DataFrame,
    facts: pl.DataFrame,
    listing: pl.DataFrame,
    rows: pl.DataFrame,
    connection: duckdb.DuckDBPyConnection,
) -> tuple[int, int]:
    """Write the answered pairs as they are, and behind them those to decide, nearest the border first; gives the number of each, to decide first."""
    pairs = _near_border(judged, rows)
    shown = _shown(pairs, facts, listing, connection)
    open_rows = [row for row in shown if tuple(sorted((row["record_a"], row["record_b"]))) not in answers.decisions]
    with replacing(file) as part, part.open("w", encoding="utf-8", newline="") as handle:
        table = csv.DictWriter(handle, answers.columns, restval="", extrasaction="ignore")
        table.writeheader()
        table.writerows(answers.rows.values())
        table.writerows(open_rows)
    return len(open_rows), len(answers.decisions)


def _near_border(judged: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The pairs that a person could decide otherwise, nearest the border first: of two papers the nearest pair that did not join them, and of two
    parts of a paper, each held together by surer pairs, the surest pair that did."""
    score = pl.col("score").clip(1e-9, 1 - 1e-9)
    pairs = judged.filter(pl.col("decision") != "different").with_columns(doubt=(score / (1 - score)).log().abs())
    for side in "ab":
        of_record = rows.select(pl.col("id").alias(f"record_{side}"), pl.col("paper").alias(f"part_{side}"))
        pairs = pairs.join(of_record, on=f"record_{side}")
    is_joined, is_near = pl.col("part_a") == pl.col("part_b"), pl.col("doubt") <= _MOST_DOUBT
    apart = pairs.filter(is_near & ~is_joined & (pl.col("decision") == "open"))
    joining = pairs.filter(is_joined & (pl.col("decision") == "same"))
    doubted = joining.filter(is_near)
    sure = joining.filter(~is_near & pl.col("part_a").is_in(doubted["part_a"].unique().implode()))
    part_of = _parts(sure.select("record_a", "record_b").iter_rows())
    for side in "ab":
        record = pl.col(f"record_{side}")
        doubted = doubted.with_columns(record.replace(part_of).alias(f"part_{side}"))
    doubted = doubted.filter(pl.col("part_a") != pl.col("part_b")).sort("doubt", "record_a", "record_b", descending=[True, False, False])
    found = [_one_of_each(one) for one in (apart.sort("doubt", "record_a", "record_b"), doubted)]
    return pl.concat(found).sort("doubt", "record_a", "record_b").head(_MOST_PAIRS)


def _one_of_each(pairs: pl.DataFrame) -> pl.DataFrame:
    """The first pair of each two parts."""
    between = pairs.with_columns(first=pl.min_horizontal("part_a", "part_b"), second=pl.max_horizontal("part_a", "part_b"))
    return between.unique(["first", "second"], keep="first", maintain_order=True).drop("first", "second")


def _parts(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each record of these pairs one that stands for all that the pairs hold together."""
    groups = _Groups()
    for a, b in pairs:
        groups.join(a, b)
    return {record: groups.root(record) for record in list(groups.above)}


class _Groups:
    """What belongs together."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def root(self, key: str) -> str:
        """What stands for all that belongs together with this."""
        while self.above.setdefault(key, key) != key:
            self.above[key] = self.above[self.above[key]]
            key = self.above[key]
        return key

    def join(self, a: str, b: str) -> None:
        """Let these belong together."""
        self.above[self.root(a)] = self.root(b)


def _shown(pairs: pl.DataFrame, facts: pl.DataFrame, listing: pl.DataFrame, connection: duckdb.DuckDBPyConnection) -> Iterable[dict[str, Any]]:
    wanted = pl.concat([pairs["record_a"], pairs["record_b"]]).unique().to_frame("record_id")
    connection.register("shown", wanted.to_arrow())
    columns = "record_id, title, authors, year, venue"
    texts = {row[0]: row[1:] for row in connection.execute(f"SELECT {columns} FROM {RECORDS.full_name} SEMI JOIN shown USING (record_id)").fetchall()}
    keys = dict(listing.join(wanted, on="record_id", how="semi").select("record_id", "key").iter_rows())
    why = {(a, b): (speaks_for, against) for a, b, speaks_for, against in reasons(pairs.select("record_a", "record_b"), facts).iter_rows()}
    for pair in pairs.iter_rows(named=True):
        a, b = pair["record_a"], pair["record_b"]
        row: dict[str, Any] = {
            "same": "",
            "record_a": keys[a],
            "record_b": keys[b],
            "score": round(pair["score"], 3),
            "rule": pair["rule"] or "not joined",
        }
        for side, record in (("a", a), ("b", b)):
            title, authors, year, venue = texts[record]
            row |= {f"title_{side}": title, f"authors_{side}": _names(authors), f"year_{side}": year, f"venue_{side}": venue}
        speaks_for, against = why.get((a, b), ("", ""))
        yield {name: _cell(value) for name, value in (row | {"for": speaks_for, "against": against}).items()}


def _names(authors: str | None) -> str:
    people = pl.Series([authors or "[]"]).str.json_decode(pl.List(pl.Struct({"name": pl.String, "given": pl.String, "family": pl.String})))[0]
    return "; ".join(one["name"] or " ".join(part for part in (one["given"], one["family"]) if part) for one in people)


def _cell(value: Any) -> Any:
    """What a spreadsheet would take for a formula begins with a blank, and nothing is longer than a person reads."""
    if not isinstance(value, str):
        return "" if value is None else value
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}..."
