"""What labelled pairs say of the weights of evidence.

    python -m tests.benchmarks.fit_weights [--data DIR] [--strength 3]

Reads the labelled sets as er.py does, takes every candidate pair that is worth judging, and fits a logistic regression whose weights are
drawn towards those of transforms/dedupe/weights.py (--strength: how many pairs of one set that is worth). Each set counts the same, whatever
its size, so that the one with the largest papers does not speak for all. Prints each word with its weight as it is and as fitted, how many
pairs have it and how many of them are one paper; then, for each set, precision and recall of the pairs, as it is and by weights fitted without
that set. Nothing is written: weights are rounded and set by hand, for no file here has all that the world has.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.benchmarks.er import read
from transforms.dedupe.block import block_members, candidate_pairs, exact_groups, representatives
from transforms.dedupe.compare import EVIDENCE, evidence, promising
from transforms.dedupe.facts import facts
from transforms.dedupe.match import with_both
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.weights import PRIOR, WEIGHTS

_SETS = ("cora", "dblp_acm", "haematology", "cytology_screening", "digital_work")
_WORDS = [(field, word) for field in EVIDENCE for word in WEIGHTS[field]]
_GIVEN = np.array([*(WEIGHTS[field][word] for field, word in _WORDS), PRIOR])
Numbers = NDArray[np.float64]


def labelled_pairs(folder: Path) -> pl.DataFrame:
    """The evidence of each candidate pair of a set (columns EVIDENCE, with _says) and whether it is one paper (is_same)."""
    parameters = Parameters()
    records = read(iter([("records.csv", (folder / "records.csv").read_bytes())]))
    known = facts(records, parameters).with_columns(records["collection"])
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False).rename({"record_id": "source_id"})
    known = representatives(known, exact_groups(known, parameters)).join(truth, on="source_id")
    likely = promising(with_both(candidate_pairs(known, block_members(known), parameters), known))
    pairs = with_both(likely.select("place_a", "place_b", "title_alike", "part_says"), known)
    if known["collection"].n_unique() > 1:
        # Labelled between its sources only.
        pairs = pairs.filter(pl.col("collection_a") != pl.col("collection_b"))
    return evidence(pairs).select(*(f"{field}_says" for field in EVIDENCE), is_same=pl.col("paper_a") == pl.col("paper_b"))


def design(pairs: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """A row per pair with 1 for each word that it has, and for the prior; and the labels."""
    said = pairs.select((pl.col(f"{field}_says") == word).cast(pl.Float64).alias(f"{field} {word}") for field, word in _WORDS)
    return np.hstack([said.to_numpy(), np.ones((pairs.height, 1))]), pairs["is_same"].cast(pl.Float64).to_numpy()


def fitted(sets: list[tuple[Numbers, Numbers]], strength: float) -> Numbers:
    """The weights that explain these sets best and are near the given ones: Newton's method, a dozen steps."""
    rows, labels = np.vstack([x for x, _ in sets]), np.concatenate([y for _, y in sets])
    shares = np.concatenate([np.full(len(y), 1000 / len(y)) for _, y in sets])
    weights = _GIVEN.copy()
    for _ in range(12):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (shares * (chance - labels)) + strength * (weights - _GIVEN)
        bend = (rows * (shares * chance * (1 - chance))[:, None]).T @ rows + strength * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("PAPERHOUSE_CORPUS"))
    parser.add_argument("--strength", type=float, default=3.0)
    options = parser.parse_args()
    sets = {name: design(labelled_pairs(options.data / "er" / name)) for name in _SETS}
    weights = fitted(list(sets.values()), options.strength)
    rows, labels = np.vstack([x for x, _ in sets.values()]), np.concatenate([y for _, y in sets.values()])
    for at, (field, word) in enumerate([*_WORDS, ("prior", "")]):
        has = rows[:, at] > 0
        sys.stdout.write(f"{field:14s}{word:22s}{_GIVEN[at]:7.1f}{weights[at]:7.1f}{int(has.sum()):8d}{int(labels[has].sum()):8d}\n")
    for name, (x, y) in sets.items():
        others = fitted([one for other, one in sets.items() if other != name], options.strength)
        for title, by in (("as it is", _GIVEN), ("fitted without it", others)):
            found = x @ by > 0
            right = float((found & (y > 0)).sum())
            sys.stdout.write(f"{name:20s}{title:20s}precision {right / max(found.sum(), 1):.4f}  recall {right / max(y.sum(), 1):.4f}\n")


if __name__ == "__main__":
    main()
