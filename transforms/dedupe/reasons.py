"""Reasons: which evidence speaks for and against two records being one paper, in words."""

import polars as pl

from transforms.dedupe.compare import EVIDENCE, GLANCED_AT, evidence, promising
from transforms.dedupe.match import numbered, with_both
from transforms.dedupe.weights import WEIGHTS


def reasons(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """record_a, record_b, speaks_for, against: of each pair the fields and what they say, the strongest first (`names same, place other`).

    Abstracts are not read for it. A pair of which nothing can be said is missing.
    """
    both = promising(with_both(numbered(pairs.select("record_a", "record_b"), facts), facts.select("record_id", *GLANCED_AT)))
    both = evidence(with_both(both.select("record_a", "record_b", "place_a", "place_b", "title_alike", "part_says"), facts))
    rows = []
    for row in both.iter_rows(named=True):
        weighed = [(WEIGHTS.get(name, {}).get(row[f"{name}_says"] or "", 0.0), f"{name} {row[f'{name}_says']}") for name in EVIDENCE]
        speaks_for = [text for weight, text in sorted(weighed, key=lambda one: -one[0]) if weight > 0]
        against = [text for weight, text in sorted(weighed) if weight < 0]
        rows.append((row["record_a"], row["record_b"], ", ".join(speaks_for), ", ".join(against).replace("_", " ")))
    return pl.DataFrame(rows, schema=["record_a", "record_b", "speaks_for", "against"], orient="row")
