"""What a title says beside its words: parts, kinds of notices, other titles in brackets."""

import polars as pl

from transforms.keys import key, words

# What a bibliography adds to a title in brackets: [Spanish], [Review], [3], a title in another language.
_BRACKETS = r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
# What kind of contribution it is, as some proceedings print it in or behind the title: (panel session), (Demo Abstract).
_LABEL_WORDS = "panel|session|abstract|demo|demonstration|description|poster|extended|invited|talk|tutorial|industrial|experience|short|full|paper"
_LABEL = rf"(?i)\s*\((?:(?:{_LABEL_WORDS})\b\s*)+\)"
# An export cuts long titles off, within the brackets too.
_CUT_BRACKETS = r"\[[^\[\]]*$"
# Numbers, numerals, and names with a number in them: 2003, II, p16, gpt4.
_NUMBERS = r"\b\p{L}*\d[\p{L}\d]*\b|\b[IVX]+\b"
# A small letter is no numeral by itself, but behind `part`.
_PARTS = r"\b(?:parts?|pt|chapter|volume|vol|case|paper) (?:[ivx]+|[a-e]|one|two|three|four|five|six)\b"
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx"]
_NUMBER_WORDS = ["one", "two", "three", "four", "five", "six"]
# Numerals and words for numbers, as digits.
AS_DIGITS = {word: str(number) for words in (_ROMAN, _NUMBER_WORDS) for number, word in enumerate(words, 1)}
_ORDINALS = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
# Which part or edition it is, if not the first.
LATER = frozenset([*(word for word, digits in AS_DIGITS.items() if digits != "1"), *(str(number) for number in range(2, 31)), *_ORDINALS])
LATER |= {"2nd", "3rd", *(f"{number}th" for number in range(4, 21)), "revised"}
# Comparing takes the square of the length; who prints an abstract for a title begins it differently.
_COMPARED = 500
# A notice about a paper is a paper of its own. What shows one in the words of a title, by kind.
_NOTICES = {
    "correction": r"^(?:(?:published|author|publisher|authors) (?:s )?)?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|addend(?:um|a))\b"
    r"|^notice of correction\b|^(?:berichtigung|rectificatif)\b|\b(?:erratum|corrigendum)$",
    # A paper whose title now begins with RETRACTED is still that paper.
    "retraction": r"^(?:retraction|withdrawal|(?:editorial )?expression of concern|notice of (?:retraction|withdrawal))\b",
    "reply": r"^(?:(?:authors? )?(?:reply|response|rejoinder|rebuttal)|in reply)\b|\b(?:reply|rejoinder)$",
    "comment": r"^(?:comments?|commentary|discussion|letter|invited commentary)\b|\b(?:editorial comment|commentary)$",
    "editorial": r"^(?:editorial|preface|foreword|guest editorial|in this issue|introduction to the special)\b",
    "review": r"^(?:book reviews?|reviews? of)\b|\bbook review$",
}
# What is printed behind the title of a correction is where the corrected paper stands: (vol 9, pg 1223, 2009). A year and two numbers more.
_CORRECTED = r"\((?:[^()]|\([^()]*\))*\)\s*\.?$"
_GENERIC_WORDS = """
editorial editorials editor editors s comments comment preface foreword introduction introductory remarks guest special issue section the a
an of to from and in on for notes note column report reports news newsletter letter letters announcement announcements review reviews book
books call papers index contents table obituary memoriam erratum errata corrigendum correction message chair chairs president presidents
treasurer secretary welcome conference workshop program committee organization sponsors author list front matter back cover title page
message messages annual year society association calendar events instructions information acknowledgement acknowledgements referees
acknowledgment desk readers corrections new members meetings upcoming our
masthead abstracts abstract reply response authors discussion summary conclusion conclusions background overview this issues about
contributors acknowledgment acknowledgments acknowledgements reviewers keynote invited talk panel session tutorial tutorials poster posters
demo demonstrations career forum industry perspectives reminiscences influential vol volume number no
"""
# Titles made of these words alone name a kind of text, not a text.
_GENERIC = pl.Series([sorted(_GENERIC_WORDS.split())])


def title_facts(printed: pl.Series) -> pl.DataFrame:
    """One row per title: title_key, title (its words), title_inside (the words of what stands in brackets, where the title has more),
    title_numbers, notice (what kind of notice about a paper it is, null for a paper), is_generic (it names a kind of text, not a text)."""
    behind = pl.col("printed").str.extract(rf"({_CORRECTED})", 1)
    is_correction = (behind.str.contains(r"\b(?:19|20)\d\d\b") & (behind.str.count_matches(r"\d+") >= 3)).fill_null(value=False)
    titles = printed.to_frame("printed").with_columns(is_correction=is_correction)
    titles = titles.with_columns(whole=pl.when("is_correction").then(pl.col("printed").str.replace(_CORRECTED, "")).otherwise("printed"))
    titles = titles.with_columns(whole=pl.col("whole").str.replace_all(_LABEL, ""))
    titles = titles.with_columns(outside=pl.col("whole").str.replace_all(_BRACKETS, " ").str.replace(_CUT_BRACKETS, ""))
    has_both = pl.col("outside").str.contains(r"\p{L}{3}") & (pl.col("outside") != pl.col("whole"))
    titles = titles.with_columns(
        outside=pl.when(has_both).then("outside").otherwise("whole"),
        inside=pl.when(has_both).then(pl.col("whole").str.extract(rf"({_BRACKETS})", 1)),
    )
    titles = titles.select(
        "is_correction",
        title_key=key(pl.col("printed")),
        title=words(pl.col("outside")).str.head(_COMPARED),
        title_inside=words(pl.col("inside")).str.head(_COMPARED),
        numbers=pl.col("outside").str.extract_all(_NUMBERS),
    )
    parts = pl.col("title").str.extract_all(_PARTS).list.eval(pl.element().str.extract(r"(\S+)$", 1))
    numbers = pl.concat_list("numbers", parts).list.eval(pl.element().str.to_lowercase().replace(AS_DIGITS))
    titles = titles.with_columns(title_numbers=numbers.list.unique().list.sort().list.join(" "))
    # A title of signs alone has no words; what it has is its key.
    titles = titles.with_columns(title=pl.when(pl.col("title") == "").then("title_key").otherwise("title").str.head(_COMPARED))
    return titles.select("title_key", "title", "title_inside", "title_numbers", notice=_notice(), is_generic=_is_generic())


def _notice() -> pl.Expr:
    kinds = [pl.when("is_correction").then(pl.lit("correction"))]
    kinds += [pl.when(pl.col("title").str.contains(pattern)).then(pl.lit(kind)) for kind, pattern in _NOTICES.items()]
    return pl.coalesce(kinds)


def _is_generic() -> pl.Expr:
    """Whether the title names a kind of text: `Editorial`, `Editor's comments`, `Book review column`."""
    told = pl.col("title").str.replace_all(r"\b\d+\b", " ").str.extract_all(r"\S+")
    return told.list.set_difference(pl.lit(_GENERIC)).list.len() == 0
