"""arXiv ids that a spreadsheet or a data frame took for numbers: recognised, and repaired where another record proves what they were.

2503.02130 becomes 2503.0213, 0704.0010 becomes 704.001, either may come out as 2503.0, 2.50302E+03 or 1412.1234.0. No such value says what it was;
a record with the same title and an intact id from which it can have come does.
"""

import polars as pl

from transforms.identifiers import normal, tidied
from transforms.keys import key
from warehouse.schema import gold, silver

_SCHEME = "arxiv"
# The year and month of an id since April 2007 as a number has them, the leading zero lost or not.
_MONTH = r"0?7(?:0[4-9]|1[0-2])|0?[89](?:0[1-9]|1[0-2])|[1-8][0-9](?:0[1-9]|1[0-2])"
_PLAIN = rf"(?:{_MONTH})(?:[.,][0-9]{{1,17}})?"
_SCIENTIFIC = r"[1-9](?:[.,][0-9]{1,16})?e[+]?0?[23]"
_FORM = rf"(?i)^(?:arxiv:\s*)?({_PLAIN}|{_SCIENTIFIC})(?:[.]0)?(?:v[0-9]+)?$"
_FIRST, _END = 704, 9000
# A float has more digits than an id, and its last ones may differ.
_NOISE = 1e-6
_REASON = "a number stands where an arXiv id was: its zeros are lost, and no record with this title proves which id it was"


def damaged_arxiv_id(printed: pl.Expr) -> pl.Expr:
    """The printed value where it is a number that an arXiv id can have become; null for an intact id and for anything else."""
    text = tidied(printed)
    number, _ = _number_and_unit(text)
    is_damaged = number.is_between(_FIRST, _END, closed="left") & normal(_SCHEME, printed).is_null()
    return pl.when(is_damaged).then(text)


def repairs(damaged: pl.DataFrame, intact: pl.DataFrame) -> pl.DataFrame:
    """Rows of silver.id_repairs: the damaged ids that another record proves.

    `damaged` has record_id, title_key and damaged_arxiv_id, `intact` has record_id, title_key and arxiv_id. Proof is a record with an intact id from
    which the damaged value can have come, and an equal title key; where such records have several ids, nothing is proven.
    """
    number, unit = _number_and_unit(pl.col("damaged_arxiv_id"))
    half = pl.max_horizontal(unit / 2, pl.lit(_NOISE)) + _NOISE / 1000
    wanted = damaged.select("record_id", "title_key", "damaged_arxiv_id", number=number, half=half).drop_nulls().filter(pl.col("title_key") != "")
    # Ids before April 2007 begin with letters: no number was made of them.
    known = (
        intact.select("title_key", "arxiv_id", proof_record_id="record_id", intact_number=pl.col("arxiv_id").cast(pl.Float64, strict=False))
        .drop_nulls()
        .join(wanted, on="title_key", how="semi")
        .group_by("title_key", "arxiv_id", "intact_number")
        .agg(pl.col("proof_record_id").min())
    )
    can_be_it = (pl.col("intact_number") - pl.col("number")).abs() <= pl.col("half")
    proven = wanted.join(known, on="title_key").filter(can_be_it & (pl.col("record_id") != pl.col("proof_record_id")))
    proven = proven.filter(pl.len().over("record_id") == 1)
    return silver.ID_REPAIRS.conform(
        proven.select(
            "record_id", "proof_record_id", scheme=pl.lit(_SCHEME), printed_value=pl.col("damaged_arxiv_id"), repaired_value=pl.col("arxiv_id")
        )
    )


def with_title_keys(records: pl.DataFrame) -> pl.DataFrame:
    """What `repairs` needs of staging.records: record_id, title_key, arxiv_id and damaged_arxiv_id."""
    return records.select("record_id", "arxiv_id", "damaged_arxiv_id", title_key=key(pl.col("title")))


def unrepaired(records: pl.DataFrame) -> pl.DataFrame:
    """Rows of gold.quality_issues: the damaged ids of staging.records that nothing proved."""
    rows = records.drop_nulls("damaged_arxiv_id").select(
        "record_id",
        "source",
        column_name=pl.lit("arxiv_id"),
        expectation=pl.lit("arxiv_id_is_whole"),
        value="damaged_arxiv_id",
        reason=pl.lit(_REASON),
    )
    return gold.QUALITY_ISSUES.conform(rows)


def _number_and_unit(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The value as a number and the unit of its last printed digit (0.01 of 2503.02); null where the text has not the form."""
    number = text.str.extract(_FORM, 1).str.to_lowercase().str.replace(",", ".", literal=True)
    decimals = number.str.extract(r"[.]([0-9]+)", 1).str.len_chars().fill_null(0).cast(pl.Float64)
    exponent = number.str.extract(r"e[+]?([0-9]+)$", 1).cast(pl.Float64).fill_null(0)
    return number.cast(pl.Float64, strict=False), pl.lit(10.0).pow(exponent - decimals)
