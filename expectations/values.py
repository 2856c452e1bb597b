"""Expectations about single values: what fails is set aside, and stops the publish only above a share declared per source."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from expectations.model import Expectation, Failure, Suite
from warehouse.schema import gold
from warehouse.schema.staging import RECORDS
from warehouse.store import opened


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A column of staging.records and the SQL condition under which its value is not credible. `also` is set aside with it."""

    name: str
    column: str
    bad_when: str
    reason: str
    also: tuple[str, ...] = ()

    @property
    def expectation(self) -> Expectation:
        return Expectation(self.name, f"not credible: {self.reason}", f"SELECT record_id, {self.column} FROM {{batch}} WHERE {self.bad_when}")


RULES = (
    # Collections of 86,000 real papers have some 300 abstracts of one word.
    ValueRule("abstract_is_longer_than_title", "abstract", "length(abstract) < length(title)", "the abstract is shorter than the title"),
    # The first scientific journals are of 1665; a listing may announce a paper for the next year's proceedings. The time of landing is by our own
    # clock; a file's modification time, which observed_at may be, can be any.
    ValueRule(
        "date_is_credible",
        "published_on",
        "published_on < DATE '1600-01-01' OR published_on > CAST(landed_at AS DATE) + 400",
        "the date is before 1600 or more than 400 days after the listing was loaded",
        also=("date_is_inferred", "year"),
    ),
    ValueRule(
        "year_is_credible",
        "year",
        "year < 1600 OR year > extract('year' FROM landed_at) + 2",
        "the year is before 1600 or more than two years after that in which the listing was loaded",
    ),
    # The longest author list of a paper so far has 5,154 names (ATLAS and CMS, 2015).
    ValueRule(
        "author_count_is_credible", "author_count", "author_count NOT BETWEEN 1 AND 10000", "the number of authors is not between 1 and 10,000"
    ),
    ValueRule(
        "comment_count_is_credible", "comment_count", "comment_count NOT BETWEEN 0 AND 100000", "the number of comments is not between 0 and 100,000"
    ),
    ValueRule(
        "organization_is_a_handle",
        "organization_id",
        "NOT regexp_matches(organization_id, '^[a-z0-9][a-z0-9._-]*$')",
        "an organisation's handle has only letters, digits, dots, hyphens and underscores",
        also=("organization_name",),
    ),
    ValueRule("doi_has_its_form", "doi", "NOT regexp_matches(doi, '^10[.][0-9]+[^ ]*/[^ ]+$')", "a DOI starts with 10. and has a slash"),
)

# The share of a source's values of one column that may be set aside before the source itself must be doubted. Every reader of that source
# shares it; 0.05 is ten times what the worst real collection has (300 of 86,000 abstracts is 0.004, one page can be far worse).
ALLOWED_SHARES = {"hf": 0.05}
DEFAULT_SHARE = 0.05
# Two odd values in a small file are no sign of anything.
ALWAYS_ALLOWED = 2

SUITE = Suite(RECORDS.schema, RECORDS.name, RECORDS.key, tuple(rule.expectation for rule in RULES))


def bad_values(staged: Path, failing: Sequence[str]) -> pl.DataFrame:
    """The values that the failing rules do not believe, as rows of gold.quality_issues, read from the staged file with the rules' own conditions."""
    table = gold.QUALITY_ISSUES
    with opened(staged, read_only=True) as connection:
        found = [
            connection.sql(
                f"SELECT record_id, ? AS column_name, source, ? AS expectation, CAST({rule.column} AS VARCHAR) AS value, ? AS reason "
                f"FROM {RECORDS.full_name} WHERE {rule.bad_when}",
                params=[rule.column, rule.name, rule.reason],
            ).pl()
            for rule in RULES
            if rule.name in failing
        ]
    return table.conform(pl.concat(found)) if found else table.empty()


def set_aside(staged: Path, issues: pl.DataFrame) -> None:
    """Make those values null in the staged file, and what belongs to them (the flag of a date, the name of an organisation)."""
    with opened(staged) as connection:
        for rule in RULES:
            bad = issues.filter(pl.col("expectation") == rule.name).select("record_id")
            if bad.height:
                connection.register("bad", bad.to_arrow())
                nulls = ", ".join(f"{name} = NULL" for name in (rule.column, *rule.also))
                connection.execute(f"UPDATE {RECORDS.full_name} SET {nulls} WHERE record_id IN (FROM bad)")
                connection.unregister("bad")


def excessive(staged: Path, issues: pl.DataFrame) -> list[Failure]:
    """The rules that fail for more of a source's values than its allowed share: those stop the publish."""
    failures = []
    per_rule = issues.group_by("source", "expectation", "column_name").agg(pl.len().alias("bad"), pl.col("record_id").sort().head(5).alias("keys"))
    with opened(staged, read_only=True) as connection:
        for source, name, column, bad, keys in per_rule.sort("source", "expectation").iter_rows():
            ((given,),) = connection.execute(f"SELECT count({column}) FROM {RECORDS.full_name} WHERE source = $1", [source]).fetchall()
            allowed = ALLOWED_SHARES.get(source, DEFAULT_SHARE)
            if bad > max(ALWAYS_ALLOWED, allowed * given):
                reason = next(rule.reason for rule in RULES if rule.name == name)
                about = f"{reason}; {bad:,} of {given:,} values of {source}, more than the allowed share of {allowed:.0%}"
                failures.append(Failure(RECORDS.full_name, name, about, bad, tuple(keys)))
    return failures
