"""Addresses in abstracts."""

import polars as pl

# No address has these; TeX, Markdown and prose, Chinese prose too, put them around one.
_OUTSIDE = r"""\s<>"{}|\\^`\[\]\p{Zs}“”‘’。，、；：？！（）《》【】「」『』…"""
# A bare github.com/... counts only where it begins a word: evil-github.com is another host.
_BARE = r"(?:^|[^\p{L}\p{N}_.@/-])(?:www\.|(?:github\.com|huggingface\.co|hf\.co|arxiv\.org)/)"
_ADDRESS = rf"(?i)(?:https?://|{_BARE})[^{_OUTSIDE}]+"
_TRAILING = r"""[.,;:!?'"’*_]+$"""
_TRAILING_OR_BRACKET = r"""[.,;:!?'"’*_)]+$"""
_MAX_LENGTH = 2_000
# What is printed as a link needs no scheme: a host with a dot and a word behind it, and then a path, or www before it.
_BARE_LINK = r"^(?://)?(?:www\.|[\p{L}\p{N}][\p{L}\p{N}-]*(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?::[0-9]+)?/)[^\s]+$"
_PRINTED = pl.List(pl.Struct({"url": pl.String}))
# Whatever stands before an @ is a user name, not the host: https://github.com@elsewhere.example leads elsewhere.
_HOST = r"^https?://(?:[^/?#]*@)?([^/:?#]+)"
# Letters of any script: a host may be international.
_HOST_NAME = r"^[\p{L}\p{N}][\p{L}\p{N}-]*(?:\.[\p{L}\p{N}-]+)+$"


def found_links(records: pl.DataFrame) -> pl.DataFrame:
    """One row per record and address in its abstract: record_id, url, kind (github, huggingface, arxiv, other).

    An address without a scheme gets https. Full stops, commas and closing brackets that belong to the sentence are cut off.
    """
    # TeX writes a\_b and a\%b; HTML writes a&amp;b.
    text = pl.col("abstract").str.replace_all(r"\\([_%#&~])", "${1}").str.replace_all("&amp;", "&", literal=True)
    found = records.select("record_id", text.str.extract_all(_ADDRESS).alias("url")).explode("url", empty_as_null=False).drop_nulls("url")
    url = pl.col("url").str.replace(r"^[^\p{L}\p{N}]+", "")
    # A closing bracket belongs to the address only where it opened one.
    url = pl.when(url.str.contains("(", literal=True)).then(_balanced(url)).otherwise(url.str.replace(_TRAILING_OR_BRACKET, ""))
    url = pl.when(url.str.contains(r"(?i)^https?://")).then(url).otherwise("https://" + url)
    found = found.with_columns(url=url).filter(pl.col("url").str.len_chars() <= _MAX_LENGTH)
    return _typed(found)


def printed_links(records: pl.DataFrame) -> pl.DataFrame:
    """One row per record and address printed beside its text (bronze.records.links): record_id, url, kind.

    An address without a scheme gets https; a file's name alone is no address.
    """
    read = records.drop_nulls("links").select("record_id", pl.col("links").str.json_decode(_PRINTED).alias("link"))
    rows = read.explode("link", empty_as_null=False).drop_nulls("link").unnest("link")
    url = pl.col("url").str.strip_chars().str.replace_all(" ", "%20", literal=True)
    url = pl.when(url.str.contains(_BARE_LINK)).then("https://" + url.str.strip_prefix("//")).otherwise(url)
    rows = rows.select("record_id", url.alias("url")).filter(pl.col("url").str.contains(r"(?i)^https?://[^\s]+$"))
    return _typed(rows.filter(pl.col("url").str.len_chars() <= _MAX_LENGTH))


def _typed(found: pl.DataFrame) -> pl.DataFrame:
    """The addresses whose host can be one, each once per record, with what they lead to."""
    host = pl.col("url").str.to_lowercase().str.extract(_HOST).str.strip_prefix("www.")
    kind = (
        pl.when(host.is_in(["github.com", "gist.github.com"]))
        .then(pl.lit("github"))
        .when(host.is_in(["huggingface.co", "hf.co"]))
        .then(pl.lit("huggingface"))
        .when(host.is_in(["arxiv.org", "export.arxiv.org"]))
        .then(pl.lit("arxiv"))
        .otherwise(pl.lit("other"))
    )
    return found.filter(host.str.contains(_HOST_NAME)).with_columns(kind=kind).unique(["record_id", "url"]).sort("record_id", "url")


def _balanced(url: pl.Expr) -> pl.Expr:
    """The address without what ends the sentence and without brackets that it does not open; three are more than any text has."""
    url = url.str.replace(_TRAILING, "")
    for _ in range(3):
        has_extra = url.str.ends_with(")") & (url.str.count_matches(r"\)") > url.str.count_matches(r"\("))
        url = pl.when(has_extra).then(url.str.strip_suffix(")")).otherwise(url).str.replace(_TRAILING, "")
    return url
