"""Keys for comparing texts: two spellings of one title, in TeX, HTML, capitals or plain, have the same key.

Keys are for comparing only. The text that people see is the printed one, with its white space folded.
"""

import html
import re
import unicodedata

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


def folded(text: pl.Expr) -> pl.Expr:
    """The text in Unicode NFC, every run of white space one blank, none at its ends; null where nothing is left."""
    spaces = r"[\s\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\x00-\x1f]+"
    clean = text.str.normalize("NFC").str.replace_all(spaces, " ").str.strip_chars()
    return pl.when(clean != "").then(clean)


# Nearly all texts have none of these, and looking once is cheaper than replacing a dozen times.
_MARKUP = r"[\\{}$<&]|[0-9]\s*times|(?:sim|approx)\s+[0-9]"
_NOT_ASCII = r"[^\x00-\x7f]"


def without_markup(text: pl.Expr) -> pl.Expr:
    """The text without HTML tags and entities and with TeX's accents, commands and braces undone as far as a key needs it."""
    return text.map_batches(lambda texts: _changed_where(texts, _MARKUP, _marked_up()), return_dtype=pl.String)


def words(text: pl.Expr, kept: str = "") -> pl.Expr:
    """The text's words in lower case, accents dropped, separated by single blanks; empty where it has no letter and no digit.

    A sign in `kept` stays too, as what parts the texts of a list.
    """
    other = _TEXT.str.normalize("NFKD").str.replace_all(r"[\u0300-\u036f]", "").str.to_lowercase().str.replace_many(_LETTERS | _GREEK)
    lower = without_markup(text).str.to_lowercase().map_batches(lambda texts: _changed_where(texts, _NOT_ASCII, other), return_dtype=pl.String)
    return lower.str.replace_all(rf"[^\p{{L}}\p{{N}}{kept}]+", " ").str.strip_chars()


_TEXT = pl.col("text")


def _changed_where(texts: pl.Series, pattern: str, change: pl.Expr) -> pl.Series:
    """The texts, those that have the pattern changed: only they pay for the change."""
    frame = texts.to_frame("text").with_columns(has=_TEXT.str.contains(pattern))
    if not frame["has"].any():
        return texts
    changed = frame.select(pl.when("has").then("text").alias("text")).select(change).to_series()
    return frame.with_columns(changed=changed).select(pl.when("has").then("changed").otherwise("text").alias(texts.name)).to_series()


def _marked_up() -> pl.Expr:
    clean = _TEXT.str.replace_all(_TAG, "")
    has_entity = clean.str.contains(_ENTITY)
    clean = pl.when(has_entity).then(_unescaped(pl.when(has_entity).then(clean))).otherwise(clean)
    for pattern, replacement in _TEX:
        clean = clean.str.replace_all(pattern, replacement)
    return clean.str.replace_all(r"[{}$]", "")


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


def _unescaped(text: pl.Expr) -> pl.Expr:
    # Only texts that have an entity reach Python; there are few, and the standard library knows all 2,231 names.
    return text.map_elements(_without_entities, return_dtype=pl.String, skip_nulls=True)


def _without_entities(text: str) -> str:
    return re.sub(_ENTITY, lambda found: html.unescape(found[0]), text)
