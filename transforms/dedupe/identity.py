"""Paper ids: given once, kept for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

GIVEN_SCHEMA = pl.Schema({"record_id": pl.String, "paper_id": pl.String, "sequence": pl.Int64})


@dataclass(frozen=True, slots=True)
class Assigned:
    """`kept`: cluster, paper_id; `redirects`: old_paper_id, paper_id; `new_ids`: record_id, paper_id."""

    kept: pl.DataFrame
    redirects: pl.DataFrame
    new_ids: pl.DataFrame


def _nowhere(record_ids: pl.Series) -> pl.Series:
    return record_ids.clear()


def assigned(members: pl.DataFrame, given: pl.DataFrame, elsewhere: Callable[[pl.Series], pl.Series] = _nowhere) -> Assigned:
    """Which id each cluster has, which old ids lead to it, and which ids are new.

    `members` has record_id, cluster, title_key and abstract_digest; `given` the ids of earlier runs, each with the record it was given for
    and the run's sequence. A cluster keeps the id that was given first among its records; the others become redirects. A new id is
    derived from the title, so that the same papers get the same ids in whatever order they come; where another paper has that id
    already, from title and abstract, and at last from the record. Where `members` are not all records, `elsewhere` tells those that are not among
    them but are there.
    """
    alive = given.join(members.select("record_id", "cluster"), on="record_id").sort("sequence", "record_id")
    # An id that was given anew, because a parser moved its record, means the newer record.
    known = alive.unique("paper_id", keep="last", maintain_order=True).sort("sequence", "paper_id")
    kept = known.unique("cluster", keep="first", maintain_order=True).select("cluster", "paper_id")
    redirects = known.join(kept, on="cluster", suffix="_kept").filter(pl.col("paper_id") != pl.col("paper_id_kept"))
    fresh = members.join(kept, on="cluster", how="anti").sort("title_key", "abstract_digest", "record_id", nulls_last=True)
    fresh = fresh.group_by("cluster", maintain_order=True).first()
    papers = fresh.select("title_key", pl.col("abstract_digest").bin.encode("hex"), "record_id")
    # An id whose record is gone is free, but only what has the same title can derive it again: it never comes to mean something else.
    wanted = given.filter(pl.col("paper_id").is_in(_derivable(papers))) if given.height else given
    is_there = pl.col("record_id").is_in(elsewhere(wanted["record_id"].unique()).implode())
    taken = {*wanted.filter(is_there)["paper_id"], *known.join(wanted, on="paper_id", how="semi")["paper_id"]}
    former = set(wanted["paper_id"]) - taken
    # First who had an id of title and abstract: else the first paper of that title would not find its own again.
    derived = ((record, _derived(title, abstract)) for title, abstract, record in papers.iter_rows() if former)
    returned = {record: paper_id for record, paper_id in derived if paper_id in former}
    taken |= set(returned.values())
    new_ids = [returned.get(record) or _free_id(title, abstract, record, taken) for title, abstract, record in papers.iter_rows()]
    fresh = fresh.with_columns(pl.Series("paper_id", new_ids, dtype=pl.String))
    return Assigned(
        pl.concat([kept, fresh.select("cluster", "paper_id")]),
        redirects.select(old_paper_id="paper_id", paper_id="paper_id_kept"),
        fresh.select("record_id", "paper_id"),
    )


def assigned_works(works: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """The works (paper_id, work, and whatever else) with work_id for work: named by the paper of it that was given its id first, so that a version
    that comes later changes nothing."""
    first_given = given.join(works, on="paper_id", how="semi").group_by("paper_id").agg(pl.col("sequence").min())
    ordered = works.join(first_given, on="paper_id", how="left").sort("sequence", "paper_id", nulls_last=True)
    first = ordered.unique("work", keep="first", maintain_order=True)
    named = first.select("work", work_id="w" + pl.col("paper_id").str.strip_prefix("p"))
    return works.join(named, on="work").select("paper_id", "work_id", pl.exclude("paper_id", "work_id", "work"))


def _derivable(papers: pl.DataFrame) -> pl.Series:
    """Every id that may be derived for these papers (title_key, abstract_digest, record_id)."""
    return pl.Series([_derived(*parts) for paper in papers.iter_rows() for parts in _ways(*paper)], dtype=pl.String).unique().implode()


def _ways(title_key: str, abstract_digest: str | None, record_id: str) -> tuple[tuple[str | None, ...], ...]:
    """What an id is derived from, in the order in which they are tried."""
    return (title_key,), (title_key, abstract_digest), (title_key, abstract_digest, record_id)


def _free_id(title_key: str, abstract_digest: str | None, record_id: str, taken: set[str]) -> str:
    for parts in _ways(title_key, abstract_digest, record_id):
        paper_id = _derived(*parts)
        if paper_id not in taken:
            taken.add(paper_id)
            return paper_id
    raise ValueError(f"record {record_id} got three ids that are all taken; its document must have been given twice")


def _derived(*parts: str | None) -> str:
    return "p" + blake2b("\n".join(part or "" for part in parts).encode(), digest_size=8).hexdigest()
