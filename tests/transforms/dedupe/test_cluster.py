import random

import polars as pl
import pytest

from transforms.dedupe.cluster import clusters

GROUPS = {"record_id": pl.String, "representative": pl.String, "rule": pl.String, "score": pl.Float64}
JUDGED = {"record_a": pl.String, "record_b": pl.String, "decision": pl.String, "rule": pl.String, "score": pl.Float64, "weight": pl.Float64}
MARKS = {"record_id": pl.String, "kind": pl.String, "value": pl.String}
Rows = list[tuple[str, str | None, str | None, float, str | None]]


def clustered(
    records: str,
    *judged: tuple[str, str, float | None],
    groups: dict[str, str] | None = None,
    seed: int | None = None,
    marks: dict[str, str] | None = None,
) -> Rows:
    """One-letter records; pairs as (a, b, score), the score None where they were judged different, not above 0 where open; marks by record."""
    alone = [(name, (groups or {}).get(name, name), "same_title_same_abstract", 1.0) for name in records]
    pairs = []
    for a, b, score in judged:
        decision = "different" if score is None else "same" if score > 0 else "open"
        pairs.append((a, b, decision, "same_title_similar_abstract" if decision == "same" else None, max(score or 0.0, 0.0), score or 0.0))
    if seed is not None:
        random.Random(seed).shuffle(alone)
        random.Random(seed).shuffle(pairs)
    marked = [(record, "arxiv_id", value) for record, value in (marks or {}).items()]
    frames = [pl.DataFrame(rows, schema=schema, orient="row") for rows, schema in ((alone, GROUPS), (pairs, JUDGED), (marked, MARKS))]
    found = clusters(*frames)
    assert found.columns == ["record_id", "cluster", "rule", "score", "matched_record_id"]
    return found.sort("record_id").rows()


def partition(rows: Rows) -> list[str]:
    """The clusters as words of their records' letters."""
    together: dict[str | None, str] = {}
    for record, cluster, *_ in rows:
        together[cluster] = together.get(cluster, "") + record
    return sorted(together.values())


def test_a_record_without_pair_is_alone() -> None:
    assert clustered("ab") == [("a", "a", "only_record", 1.0, None), ("b", "b", "only_record", 1.0, None)]


def test_no_records_have_no_clusters() -> None:
    assert clustered("") == []


def test_a_chain_is_one_cluster_named_by_its_first_record() -> None:
    rows = clustered("abcd", ("b", "c", 0.9), ("c", "d", 0.8))
    assert partition(rows) == ["a", "bcd"]
    assert {cluster for _, cluster, *_ in rows} == {"a", "b"}


def test_each_record_names_its_strongest_pair() -> None:
    rule = "same_title_similar_abstract"
    assert clustered("abc", ("a", "b", 0.7), ("b", "c", 0.9), ("a", "c", 0.7)) == [
        ("a", "a", rule, 0.7, "b"),
        ("b", "a", rule, 0.9, "c"),
        ("c", "a", rule, 0.9, "b"),
    ]


def test_an_open_pair_neither_joins_nor_parts() -> None:
    assert partition(clustered("ab", ("a", "b", 0))) == ["a", "b"]
    assert partition(clustered("abc", ("a", "b", 0), ("a", "c", 0.9), ("b", "c", 0.9))) == ["abc"]


def test_a_record_between_two_different_papers_joins_the_stronger_and_pulls_none() -> None:
    rows = clustered("abt", ("a", "b", None), ("a", "t", 0.8), ("b", "t", 0.9))
    assert partition(rows) == ["a", "bt"]
    assert rows[0] == ("a", "a", "only_record", 1.0, None)


def test_of_two_equally_strong_the_first_by_id_is_joined() -> None:
    assert partition(clustered("abt", ("a", "b", None), ("a", "t", 0.8), ("b", "t", 0.8))) == ["at", "b"]


def test_an_open_pair_that_says_no_outweighs_a_weaker_one() -> None:
    assert partition(clustered("abc", ("a", "b", 0.9), ("b", "c", 0.4), ("a", "c", -0.5))) == ["ab", "c"]
    assert partition(clustered("abc", ("a", "b", 0.9), ("b", "c", 0.4), ("a", "c", -0.3))) == ["abc"]


def test_one_pair_says_no_more_than_four() -> None:
    assert partition(clustered("abcd", ("a", "b", 9), ("a", "c", 8), ("c", "d", 9), ("b", "d", -7), ("b", "c", 1))) == ["abcd"]


def test_two_values_of_one_mark_are_never_joined_whatever_stands_between() -> None:
    judged = [("a", "b", 0.9), ("b", "c", 0.8), ("c", "d", 0.7)]
    assert partition(clustered("abcd", *judged)) == ["abcd"]
    assert partition(clustered("abcd", *judged, marks={"a": "1", "d": "2"})) == ["abc", "d"]
    assert partition(clustered("abcd", *judged, marks={"a": "1", "d": "1"})) == ["abcd"]


def test_clusters_remember_their_opponents_when_they_grow() -> None:
    # a and b are different; c joins a, d joins b: then neither c nor d may bring the two together.
    judged = [("a", "b", None), ("a", "c", 0.9), ("b", "d", 0.9), ("c", "d", 0.8)]
    assert partition(clustered("abcd", *judged)) == ["ac", "bd"]


def test_opponents_are_remembered_across_several_joins() -> None:
    judged = [("c", "z", None), ("b", "c", 0.99), ("a", "b", 0.98), ("y", "z", 0.97), ("x", "y", 0.96), ("a", "x", 0.95)]
    assert partition(clustered("abcxyz", *judged)) == ["abc", "xyz"]


def test_a_pair_is_named_only_within_its_cluster() -> None:
    rows = {row[0]: row for row in clustered("abct", ("a", "b", None), ("a", "t", 0.9), ("b", "t", 0.8), ("b", "c", 0.6))}
    assert rows["b"][3:] == (0.6, "c")
    assert rows["t"][3:] == (0.9, "a")


def test_an_exact_group_follows_its_representative() -> None:
    rows = clustered("abcd", ("a", "d", 0.7), groups={"b": "a", "c": "a"})
    exact, similar = "same_title_same_abstract", "same_title_similar_abstract"
    assert rows == [("a", "a", exact, 1.0, "b"), ("b", "a", exact, 1.0, "a"), ("c", "a", exact, 1.0, "a"), ("d", "a", similar, 0.7, "a")]


def test_a_cluster_is_named_by_its_first_record_also_where_that_represents_nothing() -> None:
    assert {row[1] for row in clustered("abc", ("b", "c", 0.9), groups={"a": "b"})} == {"a"}


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    chance = random.Random(seed)
    letters = "abcdefgh"
    judged = []
    for n, a in enumerate(letters):
        for b in letters[n + 1 :]:
            if chance.random() < 0.5:
                judged.append((a, b, chance.choice([None, 0, -0.5, 0.8, 0.8, 0.9])))
    expected = clustered(letters, *judged)
    assert clustered(letters, *judged, seed=seed) == expected
    cluster_of = {row[0]: row[1] for row in expected}
    assert all(cluster_of[a] != cluster_of[b] for a, b, score in judged if score is None)
    # Named by their first record, and alone exactly where the rule says so.
    assert all(row[1] == min(name for name, cluster in cluster_of.items() if cluster == row[1]) for row in expected)
    assert all((row[2] == "only_record") == (list(cluster_of.values()).count(row[1]) == 1) for row in expected)
    assert all(cluster_of[row[4]] == row[1] for row in expected if row[4])
