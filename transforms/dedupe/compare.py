"""Compare: what two records say of each other, field by field, each in one word."""

import polars as pl
from rapidfuzz import fuzz

from transforms.dedupe.facts import IDENTIFIERS, SCHEMES
from transforms.dedupe.likeness import change, of_distinct, of_pairs, pages_apart, part, scores, shifted
from transforms.dedupe.venues import venue_likeness

EVIDENCE = (
    "title",
    "length",
    "change",
    "part",
    "numbers",
    "notice",
    "names",
    "first_name",
    "year",
    "venue",
    "place",
    "identifier",
    "doi",
    "listing",
    "count",
    "organization",
)

_UNKNOWN = pl.lit("unknown")
_PLACE = ("volume", "issue", "first_page")
_PLACES = [f"{name}_{side}" for side in "ab" for name in _PLACE]
_PAGES = [f"{name}_{side}" for side in "ab" for name in ("first_page", "last_page")]
_PART_OR_YEAR = r"^(?:[12]?\d|30|1[89]\d\d|20\d\d|[a-e])$"
_RESEMBLING = ("slip", "near", "close")


# What `promising` looks at.
GLANCED_AT = ("title", "title_inside", "start_digest", "first_page", "first_family", *IDENTIFIERS, *SCHEMES)


def promising(both: pl.DataFrame) -> pl.DataFrame:
    """The pairs, with title_alike and part_says, that may be one paper by their weights: titles that are alike, one in the other, or half alike
    by one first author; or a text, a page or an identifier that is the same.

    `both` has the columns GLANCED_AT of both records.
    """
    both = both.with_columns(title_alike=scores(both, "title", "title", fuzz.ratio))
    # Words in another order count as the words; a title in brackets is another title of the same paper.
    is_asked = pl.col("title_alike").is_between(0.25, 0.96)
    asked = both.with_columns(pl.when(is_asked).then("title_a").alias("title_a"))
    sorted_alike = scores(asked, "title", "title", fuzz.token_sort_ratio)
    inside = [scores(both, *sides, fuzz.ratio) for sides in (("title", "title_inside"), ("title_inside", "title"))]
    both = both.with_columns(
        title_alike=pl.max_horizontal("title_alike", sorted_alike, *inside),
        part_says=of_pairs(both, ("title_a", "title_b"), pl.col("title_alike") < 1, part),
    )
    is_known = pl.any_horizontal(_equal(name) for name in ("start_digest", "first_page", *IDENTIFIERS, *SCHEMES))
    is_alike = (pl.col("title_alike") >= 0.65) | ((pl.col("title_alike") >= 0.5) & _equal("first_family"))
    return both.filter(is_alike | is_known | (pl.col("part_says") != "unknown"))


def evidence(both: pl.DataFrame) -> pl.DataFrame:
    """The pairs with one word per field of EVIDENCE, `unknown` where either record says nothing of it.

    `both` has the columns of facts of both records, with _a and _b behind their names, title_alike and part_says.
    """
    names = both.select(pl.col("names_a", "names_b").str.replace_all("|", " ", literal=True))
    both = both.with_columns(
        names_alike=scores(names, "names", "names", fuzz.token_sort_ratio),
        first_name_alike=scores(both, "first_family", "first_family", fuzz.ratio),
        venue_alike=of_distinct(both, "venue_a", "venue_b", venue_likeness),
        names_shared=_shared_names(),
        title_says=_title(),
        shifted_says=of_pairs(both, _PLACES, _may_be_shifted(), shifted),
        pages_say=of_pairs(both, _PAGES, _differ("first_page"), pages_apart),
    ).with_columns(names_says=_names().fill_null("unknown"))
    # What is more in one of them may stand behind a title too short to resemble.
    is_asked = pl.col("title_says").is_in(_RESEMBLING) | (pl.col("part_says") == "begins")
    both = both.with_columns(changed=of_pairs(both, ("title_a", "title_b"), is_asked, change))
    is_told = pl.col("title_says").is_in(_RESEMBLING) | (pl.col("changed") == "sequel")
    both = both.with_columns(change_says=pl.when(is_told).then("changed").otherwise(_UNKNOWN))
    found = {
        "length": _length(),
        "numbers": _numbers(),
        "notice": _notice(),
        "first_name": _first_name(),
        "year": _year(),
        "venue": _venue(),
        "place": _place(),
        "identifier": pl.when(pl.any_horizontal(_equal(name) for name in (*IDENTIFIERS, *SCHEMES))).then(pl.lit("same")),
        "doi": _doi(),
        "listing": pl.when(_equal("published_on")).then(pl.lit("same_day")),
        # A number of authors says less than their names.
        "count": pl.when(pl.col("names_shared").is_null()).then(
            pl.when(_equal("author_count")).then(pl.lit("same")).when(_differ("author_count")).then(pl.lit("differ"))
        ),
        # Two organisations can both have written a paper.
        "organization": pl.when(_equal("organization_id")).then(pl.lit("same")),
    }
    return both.with_columns(word.fill_null("unknown").alias(f"{name}_says") for name, word in found.items())


def tells_apart() -> pl.Expr:
    """Whether a word of the titles is another, so that they may be two of a series: of pairs with evidence."""
    return pl.col("title_says").is_in(["some", "little", "other"]) | pl.col("change_says").is_in(["one_word", "other_words"])


def _equal(name: str) -> pl.Expr:
    return (pl.col(f"{name}_a") == pl.col(f"{name}_b")).fill_null(value=False)


def _differ(name: str) -> pl.Expr:
    return (pl.col(f"{name}_a") != pl.col(f"{name}_b")).fill_null(value=False)


def _title() -> pl.Expr:
    alike = pl.col("title_alike")
    is_same = (pl.col("title_key_a") == pl.col("title_key_b")) | _equal("title") | (alike == 1)
    return (
        pl.when(is_same & pl.col("is_generic_a") & pl.col("is_generic_b"))
        .then(pl.lit("generic"))
        .when(is_same)
        .then(pl.lit("same"))
        .when(alike >= 0.96)
        .then(pl.lit("slip"))
        .when(alike >= 0.9)
        .then(pl.lit("near"))
        .when(alike >= 0.78)
        .then(pl.lit("close"))
        # A subtitle left out, or a title cut off.
        .when(pl.col("part_says") == "begins")
        .then(pl.lit("begun"))
        .when(alike >= 0.65)
        .then(pl.lit("some"))
        .when(alike >= 0.5)
        .then(pl.lit("little"))
        .otherwise(pl.lit("other"))
    )


def _length() -> pl.Expr:
    """Whether equal titles say much or little: a hundred papers are called `Machine learning`."""
    count = pl.min_horizontal(*(pl.col(f"title_{side}").str.count_matches(" ") + 1 for side in "ab"))
    is_same = pl.col("title_says").is_in(["same", "slip"])
    return pl.when(is_same & (count <= 3)).then(pl.lit("short")).when(is_same & (count >= 9)).then(pl.lit("long")).otherwise(_UNKNOWN)


def _numbers() -> pl.Expr:
    """Whether the titles' numbers differ: those of parts and years (Part I and Part II, 2003 and 2004), or others, as in a name (`p16`), which may
    be a typing mistake. Those that only one of them has may be lost with a subtitle."""
    a, b = (pl.col(f"title_numbers_{side}").str.split(" ") for side in "ab")
    only = [a.list.set_difference(b), b.list.set_difference(a)]
    is_more = (pl.col("title_numbers_a") == "") | (pl.col("title_numbers_b") == "") | pl.any_horizontal(one.list.len() == 0 for one in only)
    is_same = (pl.col("title_numbers_a") == pl.col("title_numbers_b")) | (pl.col("title_key_a") == pl.col("title_key_b"))
    counts = pl.all_horizontal(one.list.eval(pl.element().str.contains(_PART_OR_YEAR)).list.any() for one in only)
    return pl.when(is_same).then(_UNKNOWN).when(is_more).then(pl.lit("more")).when(counts).then(pl.lit("differ")).otherwise(pl.lit("other"))


def _notice() -> pl.Expr:
    """Whether one is a notice about the other, or only one is called an editorial or a review."""
    a, b = pl.col("notice_a"), pl.col("notice_b")
    kinds = ["editorial", "review"]
    is_kind = (a.is_null() | a.is_in(kinds)) & (b.is_null() | b.is_in(kinds))
    return pl.when(a.eq_missing(b)).then(_UNKNOWN).when(is_kind).then(pl.lit("kind")).otherwise(pl.lit("differ"))


def _names() -> pl.Expr:
    shared, alike = pl.col("names_shared"), pl.col("names_alike")
    several = pl.col("names_a").str.contains("|", literal=True) & pl.col("names_b").str.contains("|", literal=True)
    counts = [pl.col(f"names_{side}").str.count_matches("|", literal=True) for side in "ab"]
    return (
        pl.when(shared.is_null())
        .then(pl.when(alike >= 0.9).then(pl.lit("one")).when(alike < 0.5).then(pl.lit("none")).otherwise(_UNKNOWN))
        .when(several & ((alike >= 0.95) | ((shared == 1) & (counts[0] == counts[1]) & (alike >= 0.6))))
        .then(pl.lit("same"))
        .when((shared == 1) | (alike >= 0.9))
        .then(pl.when(several).then(pl.lit("most")).otherwise(pl.lit("one")))
        .when((shared >= 0.6) | (alike >= 0.8))
        .then(pl.lit("most"))
        .when((shared >= 0.34) | (alike >= 0.65))
        .then(pl.lit("some"))
        .when(shared > 0)
        .then(pl.lit("few"))
        .otherwise(pl.lit("none"))
    )


def _first_name() -> pl.Expr:
    """Whether the first author is the same; of two lists of the same names the order says nothing, some sources sort them."""
    alike = pl.col("first_name_alike")
    is_sorted = pl.col("names_says").is_in(["same", "most"])
    return pl.when(alike >= 0.8).then(pl.lit("same")).when(alike.is_not_null() & ~is_sorted).then(pl.lit("differ")).otherwise(_UNKNOWN)


def _year() -> pl.Expr:
    gap = (pl.col("year_a") - pl.col("year_b")).abs()
    return (
        pl.when(gap == 0)
        .then(pl.lit("same"))
        .when(gap == 1)
        .then(pl.lit("next"))
        .when(gap <= 3)
        .then(pl.lit("near"))
        .when(gap.is_not_null())
        .then(pl.lit("far"))
        .otherwise(_UNKNOWN)
    )


def _venue() -> pl.Expr:
    """A source that prints where a paper stands prints nothing of what stands nowhere; between two sources it may be the habit of one."""
    alike = pl.col("venue_alike")
    one_source = _equal("source")
    is_bare = [pl.all_horizontal(pl.col(f"{name}_{side}").is_null() for name in ("venue", "volume", "first_page")) for side in "ab"]
    return (
        pl.when(alike >= 0.95)
        .then(pl.lit("same"))
        .when(alike >= 0.7)
        .then(pl.lit("like"))
        .when(alike > 0.5)
        .then(pl.lit("some"))
        .when(alike.is_not_null())
        .then(pl.lit("other"))
        .when(one_source & (is_bare[0] != is_bare[1]))
        .then(pl.lit("one_bare"))
        .when(one_source & is_bare[0] & is_bare[1])
        .then(pl.lit("both_bare"))
        .otherwise(_UNKNOWN)
    )


def _place() -> pl.Expr:
    """Volume, issue and pages together."""
    page, volume = _equal("first_page"), _equal("volume")
    other_page, other_volume, other_issue = (_differ(name) for name in ("first_page", "volume", "issue"))
    return (
        pl.when(page & volume & other_issue)
        .then(pl.lit("page_of_other_issue"))
        .when(page & volume & _equal("last_page") & (pl.col("last_page_a") != pl.col("first_page_a")))
        .then(pl.lit("same_range"))
        .when(page & volume)
        .then(pl.lit("same"))
        .when(page & other_volume)
        .then(pl.lit("page_of_other_volume"))
        .when(page)
        .then(pl.lit("page"))
        .when(pl.col("shifted_says") == "shifted")
        .then(pl.lit("shifted"))
        .when(other_page & (other_volume | other_issue))
        .then(pl.lit("other"))
        # A title in another language on other pages: a translation, printed for itself.
        .when(other_page & pl.col("title_says").is_in(["little", "other"]))
        .then(pl.lit("elsewhere"))
        .when(other_page & (pl.col("pages_say") == "apart"))
        .then(pl.when(volume).then(pl.lit("apart_in_volume")).otherwise(pl.lit("apart")))
        .when(other_page & volume)
        .then(pl.lit("other_page_of_volume"))
        .when(other_page)
        .then(pl.lit("other_page"))
        .when(other_volume | other_issue)
        .then(pl.lit("other_issue"))
        .when(volume)
        .then(pl.lit("volume"))
        .otherwise(_UNKNOWN)
    )


def _doi() -> pl.Expr:
    registrants = [pl.col(f"doi_{side}").str.extract(r"^(10\.[0-9.]+)/", 1) for side in "ab"]
    return (
        pl.when(_differ("doi") & (registrants[0] == registrants[1]))
        .then(pl.lit("other"))
        .when(_differ("doi"))
        .then(pl.lit("other_registrant"))
        .otherwise(_UNKNOWN)
    )


def _may_be_shifted() -> pl.Expr:
    """Whether both have two numbers of a place and not the same first page."""
    has_two = (pl.sum_horizontal(pl.col(f"{name}_{side}").is_not_null() for name in _PLACE) >= 2 for side in "ab")
    return pl.all_horizontal(*has_two, ~_equal("first_page"))


def _shared_names() -> pl.Expr:
    """Share of the shorter list's name words, initials left out, that the other list has too."""
    fewer = pl.min_horizontal(pl.col("name_words_a").list.len(), pl.col("name_words_b").list.len())
    return pl.when(fewer > 0).then(pl.col("name_words_a").list.set_intersection("name_words_b").list.len() / fewer)
