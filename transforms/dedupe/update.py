"""Update: a batch matched against what is known, with the result that matching everything again would have."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from transforms.dedupe.block import exact_groups, representatives
from transforms.dedupe.cluster import clusters
from transforms.dedupe.decided import with_decisions
from transforms.dedupe.identity import Assigned, assigned, assigned_works
from transforms.dedupe.known import Known
from transforms.dedupe.match import Abstracts, identity_marks
from transforms.dedupe.parameters import Parameters
from transforms.dedupe.regroup import Batch, Regrouped, regrouped
from transforms.dedupe.resolve import without_title
from transforms.dedupe.works import work_edges, works

_PAIR = ["record_a", "record_b"]
_KEY = ["source", "source_id"]


@dataclass(frozen=True, slots=True)
class Update:
    """What a batch changes.

    `members` (as Resolution.members) are all records of the papers that it touches, which take the place of every row of these records, of the
    `gone` and of the papers `former`; `works` the same for Resolution.works, in place of every row of the papers `ungrouped`; `redirects` in place
    of those of the ids in `reassigned`. `regrouped` is what changes in the pairs.
    """

    members: pl.DataFrame
    gone: pl.Series
    former: pl.Series
    works: pl.DataFrame
    ungrouped: pl.Series
    redirects: pl.DataFrame
    reassigned: pl.Series
    new_ids: pl.DataFrame
    regrouped: Regrouped


def updated(
    known: Known, batch: Batch, given: pl.DataFrame, abstracts: Abstracts, decided: pl.DataFrame, parameters: Parameters = Parameters()
) -> Update:
    """Match a batch; `given` and `abstracts` as for resolve.resolve, `decided` as decided.ordered gives it."""
    change = regrouped(known, batch, abstracts, parameters)
    view = _View(known, batch, change, decided)
    members = _members(view, parameters)
    records = members["record_id"]
    former = known.papers(pl.concat([records, batch.gone]).unique())["paper_id"].unique()
    ids = _assigned(view, members, given)
    members = members.join(ids.kept, on="cluster").select("record_id", "paper_id", "rule", "score", "matched_record_id").sort("record_id")
    grouped = _works(view, members.select("record_id", "paper_id"), former)
    is_touched = pl.col("record_id").is_in(pl.concat([records, batch.gone]).unique().implode())
    return Update(
        members,
        batch.gone,
        former,
        assigned_works(grouped.rename({"paper": "paper_id", "matched_paper": "matched_paper_id"}), given).sort("paper_id"),
        pl.concat([former, grouped["paper"]]).unique(),
        ids.redirects.sort("old_paper_id"),
        given.filter(is_touched)["paper_id"].unique(),
        ids.new_ids.sort("record_id"),
        change,
    )


class _View:
    """The records and pairs as they are with the batch."""

    def __init__(self, known: Known, batch: Batch, change: Regrouped, decided: pl.DataFrame) -> None:
        self.known, self.batch, self.change, self.decided = known, batch, change, decided

    def facts(self, record_ids: pl.Series) -> pl.DataFrame:
        stale = pl.concat([self.batch.gone, self.batch.new["record_id"]])
        kept = self.known.facts(record_ids.filter(~record_ids.is_in(stale.implode()))).select(self.batch.new.columns)
        return pl.concat([kept, self.batch.new.filter(pl.col("record_id").is_in(record_ids.implode()))])

    def represented(self, record_ids: pl.Series) -> pl.Series:
        """All records of these representatives."""
        groups = self.change.groups
        changed = pl.concat([groups["record_id"], self.batch.gone]).unique()
        kept = self.known.of_representatives(record_ids).filter(~pl.col("record_id").is_in(changed.implode()))
        return pl.concat([kept["record_id"], groups.filter(pl.col("representative").is_in(record_ids.implode()))["record_id"]]).unique()

    def representatives(self, record_ids: pl.Series) -> pl.Series:
        """The representatives of these records, of those of them that have titles and are not gone."""
        groups = self.change.groups
        changed = groups.filter(pl.col("record_id").is_in(record_ids.implode()))
        others = record_ids.filter(~record_ids.is_in(pl.concat([groups["record_id"], self.batch.gone]).implode()))
        return pl.concat([changed["representative"], self.known.representatives(others)["representative"].drop_nulls()]).unique()

    def judged(self, record_ids: pl.Series) -> pl.DataFrame:
        """The pairs that have one of these representatives, decisions over evidence."""
        stale = pl.concat([self.change.fresh.select(_PAIR), self.change.lost.select(_PAIR)])
        is_left = pl.all_horizontal(~pl.col(name).is_in(self.change.removed.implode()) for name in _PAIR)
        asked = pl.any_horizontal(pl.col(name).is_in(record_ids.implode()) for name in _PAIR)
        kept = self.known.judged(record_ids).filter(is_left).join(stale, on=_PAIR, how="anti").select(self.change.fresh.columns)
        return with_decisions(pl.concat([kept, self.change.fresh.filter(asked)]), self.decided.filter(asked))

    def sharing(self, keys: pl.DataFrame) -> pl.DataFrame:
        """record_id, source, source_id, has_title of the records with these keys."""
        stale = pl.concat([self.batch.gone, self.batch.new["record_id"]])
        new = self.batch.new.select("record_id", *_KEY, has_title=pl.col("title_key").is_not_null()).join(keys, on=_KEY, how="semi")
        return pl.concat([self.known.of_sources(keys).filter(~pl.col("record_id").is_in(stale.implode())).select(new.columns), new])

    def papers(self, record_ids: pl.Series) -> pl.DataFrame:
        return self.known.papers(record_ids)


def _seeds(view: _View) -> pl.Series:
    """The representatives about which anything has changed."""
    change, batch = view.change, view.batch
    ends = [frame[name] for frame in (change.fresh, change.lost, view.known.judged(change.removed)) for name in _PAIR]
    restated = pl.any_horizontal(pl.col(name).is_in(batch.restated.implode()) for name in _PAIR)
    ends += [view.decided.filter(restated)[name] for name in _PAIR]
    # Whoever lists abstracts apart from titles: whose they are may have changed.
    gone = view.known.facts(batch.gone).select("record_id", *_KEY)
    keys = pl.concat([gone.select(_KEY), batch.new.select(_KEY)]).drop_nulls().unique()
    sharing = view.sharing(keys)
    ends.append(sharing.filter("has_title")["record_id"])
    return view.representatives(pl.concat([*ends, change.groups["record_id"], batch.restated]).unique())


def _members(view: _View, parameters: Parameters) -> pl.DataFrame:
    """The members, as cluster.clusters gives them, of all papers that the batch touches."""
    seen = _seeds(view)
    while True:
        seen = _closed(seen, lambda found: _ends(view.judged(found).filter(pl.col("decision") == "same")))
        records = view.represented(seen)
        papers = view.known.papers(pl.concat([records, view.batch.gone]).unique())["paper_id"].unique()
        # What was one paper and is none any more.
        rest = view.representatives(view.known.records(papers)["record_id"])
        if rest.is_in(seen.implode()).all():
            break
        seen = pl.concat([seen, rest]).unique()
    facts = view.facts(records)
    groups = exact_groups(facts, parameters, view.batch.apart)
    compared = representatives(facts, groups)
    inside = pl.all_horizontal(pl.col(name).is_in(seen.implode()) for name in _PAIR)
    members = clusters(groups, view.judged(seen).filter(inside).sort(_PAIR), identity_marks(compared))
    sharing = view.sharing(facts.select(_KEY).drop_nulls().unique())
    first = sharing.filter("has_title").sort("record_id").unique(_KEY, keep="first", maintain_order=True)
    ours = first.filter(pl.col("record_id").is_in(records.implode()))
    apart = view.facts(sharing.filter(~pl.col("has_title")).join(ours, on=_KEY, how="semi")["record_id"])
    return pl.concat([members, without_title(pl.concat([facts, apart]), members)])


def _assigned(view: _View, members: pl.DataFrame, given: pl.DataFrame) -> Assigned:
    keys = view.facts(members["record_id"]).select("record_id", "title_key", "abstract_digest")

    def is_elsewhere(record_ids: pl.Series) -> pl.Series:
        stale = pl.concat([members["record_id"], view.batch.gone])
        return view.known.papers(record_ids.filter(~record_ids.is_in(stale.implode())))["record_id"]

    return assigned(members.select("record_id", "cluster").join(keys, on="record_id"), given, is_elsewhere)


def _works(view: _View, members: pl.DataFrame, former: pl.Series) -> pl.DataFrame:
    """Rows of works.works, in paper ids, for all papers of the works that the batch touches."""
    touched = members["record_id"]

    def papers_of(record_ids: pl.Series) -> pl.DataFrame:
        others = view.known.papers(record_ids.filter(~record_ids.is_in(touched.implode()))).select(members.columns)
        return pl.concat([members.filter(pl.col("record_id").is_in(record_ids.implode())), others])

    def records_of(papers: pl.Series) -> pl.Series:
        others = view.known.records(papers)["record_id"]
        others = others.filter(~others.is_in(touched.implode()) & ~others.is_in(view.batch.gone.implode()))
        return pl.concat([members.filter(pl.col("paper_id").is_in(papers.implode()))["record_id"], others])

    def neighbours(papers: pl.Series) -> pl.Series:
        found = view.judged(view.representatives(records_of(papers)))
        linked = papers_of(_ends(found.filter(pl.col("work_rule").is_not_null())))["paper_id"]
        return pl.concat([linked, papers_of(records_of(view.known.siblings(papers)["paper_id"]))["paper_id"]]).unique()

    start = pl.concat([members["paper_id"], papers_of(records_of(view.known.siblings(former)["paper_id"]))["paper_id"]]).unique()
    papers = _closed(start, neighbours)
    seen = view.representatives(records_of(papers))
    return works(papers, work_edges(view.judged(seen), papers_of(seen).rename({"paper_id": "paper"})))


def _closed(start: pl.Series, neighbours: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """These and all that can be reached from them."""
    seen = frontier = start.unique()
    while len(frontier):
        found = neighbours(frontier)
        frontier = found.filter(~found.is_in(seen.implode()))
        seen = pl.concat([seen, frontier])
    return seen


def _ends(pairs: pl.DataFrame) -> pl.Series:
    return pl.concat([pairs["record_a"], pairs["record_b"]]).unique()
