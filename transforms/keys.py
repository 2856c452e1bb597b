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
_TAG = r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]{0,200})?/?>"
# Bounded: Python refuses numbers of thousands of digits.
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"


# Most texts are plain, and each step below costs as much as reading them: it is taken only by the texts that it can change.
_SPACE = r"[\s\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\x00-\x1f]"
_HAS_ODD_SPACE = r"^ | $|  |[\s\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\x00-\x1f--[ ]]"
_HAS_TEX = r"[\\{}$]|\d\s*times\b|\b(?:sim|approx)\s+\d"


def folded(text: pl.Expr) -> pl.Expr:
    """The text in Unicode NFC, every run of white space one blank, none at its ends; null where nothing is left."""
    return text.map_batches(_folded, return_dtype=pl.String)


def _folded(text: pl.Series) -> pl.Series:
    # Composed letters below U+0300 stay as they are; only what comes after can be composed.
    text = _changed(text, r"[^\x00-\x{2ff}]", lambda some: some.str.normalize("NFC"))
    text = _changed(text, _HAS_ODD_SPACE, lambda some: some.str.replace_all(f"{_SPACE}+", " ").str.strip_chars())
    return text.set(text == "", None)


def without_markup(text: pl.Expr) -> pl.Expr:
    """The text without HTML tags and entities and with TeX's accents, commands and braces undone as far as a key needs it."""
    return text.map_batches(_without_markup, return_dtype=pl.String)


def _without_markup(text: pl.Series) -> pl.Series:
    text = _changed(text, "<", lambda some: some.str.replace_all(_TAG, ""))
    # Only texts that have an entity reach Python; there are few, and the standard library knows all 2,231 names.
    text = _changed(text, _ENTITY, lambda some: pl.Series([_without_entities(one) for one in some], dtype=pl.String))
    return _changed(text, _HAS_TEX, _without_tex)


def _without_tex(text: pl.Series) -> pl.Series:
    for pattern, replacement in _TEX:
        text = text.str.replace_all(pattern, replacement)
    return text.str.replace_all(r"[{}$]", "")


def words(text: pl.Expr) -> pl.Expr:
    """The text's words in lower case, accents dropped, separated by single blanks; empty where it has no letter and no digit."""
    return without_markup(text).map_batches(_words, return_dtype=pl.String)


def _words(text: pl.Series) -> pl.Series:
    text = _changed(text, r"[^\x00-\x7f]", lambda some: some.str.normalize("NFKD").str.replace_all(r"[\u0300-\u036f]", ""))
    letters = text.str.to_lowercase()
    letters = _changed(letters, r"[^\x00-\x7f]", lambda some: some.str.replace_many(_LETTERS | _GREEK))
    # A single blank between two words, which is most of what stands there, is left as it is: that takes a fifth of the time.
    return letters.str.replace_all(r" *[^\p{L}\p{N} ][^\p{L}\p{N}]*|  +", " ").str.strip_chars()


def _changed(text: pl.Series, pattern: str, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The texts, those that have the pattern changed."""
    concerned = text.str.contains(pattern).arg_true()
    return text.scatter(concerned, change(text.gather(concerned))) if concerned.len() else text


def key(text: pl.Expr) -> pl.Expr:
    """The words without blanks, so that `pre-training`, `pretraining` and `pre training` agree; a text of signs alone is its own key."""
    return key_of_words(words(text), text)


def key_of_words(words_of_text: pl.Expr, text: pl.Expr) -> pl.Expr:
    """The key of a text whose words are known already: finding them is what costs."""
    joined = words_of_text.str.replace_all(" ", "", literal=True)
    return pl.when(joined == "").then(text.str.to_lowercase()).otherwise(joined)


def has_markup(text: pl.Expr) -> pl.Expr:
    """Whether the text has remains of TeX or HTML."""
    return (
        text.str.contains(r"""\\[A-Za-z'`^"~=.%&#_$({\[]|\$[^$]+\$|[{}]|\^\{?\w|\d\s?times\b""")
        | text.str.contains(_TAG)
        | text.str.contains(_ENTITY)
    )


def _without_entities(text: str) -> str:
    return re.sub(_ENTITY, lambda found: html.unescape(found[0]), text)
