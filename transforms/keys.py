"""Keys for comparing texts: two spellings of one title, in TeX, HTML, capitals or plain, have the same key.

Keys are for comparing only. The text that people see is the printed one, with its white space folded.
"""

import html
import re
import unicodedata
from collections.abc import Callable

import polars as pl

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "×": "x"}
# TeX writes \pi where Unicode has a letter.
_GREEK = {letter: unicodedata.name(letter).split()[-1].lower() for letter in "αβγδεζηθικλμνξοπρστυφχψω"}
_GREEK |= {"λ": "lambda", "ς": "sigma", "ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta"}

# Order matters: accents before commands, commands before the braces they leave behind.
_TEX = (
    # \'e, \"{o}, {\~n}: the letter. Polars has no letter for the accent to join, and the key would drop it anyway.
    (r"""\\['`^"~=.]\s*\{?\\?([A-Za-z])\}?""", "${1}"),
    (r"\\[cvuHkrdbt]\s*\{\\?([A-Za-z]{1,2})\}", "${1}"),
    (r"\\(ss|ae|oe|AE|OE|aa|AA|o|O|l|L|i|j)(?:\{\}|\b)\s?", "${1}"),
    (r"\\times([^A-Za-z]|$)", "x${1}"),
    (r"\\(?:sim|approx|cdot)([^A-Za-z]|$)", "${1}"),
    (r"\\([%&#_$])", "${1}"),
    # \textbf{word} and \alpha: what is named or wrapped stays; the dumps print some commands without their backslash.
    (r"\\?\b(?:text(?:bf|it|sc|tt|rm|sf|up|normal)?|emph|math(?:bf|rm|cal|bb|it|sf|tt)?|operatorname|mbox|underline)\s*\{", "{"),
    (r"\\(?:url|href|footnote|cite\w*)\s*\{", "{"),
    (r"\\([A-Za-z]+)", "${1}"),
    # Remains of \times, \sim and \approx whose backslash and dollars were eaten: 15.81times, 100M sim 1B.
    (r"(\d)\s*times\b", "${1}x"),
    (r"\b(?:sim|approx)\s+(\d)", "${1}"),
)
# Without one of these no pattern below finds anything; most texts have none.
_SIGN_OF_MARKUP = r"[\\{}$<&]|times|sim|approx"
# A run of white space that is not one plain blank.
_SPACE = r"\s\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\x00-\x1f"
_ODD_SPACE = rf"(?: {{2,}}| ?[[{_SPACE}]&&[^ ]])[{_SPACE}]*"
_TAG = r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]{0,200})?/?>"
# Bounded: Python refuses numbers of thousands of digits.
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"


def folded(text: pl.Expr) -> pl.Expr:
    """The text in Unicode NFC, every run of white space one blank, none at its ends; null where nothing is left."""
    # Composing looks at every character, and only a text with letters beyond ASCII can need it. A single blank stays, so that only odd places are
    # written anew. Together that takes a fifth of the time.
    composed = where(text, _is_beyond_ascii, lambda odd: odd.str.normalize("NFC"))
    return composed.str.replace_all(_ODD_SPACE, " ").str.strip_chars(" ").replace("", None)


def where(text: pl.Expr, is_odd: Callable[[pl.Expr], pl.Expr], change: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """The text, changed where it is odd. What is costly and seldom needed is done only there: a null costs nothing."""

    # The steps stand on columns of their own: as one nested expression each of them would be computed again for each place that names it.
    def changed(texts: pl.Series) -> pl.Series:
        frame = texts.alias("text").to_frame().with_columns(is_odd=is_odd(pl.col("text")))
        frame = frame.with_columns(odd=pl.when("is_odd").then("text"))
        return frame.select(pl.when("is_odd").then(change(pl.col("odd"))).otherwise("text").alias(texts.name)).to_series()

    return text.map_batches(changed, return_dtype=pl.String, is_elementwise=True)


def _is_beyond_ascii(text: pl.Expr) -> pl.Expr:
    return text.str.len_bytes() != text.str.len_chars()


def without_markup(text: pl.Expr) -> pl.Expr:
    """The text without HTML tags and entities and with TeX's accents, commands and braces undone as far as a key needs it."""
    return where(text, lambda printed: printed.str.contains(_SIGN_OF_MARKUP), _without_markup)


def _without_markup(text: pl.Expr) -> pl.Expr:
    clean = without_entities(text.str.replace_all(_TAG, ""))
    for pattern, replacement in _TEX:
        clean = clean.str.replace_all(pattern, replacement)
    return clean.str.replace_all(r"[{}$]", "")


def words(text: pl.Expr, kept: str = "") -> pl.Expr:
    """The text's words in lower case, accents dropped, separated by single blanks; empty where it has no letter and no digit.

    A sign in `kept` stays too, as what parts the texts of a list.
    """
    clean = without_markup(text).str.to_lowercase()
    clean = where(clean, _is_beyond_ascii, _without_accents)
    # A single blank between two words, which is most of what stands there, is left as it is: that takes a fifth of the time.
    known = rf"\p{{L}}\p{{N}}{kept}"
    return clean.str.replace_all(rf" *[^{known} ][^{known}]*|  +", " ").str.strip_chars()


def _without_accents(text: pl.Expr) -> pl.Expr:
    # A letter may be a capital only after its decomposition (a mathematical bold A).
    plain = text.str.normalize("NFKD").str.replace_all(r"[\u0300-\u036f]", "").str.to_lowercase()
    return plain.str.replace_many(_LETTERS | _GREEK)


def key(text: pl.Expr) -> pl.Expr:
    """The words without blanks, so that `pre-training`, `pretraining` and `pre training` agree; a text of signs alone is its own key."""
    return key_of_words(words(text), text)


def key_of_words(words_of_text: pl.Expr, text: pl.Expr) -> pl.Expr:
    """The key of a text whose words are known already: finding them is what costs."""
    return pl.coalesce(words_of_text.str.replace_all(" ", "", literal=True).replace("", None), text.str.to_lowercase())


def has_markup(text: pl.Expr) -> pl.Expr:
    """Whether the text has remains of TeX or HTML."""
    return (
        text.str.contains(r"""\\[A-Za-z'`^"~=.%&#_$({\[]|\$[^$]+\$|[{}]|\^\{?\w|\d\s?times\b""")
        | text.str.contains(_TAG)
        | text.str.contains(_ENTITY)
    )


def without_entities(text: pl.Expr) -> pl.Expr:
    """The text with the characters that HTML entities stand for; what only looks like an entity stays."""
    # Only texts that have an entity reach Python; there are few, and the standard library knows all 2,231 names.
    return where(
        text, lambda printed: printed.str.contains(_ENTITY), lambda odd: odd.map_elements(unescaped, return_dtype=pl.String, skip_nulls=True)
    )


def unescaped(text: str) -> str:
    """The text with the characters that its HTML entities stand for."""
    return re.sub(_ENTITY, lambda found: html.unescape(found[0]), text)
