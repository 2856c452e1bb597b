"""Match: what the evidence says of each candidate pair."""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from transforms.dedupe.block import FACTS, IDENTIFIERS
from transforms.dedupe.parameters import Parameters

_COMPARED = ["title_key", "title_numbers", "bigrams", *FACTS]


def judged_pairs(records: pl.DataFrame, pairs: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """record_a, record_b, decision (same, different, open), rule and score for each candidate pair.

    `different` is evidence against: a cluster never holds two such records. `open` is no evidence either way.
    """
    compared = records.filter(pl.col("record_id").is_in(pl.concat([pairs["record_a"], pairs["record_b"]]).unique().implode()))
    compared = compared.with_columns(bigrams=_bigrams()).select("record_id", *_COMPARED)
    both = pairs.join(compared.rename({name: f"{name}_a" for name in _COMPARED}), left_on="record_a", right_on="record_id")
    both = both.join(compared.rename({name: f"{name}_b" for name in _COMPARED}), left_on="record_b", right_on="record_id")
    both = both.sort("record_a", "record_b")
    titles = (both["title_key_a"].to_list(), both["title_key_b"].to_list())
    similarity = (cpdist(*titles, scorer=fuzz.ratio) / 100).tolist() if both.height else []
    both = both.with_columns(
        pl.Series("title_similarity", similarity, dtype=pl.Float64),
        _overlap(parameters).alias("overlap"),
        _agreements().alias("agreements"),
        _conflicts(parameters).alias("conflicts"),
    )
    return both.with_columns(_decision(parameters)).unnest("decided").select("record_a", "record_b", "decision", "rule", "score")


def _bigrams() -> pl.Expr:
    """The distinct two-word sequences of the abstract; null where there is no abstract."""
    split = pl.col("abstract_words").str.split(" ")
    return split.list.eval((pl.element() + " " + pl.element().shift(-1)).drop_nulls()).list.unique()


def _overlap(parameters: Parameters) -> pl.Expr:
    """Share of the shorter abstract's two-word sequences that the other has too, 0 to 1; null where one says too little."""
    shorter = pl.min_horizontal(pl.col("bigrams_a").list.len(), pl.col("bigrams_b").list.len())
    common = pl.col("bigrams_a").list.set_intersection(pl.col("bigrams_b")).list.len()
    says_enough = pl.col("bigrams_a").is_not_null() & pl.col("bigrams_b").is_not_null() & (shorter >= parameters.min_bigrams)
    return pl.when(says_enough).then(common / shorter)


def _agreements() -> pl.Expr:
    """How many facts beside title and abstract both records have, equal."""
    return pl.sum_horizontal((pl.col(f"{fact}_a") == pl.col(f"{fact}_b")).fill_null(value=False) for fact in FACTS)


def _conflicts(parameters: Parameters) -> pl.Expr:
    """How many facts both records have that cannot both be true of one paper. Two organisations can: a paper may have both."""
    differ = [(pl.col(f"{fact}_a") != pl.col(f"{fact}_b")).fill_null(value=False) for fact in ("author_count",)]
    days = (pl.col("published_on_a") - pl.col("published_on_b")).dt.total_days().abs()
    return pl.sum_horizontal(*differ, (days > parameters.max_days_apart).fill_null(value=False))


def _other_identifier() -> pl.Expr:
    """Whether both have identifiers that name different papers: arXiv ids, or DOIs of one registrant. A preprint and its article have DOIs
    of two registrants."""
    registrants = [pl.col(f"doi_{side}").str.extract(r"^(10\.[0-9.]+)/", 1) for side in "ab"]
    other_doi = (pl.col("doi_a") != pl.col("doi_b")) & (registrants[0] == registrants[1])
    return (pl.col("arxiv_id_a") != pl.col("arxiv_id_b")).fill_null(value=False) | other_doi.fill_null(value=False)


def _same_identifier(parameters: Parameters) -> pl.Expr:
    """Whether both have one identifier, and titles that can be of one paper: people copy a DOI into the wrong entry."""
    shared = pl.any_horizontal((pl.col(f"{name}_a") == pl.col(f"{name}_b")).fill_null(value=False) for name in IDENTIFIERS)
    return shared & (pl.col("title_similarity") >= parameters.same_identifier_title_similarity)


def _decision(parameters: Parameters) -> pl.Expr:
    """The verdict on a pair. What both have and contradict (a DOI, a number of authors) outweighs a likeness, but not an abstract that is the same
    under the same title: listings miscount authors."""
    same_title = pl.col("title_key_a") == pl.col("title_key_b")
    overlap, agreements, conflicts = pl.col("overlap"), pl.col("agreements"), pl.col("conflicts")
    has_conflict = conflicts > 0
    facts_agree = (agreements > 0) & (conflicts == 0)
    is_near = (
        (overlap >= parameters.near_abstract_overlap)
        & (pl.col("title_similarity") >= parameters.near_title_similarity)
        & (pl.col("title_numbers_a") == pl.col("title_numbers_b"))
    )
    similar_abstract = (overlap >= parameters.same_abstract_overlap) | ((overlap > parameters.different_abstract_overlap) & facts_agree)
    similar_abstract = similar_abstract.fill_null(value=False)
    contradicts = _other_identifier() | has_conflict & ((same_title & ~similar_abstract) | (~same_title & is_near))
    return (
        pl.when(_same_identifier(parameters) & ~_other_identifier())
        .then(_verdict("same", "same_identifier", pl.lit(1.0)))
        .when(contradicts | (same_title & (overlap <= parameters.different_abstract_overlap)))
        .then(_verdict("different", None, pl.lit(0.0)))
        .when(same_title & similar_abstract)
        .then(_verdict("same", "same_title_similar_abstract", 0.5 + overlap / 2))
        .when(same_title & overlap.is_null() & facts_agree)
        .then(_verdict("same", "same_title_same_facts", pl.lit(parameters.score_same_facts)))
        .when(~same_title & is_near)
        .then(_verdict("same", "similar_title_same_abstract", pl.col("title_similarity") * overlap))
        .otherwise(_verdict("open", None, pl.lit(0.0)))
        .alias("decided")
    )


def _verdict(decision: str, rule: str | None, score: pl.Expr) -> pl.Expr:
    return pl.struct(pl.lit(decision).alias("decision"), pl.lit(rule, pl.String).alias("rule"), score.cast(pl.Float64).alias("score"))
