"""From a source's words to typed values: bronze.records to staging.records."""

import polars as pl

from transforms.id_repair import damaged_arxiv_id
from transforms.identifiers import normal, printed_doi
from transforms.keys import folded, key, where
from transforms.printed_dates import read_dates
from warehouse.schema.staging import RECORDS

# The first author's family name, as three common forms have it: a field of its own, "Family, Given", or the last word of the name.
_FAMILY_FIELD = r'^\[\{[^}]*?"family":"((?:[^"\\]|\\.)*)"'
_FIRST_NAME = r'^\[\{[^}]*?"name":"((?:[^"\\]|\\.)*)"'
_FOLDED = ("volume", "issue", "pages", "kind", "status", "organization_name")

# What parsers leave in bronze.records.rest for this step, as JSON prints it; inside a text its quotation marks would be escaped.
_PAGE_DATE = r'"page_date":"([0-9]{4}-[0-9]{2}-[0-9]{2})"'
_FILE_VENUE, _FILE_YEAR = r'"_file_venue":"([a-z_-]+)"', r'"_file_year":([0-9]{4})\b'
_TEXT_IS_DOUBTFUL = ('"is_search_page":true', '"text_may_be_summary":true', '"abstract_is_cut":true')
# W03-0405 is of 2003, 2020.acl-main.1 of 2020. The oldest are of 1965.
_ACL_YEAR = r'"acl":\["(?:[A-Z]([0-9]{2})|([0-9]{4})[.])'
_OLDEST_ACL = 60


def normalize(records: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """One row per record of bronze.records, in the columns of staging.records. Nothing is dropped; what cannot be read as a value is null.

    A date without a year takes the year of its page (bronze.documents.listed_on, or the day that a search page shows); it stays null where the page's
    year is not known, and where it would then lie after the page's own day. A year without a day is a year and no date. Where nothing is printed, the
    year is that of the record's ACL id, or of the venue's file that it stands in.
    """
    joined = records.join(documents.select("document_id", "observed_at", "landed_at", "listed_on"), on="document_id", how="left")
    of_page = pl.when(pl.col("source") == "hf").then("rest")
    of_file = pl.when(pl.col("source") == "paperlists").then("rest")
    dated = _with_dates(
        joined.with_columns(
            folded(pl.col("title")).fill_null(pl.col("title")).alias("title"),
            folded(pl.col("abstract")).alias("abstract"),
            *(folded(pl.col(name)).alias(name) for name in _FOLDED),
            venue=pl.coalesce(folded(pl.col("venue")), of_file.str.extract(_FILE_VENUE, 1)),
            organization_id=folded(pl.col("organization_handle")).str.to_lowercase(),
            arxiv_id=normal("arxiv", pl.col("arxiv_id")),
            damaged_arxiv_id=damaged_arxiv_id(pl.col("arxiv_id")),
            doi=printed_doi(pl.col("doi")),
            first_family=_first_family(),
            is_doubtful=pl.any_horizontal(of_page.str.contains(mark, literal=True) for mark in _TEXT_IS_DOUBTFUL).fill_null(value=False),
            page_day=pl.coalesce("listed_on", of_page.str.extract(_PAGE_DATE, 1).str.to_date("%Y-%m-%d", strict=False)),
            year_beside=pl.coalesce(_acl_year(), of_file.str.extract(_FILE_YEAR, 1).cast(pl.Int64)),
        )
    )
    dated = dated.with_columns(
        # The arXiv's own DOIs name its ids.
        arxiv_id=pl.coalesce("arxiv_id", normal("arxiv", pl.col("doi"))),
        abstract_rank=pl.when(pl.col("abstract").is_not_null()).then(pl.col("is_doubtful").cast(pl.Int64)),
    )
    dated = dated.with_columns(damaged_arxiv_id=pl.when(pl.col("arxiv_id").is_null()).then("damaged_arxiv_id"))
    return RECORDS.conform(dated.select(RECORDS.column_names))


def _with_dates(records: pl.DataFrame) -> pl.DataFrame:
    """The records with published_on as a date, date_is_inferred and year."""
    read = records.join(read_dates(records["published_on"]), left_on="published_on", right_on="printed", how="left", maintain_order="left")
    day = pl.format("{}-{}-{}", pl.col("printed_year").fill_null(pl.col("page_day").dt.year()), "month", "day")
    read = read.rename({"year": "printed_year"}).with_columns(date=day.str.to_date("%Y-%m-%d", strict=False))
    is_inferred = pl.col("printed_year").is_null()
    is_after_page = is_inferred & (pl.col("date") > pl.col("page_day"))
    read = read.with_columns(published_on=pl.when(~is_after_page.fill_null(value=False)).then(pl.col("date")))
    is_printed = pl.col("month").is_not_null() | pl.col("printed_year").is_not_null()
    return read.with_columns(
        date_is_inferred=pl.when(pl.col("published_on").is_not_null()).then(is_inferred),
        year=pl.coalesce(pl.col("published_on").dt.year(), "printed_year", pl.when(~is_printed).then("year_beside")).cast(pl.Int64),
    )


def _acl_year() -> pl.Expr:
    """The year that the record's ACL id begins with."""
    ids = pl.col("identifiers")
    short = ids.str.extract(_ACL_YEAR, 1).cast(pl.Int64)
    century = pl.when(short >= _OLDEST_ACL).then(1900).otherwise(2000)
    return pl.coalesce(ids.str.extract(_ACL_YEAR, 2).cast(pl.Int64), short + century)


def _first_family() -> pl.Expr:
    """The key of the first author's family name; null where no author is named. It is compared, never shown."""
    authors = pl.col("authors")
    name = _from_json(authors.str.extract(_FIRST_NAME, 1))
    # A DBLP name may end with a number that tells namesakes apart; a suffix is no family name.
    spelled = name.str.strip_chars().str.replace(r" [0-9]{4}$", "").str.replace(r"(?i)(\S),? (?:jr|sr|ii|iii)[.]?$", "${1}")
    from_name = (
        pl.when(spelled.str.contains(",", literal=True)).then(spelled.str.extract(r"^([^,]+)", 1)).otherwise(spelled.str.extract(r"(\S+)$", 1))
    )
    family = pl.coalesce(_from_json(authors.str.extract(_FAMILY_FIELD, 1)), from_name)
    return key(family).replace("", None)


def _from_json(text: pl.Expr) -> pl.Expr:
    """What stands between the quotation marks of a JSON text, with its escapes undone."""
    return where(text, lambda printed: printed.str.contains("\\", literal=True), lambda odd: pl.format('"{}"', odd).str.json_decode(pl.String))
