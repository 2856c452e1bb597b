"""Authors, one by one: within a paper the union of what its sources say."""

import polars as pl

from transforms.author_alignment import Person, aligned
from transforms.author_lists import decoded
from transforms.json_text import dumps
from transforms.keys import folded, has_markup, words

_ORCID = r"([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])"
# Sources whose id of an author means one person wherever it stands; that of Hugging Face means a place in one paper's list.
PERSON_IDS = ("acl", "dblp", "openalex", "paperlists", "semanticscholar")
_PARTS = ("name", "given", "family", "suffix")
# What stands in a list of authors and is none.
_NOBODY = r"(?i)^(?:and\s)?(?:et\.? al\.?|others|and others)$"
_HOMONYM, _SUFFIX = r"\s[0-9]{4}$", r"(?i),?\s(?:jr|sr|ii|iii|iv)\.?$"
_EASTERN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
# Smith J, Wang X.-Y.: initials behind the family name.
_INITIALS_BEHIND = r"^(.*\p{L}{2}.*?)\s((?:\p{Lu}\.?[ -]?){1,4})$"
# Umlauts written out are no longer names.
_UMLAUTS = r"[äöüåøæœßÄÖÜÅØÆŒ]"
_DAMAGE = "\ufffd|Ã[\u0080-\u00bf]|Â[\u0080-\u00bf]"


def authorships(records: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """One row per paper and author of it, in the columns of silver.authorships.

    `records` are those of staging.records with paper_id, `ranked` the values of dedupe.merge, of which the lists of authors are read. The best list
    gives the order; who stands only in others comes behind; each has the best spelling. An entry with no name is passed over, its place stays free.
    """
    lists = ranked.filter(pl.col("field") == "authors").select("paper_id", "rank", "record_id", "value")
    lists = lists.join(records.select("record_id", "source"), on="record_id")
    entries = _entries(lists)
    is_contested = pl.col("rank").max().over("paper_id") > 1
    alone = entries.filter(~is_contested).with_columns(position="entry", rank=pl.lit(1, pl.Int64))
    several = entries.filter(is_contested)
    found = pl.concat([_as_rows(alone), _united(_with_keys(several))])
    return found.with_columns(author_id=_author_id())


def _entries(lists: pl.DataFrame) -> pl.DataFrame:
    """One row per entry of a list that names somebody: paper_id, rank of its list, record_id, entry (its place from 1), the parts of the name, orcid,
    source_id (`openalex:A12`), affiliations."""
    read = lists.with_columns(author=decoded(lists["value"])).drop("value")
    rows = read.explode("author", empty_as_null=False).drop_nulls("author")
    rows = rows.with_columns(entry=pl.int_range(1, pl.len() + 1).over("paper_id", "rank").cast(pl.Int64)).unnest("author")
    rows = rows.with_columns(
        *(folded(pl.col(name)).alias(name) for name in _PARTS),
        orcid=pl.col("orcid").str.to_uppercase().str.extract(_ORCID, 1),
        source_id=pl.when(pl.col("source").is_in(PERSON_IDS)).then(pl.format("{}:{}", "source", _own_id())),
    )
    # Where the source tells the parts apart, they say more than a name in any order.
    whole = pl.when(pl.col("family").is_not_null()).then(pl.concat_str("given", "family", "suffix", separator=" ", ignore_nulls=True))
    # An eastern family name stands first, and nothing is put between it and the given one that was not there.
    is_eastern = pl.col("name").str.contains(_EASTERN).fill_null(value=False)
    rows = rows.with_columns(name=pl.when(is_eastern).then("name").otherwise(pl.coalesce(whole, "name"))).drop_nulls("name")
    return rows.filter(~pl.col("name").str.contains(_NOBODY))


def _own_id() -> pl.Expr:
    """The id without the address that some print before it; null for what is blank."""
    own = pl.col("id").str.strip_chars().replace("", None)
    return own.str.replace(r"(?i)^https?://openalex\.org/", "")


def _as_rows(entries: pl.DataFrame) -> pl.DataFrame:
    """The rows of lists that stand alone."""
    ids = pl.when(pl.col("source_id").is_not_null()).then(pl.concat_list("source_id"))
    return entries.with_columns(source_ids=ids).select(_columns())


def _columns() -> list[pl.Expr]:
    """The columns of silver.authorships but author_id, from entries with their position and a list source_ids."""
    ids = pl.col("source_ids").list.drop_nulls().list.unique().list.sort()
    return [
        *(pl.col(name) for name in ("paper_id", "position", "name", "given", "family", "orcid")),
        ids.list.first().alias("source_author_id"),
        _as_json(ids).alias("source_author_ids"),
        _as_json(pl.col("affiliations").list.drop_nulls()).alias("affiliations"),
        pl.col("record_id"),
    ]


def _as_json(lists: pl.Expr) -> pl.Expr:
    some = pl.when(lists.list.len() > 0).then(lists)
    return some.map_elements(lambda values: dumps(values.to_list()), return_dtype=pl.String, skip_nulls=True)


def _author_id() -> pl.Expr:
    """What joins the author across papers: the ORCID, else the first id of a source; else the author is one of this paper alone."""
    return pl.coalesce(pl.format("orcid:{}", "orcid"), "source_author_id", pl.format("{}/{}", "paper_id", pl.col("position").cast(pl.String)))


def _with_keys(entries: pl.DataFrame) -> pl.DataFrame:
    """The entries with what is compared of them: family_words, given_words, is_latin."""
    plain = pl.col("name").str.replace(_HOMONYM, "").str.replace(_SUFFIX, "").str.replace_all(_DAMAGE, "")
    comma = plain.str.extract_groups(r"^([^,]+),\s*(.+)$").struct
    behind = plain.str.extract_groups(_INITIALS_BEHIND).struct
    last = plain.str.extract_groups(r"^(.*\S)\s+(\S+)$").struct
    is_eastern = pl.col("name").str.contains(_EASTERN)
    has_parts = pl.col("family").is_not_null() & ~is_eastern
    family = (
        pl.when(has_parts)
        .then("family")
        .when(is_eastern)
        .then(pl.col("name").str.replace_all(r"[\s,]", ""))
        .otherwise(pl.coalesce(comma.field("1"), behind.field("1"), last.field("2"), plain))
    )
    given = pl.when(has_parts).then("given").when(~is_eastern).then(pl.coalesce(comma.field("2"), behind.field("2"), last.field("1")))
    keyed = entries.with_columns(family_words=family, given_words=given, is_latin=pl.col("name").str.contains(r"\p{Latin}"))
    # Names repeat, and finding their words costs.
    for name in ("family_words", "given_words"):
        distinct = keyed.select(name).unique().with_columns(words=words(pl.col(name)).fill_null(""))
        keyed = keyed.join(distinct, on=name, how="left", nulls_equal=True, maintain_order="left").drop(name).rename({"words": name})
    # Of `van der Berg` the last word is what every source prints.
    return keyed.with_columns(
        family_key=pl.col("family_words").str.extract(r"(\S+)$", 1), initial=pl.col("given_words").str.head(1).replace("", None)
    )


def _united(entries: pl.DataFrame) -> pl.DataFrame:
    """The authors of papers with several lists, each once."""
    numbered = _quickly_aligned(entries)
    rest = numbered.filter(pl.col("position").is_null().any().over("paper_id"))
    rest = _aligned_one_by_one(rest.drop("position"))
    done = numbered.filter(pl.col("position").is_not_null().all().over("paper_id"))
    united = pl.concat([done, rest.select(done.columns)]).with_columns(_quality())
    united = united.sort("paper_id", "position", *_ORDER, "rank", "name", descending=[False, False, *[True] * len(_ORDER), False, False])
    by_list = united.sort("paper_id", "position", "rank")
    told = by_list.group_by("paper_id", "position", maintain_order=True).agg(
        pl.col("orcid").drop_nulls().first(), pl.col("source_id").alias("source_ids"), pl.col("affiliations").drop_nulls().first()
    )
    best = united.unique(["paper_id", "position"], keep="first", maintain_order=True).drop("orcid", "source_id", "affiliations")
    return best.join(told, on=["paper_id", "position"]).select(_columns())


def _quickly_aligned(entries: pl.DataFrame) -> pl.DataFrame:
    """The entries with their author's position: that in the first list of the one entry there with the same family name and initial, where the other
    list has one such entry too. What needs more thought is null."""
    key = ["paper_id", "family_key", "initial"]
    is_only = pl.len().over("rank", *key) == 1
    marked = entries.with_columns(is_clear=is_only & pl.col("initial").is_not_null())
    first = marked.filter((pl.col("rank") == 1) & pl.col("is_clear")).select(*key, position="entry")
    found = marked.join(first, on=key, how="left", maintain_order="left")
    position = pl.when(pl.col("rank") == 1).then("entry").when("is_clear").then("position")
    return found.with_columns(position=position).drop("is_clear")


def _aligned_one_by_one(entries: pl.DataFrame) -> pl.DataFrame:
    """The entries with their author's position, whatever it takes to find it."""
    ordered = entries.sort("paper_id", "rank", "entry")
    positions: list[int] = []
    facts = ["family_words", "given_words", "orcid", "is_latin"]
    for paper in ordered.partition_by("paper_id", maintain_order=True):
        lists = [[Person(*row) for row in one.select(facts).iter_rows()] for one in paper.partition_by("rank", maintain_order=True)]
        places = paper.filter(pl.col("rank") == pl.col("rank").min())["entry"].to_list()
        for numbers in aligned(lists):
            positions += [places[number] if number < len(places) else places[-1] + 1 + number - len(places) for number in numbers]
    return ordered.with_columns(pl.Series("position", positions, dtype=pl.Int64))


# Of several spellings the first by these, larger first: without damage, not in capitals, given names in full, accents kept, parts told apart.
_ORDER = ("is_clean", "is_not_shouted", "letter_count", "accent_count", "has_parts")


def _quality() -> list[pl.Expr]:
    name = pl.col("name")
    without_initials = name.str.replace_all(r"\b\p{Lu}{1,3}\b", "")
    return [
        (~(has_markup(name) | name.str.contains(_DAMAGE) | name.str.contains(_HOMONYM))).alias("is_clean"),
        name.ne(name.str.to_uppercase()).alias("is_not_shouted"),
        (without_initials.str.count_matches(r"\p{L}") + without_initials.str.count_matches(_UMLAUTS)).alias("letter_count"),
        (name.str.len_bytes() - name.str.len_chars()).alias("accent_count"),
        pl.col("family").is_not_null().alias("has_parts"),
    ]
