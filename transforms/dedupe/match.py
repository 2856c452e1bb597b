"""Match: what the evidence says of each candidate pair."""

from collections.abc import Callable

import polars as pl

from transforms.dedupe.block import says_enough
from transforms.dedupe.compare import EVIDENCE, GLANCED_AT, evidence, promising, tells_apart
from transforms.dedupe.facts import CURATED
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.versions import kinship, work_verdict
from transforms.dedupe.weights import PRIOR, WEIGHTS
from transforms.keys import words

# record_ids to record_id and abstract (the text of staging.records): asked for a bounded number of records at a time.
Abstracts = Callable[[pl.Series], pl.DataFrame]

# What the texts of two abstracts say, beside what compare.EVIDENCE says of the records' facts.
OF_ABSTRACTS = ("abstract", "figures")

_JUDGED = ["record_a", "record_b", "decision", "rule", "score", "weight", "work_rule", "work_score"]


def judged_pairs(facts: pl.DataFrame, pairs: pl.DataFrame, abstracts: Abstracts, parameters: Parameters) -> pl.DataFrame:
    """record_a, record_b, decision (same, different, open), rule, score and weight for each candidate pair that is worth more than a glance, in
    order; and work_rule and work_score where the two are of one work (versions.work_verdict). `pairs` are places in the facts, as
    block.candidate_pairs gives them.

    `weight` is the sum of the weights of evidence, `score` the probability that follows from it. `different` is evidence that nothing
    outweighs: a cluster never holds two such records. Pairs are judged some thousands at a time, and only abstracts that can change a
    verdict are asked for.
    """
    return verdicts(facts, pairs, abstracts, parameters).select(_JUDGED).sort("record_a", "record_b")


def verdicts(facts: pl.DataFrame, pairs: pl.DataFrame, abstracts: Abstracts, parameters: Parameters) -> pl.DataFrame:
    """The judged pairs with what the verdict follows from: words for each of OF_ABSTRACTS, and `total`, the sum of all weights."""
    compared = facts.with_columns(has_abstract=says_enough(parameters))
    at_a_time = parameters.pairs_at_a_time
    weighed = pl.concat([_weighed(compared, chunk, parameters) for chunk in (pairs.clear(), *pairs.iter_slices(at_a_time))])
    asked = weighed.filter("needs_abstracts").select("record_a", "record_b")
    overlaps = pl.concat([_overlaps(chunk, abstracts, parameters) for chunk in (asked.clear(), *asked.iter_slices(at_a_time))])
    both = weighed.join(overlaps, on=["record_a", "record_b"], how="left").with_columns(abstract_says=_abstract(parameters), figures_says=_figures())
    both = both.with_columns(abstract_weight=_weight("abstract") + _weight("figures")).with_columns(pl.col("weight") + pl.col("abstract_weight"))
    score = 1 / (1 + (-pl.col("weight")).exp())
    return both.with_columns(*_decision(), *work_verdict()).with_columns(score=score, weight=_objection(), total="weight")


def identity_marks(facts: pl.DataFrame) -> pl.DataFrame:
    """record_id, kind, value: what a paper has once. Its arXiv id, its key in each curated catalogue, its DOI of each registrant; and in a source
    that lists each paper once (column `distinct`) the record itself."""
    marks = [facts.select("record_id", kind=pl.lit(name), value=name) for name in ("arxiv_id", *CURATED)]
    marks.append(facts.select("record_id", kind="doi " + pl.col("doi").str.extract(r"^(10\.[0-9.]+)/", 1), value="doi"))
    if "distinct" in facts.columns:
        marks.append(facts.select("record_id", kind="in " + pl.col("distinct"), value="record_id"))
    return pl.concat(marks).drop_nulls()


def numbered(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The pairs (record_a, record_b) with place_a and place_b: the rows of facts that the two records have."""
    places = facts.select("record_id", place=pl.int_range(pl.len(), dtype=pl.UInt32))
    for side in "ab":
        pairs = pairs.join(places.rename({"record_id": f"record_{side}", "place": f"place_{side}"}), on=f"record_{side}", maintain_order="left")
    return pairs


def with_both(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Numbered pairs with the facts of both records, _a and _b behind their names."""
    sides = [facts[pairs[f"place_{side}"]].select(pl.exclude("record_id").name.suffix(f"_{side}")) for side in "ab"]
    return pl.concat([pairs, *sides], how="horizontal")


def _weighed(compared: pl.DataFrame, pairs: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """The pairs that may be one paper, with the weight of all but their abstracts and what the decision needs."""
    likely = promising(with_both(pairs.select("place_a", "place_b"), compared.select("record_id", *GLANCED_AT)))
    likely = likely.select("place_a", "place_b", "title_alike", "part_says")
    ids = {f"record_{side}": compared["record_id"].gather(likely[f"place_{side}"]) for side in "ab"}
    both = with_both(likely.with_columns(**ids), compared)
    both = evidence(both).with_columns(weight=PRIOR + pl.sum_horizontal(_weight(name) for name in EVIDENCE))
    both = both.with_columns(is_one_identifier=_same_identifier(parameters), is_other_identifier=_other_identifier())
    return both.select(
        "record_a",
        "record_b",
        "weight",
        "is_one_identifier",
        "is_other_identifier",
        *kinship(PRIOR, _weight),
        is_same_title=pl.col("title_says").is_in(["same", "generic"]),
        is_told_apart=tells_apart(),
        is_corroborated=_is_corroborated(),
        says_no=pl.any_horizontal(_weight(name) < 0 for name in EVIDENCE if name != "length"),
        needs_abstracts=_needs_abstracts(parameters),
    )


def _weight(name: str) -> pl.Expr:
    return pl.col(f"{name}_says").replace_strict(WEIGHTS[name], default=0.0, return_dtype=pl.Float64)


def _needs_abstracts(parameters: Parameters) -> pl.Expr:
    """Whether both abstracts say something, and all else leaves open what."""
    is_open = pl.col("weight").is_between(-max(WEIGHTS["abstract"].values()), parameters.certain_weight)
    return pl.col("has_abstract_a") & pl.col("has_abstract_b") & is_open & ~pl.col("is_one_identifier") & ~pl.col("is_other_identifier")


def _overlaps(pairs: pl.DataFrame, abstracts: Abstracts, parameters: Parameters) -> pl.DataFrame:
    """record_a, record_b and overlap of these pairs."""
    record_ids = pl.concat([pairs["record_a"], pairs["record_b"]]).unique().sort()
    texts = abstracts(record_ids) if len(record_ids) else pl.DataFrame(schema={"record_id": pl.String, "abstract": pl.String})
    split = texts.select("record_id", "abstract", words=words(pl.col("abstract")))
    bigrams = split.select("record_id", bigrams=_bigrams(), figures=pl.col("words").str.extract_all(r"\d+").list.unique(), names=_names_inside())
    both = pairs.select("record_a", "record_b")
    for side in "ab":
        both = both.join(bigrams.select(pl.all().name.suffix(f"_{side}")).rename({f"record_id_{side}": f"record_{side}"}), on=f"record_{side}")
    return both.select("record_a", "record_b", overlap=_overlap(parameters), has_other_figures=_has_other_figures())


def _bigrams() -> pl.Expr:
    """The distinct two-word sequences of the abstract."""
    return pl.col("words").str.split(" ").list.eval((pl.element() + " " + pl.element().shift(-1)).drop_nulls()).list.unique()


def _names_inside() -> pl.Expr:
    """The distinct words that have a capital letter within a sentence."""
    return pl.col("abstract").str.extract_all(r"[\p{Ll},;] \p{Lu}\p{L}+").list.eval(pl.element().str.slice(2)).list.unique()


def _has_other_figures() -> pl.Expr:
    """Whether each abstract has a number, or three names, that the other has not: one that was only cut has none of its own, one whose paper was
    renamed has its name."""
    has_own = []
    for name, least in (("figures", 1), ("names", 3)):
        common = pl.col(f"{name}_a").list.set_intersection(f"{name}_b").list.len()
        has_own.append(pl.all_horizontal(pl.col(f"{name}_{side}").list.len() >= common + least for side in "ab"))
    return pl.any_horizontal(has_own)


def _figures() -> pl.Expr:
    """Numbers count only where a word of the titles tells the papers apart: a revision counts anew too."""
    return pl.when("is_told_apart", "has_other_figures").then(pl.lit("differ")).otherwise(pl.lit("unknown"))


def _overlap(parameters: Parameters) -> pl.Expr:
    """Share of the shorter abstract's two-word sequences that the other has too, 0 to 1; null where one says too little."""
    shorter = pl.min_horizontal(pl.col("bigrams_a").list.len(), pl.col("bigrams_b").list.len())
    common = pl.col("bigrams_a").list.set_intersection(pl.col("bigrams_b")).list.len()
    return pl.when(shorter >= parameters.min_bigrams).then(common / shorter)


def _abstract(parameters: Parameters) -> pl.Expr:
    overlap = pl.col("overlap")
    # Papers of one series share most of their abstracts.
    least = pl.when("is_told_apart").then(parameters.series_abstract_overlap)
    return (
        pl.when(overlap >= least.otherwise(parameters.near_abstract_overlap))
        .then(pl.lit("same"))
        .when(overlap >= least.otherwise(parameters.same_abstract_overlap))
        .then(pl.lit("alike"))
        .when(overlap <= parameters.different_abstract_overlap)
        .then(pl.lit("other"))
        .when(overlap.is_not_null() & pl.col("is_told_apart"))
        .then(pl.lit("partly"))
        .otherwise(pl.lit("unknown"))
    )


def _other_identifier() -> pl.Expr:
    """Whether both have identifiers that name different papers: arXiv ids, keys of one curated catalogue, or DOIs of one registrant. A preprint
    and its article have DOIs of two registrants."""
    differ = ((pl.col(f"{name}_a") != pl.col(f"{name}_b")).fill_null(value=False) for name in ("arxiv_id", *CURATED))
    return pl.any_horizontal(*differ, pl.col("doi_says") == "other")


def _same_identifier(parameters: Parameters) -> pl.Expr:
    """Whether both have one identifier, and titles that can be of one paper."""
    return (pl.col("identifier_says") == "same") & (pl.col("title_alike") >= parameters.same_identifier_title_similarity)


def _is_corroborated() -> pl.Expr:
    """Whether anything but title and abstract speaks for one paper: a title alone is no evidence, and one that only resembles needs its authors or
    its place."""
    strong = [_weight(name) > 0 for name in ("names", "place")]
    weak = [_weight(name) > 0 for name in ("year", "venue", "listing", "count", "organization")]
    return pl.any_horizontal(strong) | (pl.col("title_says").is_in(["same", "generic"]) & pl.any_horizontal(weak))


def _objection() -> pl.Expr:
    """The weight; 0 where it is below only for want of evidence: what nobody says parts no papers that a third record joins."""
    return pl.when((pl.col("weight") < 0) & ~(pl.col("says_no") | (pl.col("abstract_weight") < 0))).then(0.0).otherwise("weight")


def _decision() -> list[pl.Expr]:
    """The verdict on a pair, and by which rule."""
    weight, same_title = pl.col("weight"), pl.col("is_same_title")
    is_two = pl.col("is_other_identifier") | (same_title & (pl.col("abstract_says") == "other") & ~pl.col("is_one_identifier"))
    same_abstract = pl.col("abstract_says").is_in(["same", "alike"])
    rule = (
        pl.when("is_one_identifier")
        .then(pl.lit("same_identifier"))
        .when(same_title & same_abstract)
        .then(pl.lit("same_title_similar_abstract"))
        .when(same_title)
        .then(pl.lit("same_title_same_facts"))
        .when(same_abstract)
        .then(pl.lit("similar_title_same_abstract"))
        .otherwise(pl.lit("similar_title_same_facts"))
    )
    # One text under two titles is a paper renamed, or two of a series: whose text is the same to the word, or whose authors agree, was renamed.
    has_its_text = pl.when("is_told_apart").then(pl.col("overlap") == 1).otherwise(same_abstract).fill_null(value=False)
    is_same = ~is_two & (weight > 0) & (pl.col("is_one_identifier") | pl.col("is_corroborated") | has_its_text)
    decision = pl.when(is_two).then(pl.lit("different")).when(is_same).then(pl.lit("same")).otherwise(pl.lit("open"))
    return [decision.alias("decision"), pl.when(is_same).then(rule).alias("rule")]
