"""Explained: what each field says of a pair of records, as it was weighed."""

from dataclasses import dataclass

import polars as pl

from transforms.dedupe.compare import EVIDENCE, GLANCED_AT, evidence, promising
from transforms.dedupe.facts import facts as facts_of
from transforms.dedupe.match import OF_ABSTRACTS, numbered, verdicts, with_both
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.weights import PRIOR, WEIGHTS


@dataclass(frozen=True, slots=True)
class Said:
    """What one field says of a pair, in a word of weights.WEIGHTS, and what that weighs, in natural logarithms of odds."""

    field: str
    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class ExplainedPair:
    """A pair as match judged it: `prior` and the weights of `evidence` make `total`, and that `score`, a probability.

    `evidence` has the fields that say anything, in the order of comparing, those of the abstracts' texts last. `weight` is what the pair counts
    for: 0 where `total` is below only for want of evidence. `work_rule` and `work_score` are null where the two are not shown to be of one work.
    """

    record_a: str
    record_b: str
    prior: float
    evidence: tuple[Said, ...]
    total: float
    weight: float
    score: float
    decision: str
    rule: str | None
    work_rule: str | None
    work_score: float | None

    @property
    def abstract(self) -> str:
        """What the abstracts say; unknown where they were not compared, or share neither much nor little."""
        return next((said.word for said in self.evidence if said.field == "abstract"), "unknown")


def explained_pairs(records: pl.DataFrame, pairs: pl.DataFrame, parameters: Parameters = Parameters()) -> list[ExplainedPair]:
    """The pairs (record_a, record_b, in either order) with the numbers that match.judged_pairs has for them, each once, in order.

    `records` are rows of staging.records. Pairs that match does not judge are left out: of a record without a title, or of two whose titles have
    nothing in common and that share no identifier, page or text.
    """
    known = facts_of(records, parameters).filter(pl.col("title_key").is_not_null())
    is_known = [pl.col(f"record_{side}").is_in(known["record_id"].implode()) for side in "ab"]
    first, second = pl.min_horizontal("record_a", "record_b"), pl.max_horizontal("record_a", "record_b")
    asked = pairs.filter(*is_known, pl.col("record_a") != pl.col("record_b")).select(record_a=first, record_b=second).unique()
    texts = records.select("record_id", "abstract")
    judged = verdicts(known, numbered(asked, known), lambda ids: texts.filter(pl.col("record_id").is_in(ids.implode())), parameters)
    both = judged.join(_words(known, asked), on=["record_a", "record_b"]).sort("record_a", "record_b")
    return [_explained(row) for row in both.iter_rows(named=True)]


def _words(facts: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """record_a, record_b and a word for each field of EVIDENCE."""
    likely = promising(with_both(numbered(pairs, facts), facts.select("record_id", *GLANCED_AT)))
    both = with_both(likely.select("record_a", "record_b", "place_a", "place_b", "title_alike", "part_says"), facts)
    return evidence(both).select("record_a", "record_b", *(f"{name}_says" for name in EVIDENCE))


def _explained(row: dict[str, object]) -> ExplainedPair:
    words = {name: str(row[f"{name}_says"]) for name in (*EVIDENCE, *OF_ABSTRACTS)}
    said = tuple(Said(name, word, WEIGHTS[name].get(word, 0.0)) for name, word in words.items() if word != "unknown")
    names = ("record_a", "record_b", "total", "weight", "score", "decision", "rule", "work_rule", "work_score")
    return ExplainedPair(prior=PRIOR, evidence=said, **{name: row[name] for name in names})  # type: ignore[arg-type]
