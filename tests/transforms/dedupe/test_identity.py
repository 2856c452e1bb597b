import re
from collections.abc import Callable
from typing import Any

import polars as pl

from transforms.dedupe.identity import GIVEN_SCHEMA, assigned
from transforms.dedupe.resolve import Resolution, resolve_records

Staged = Callable[..., pl.DataFrame]
LONG = "tables of numbers are read by people who look for one of them and by software that looks for the largest of them all"
OTHER = "a survey among forty engineers names cost as the reason and habit as the excuse for using large models at all"


class Runs:
    """Runs one after another, each knowing the ids that the earlier ones gave."""

    def __init__(self, staged: Staged) -> None:
        self.staged = staged
        self.given = pl.DataFrame(schema=GIVEN_SCHEMA)
        self.count = 0

    def run(self, *rows: dict[str, Any]) -> Resolution:
        self.count += 1
        found = resolve_records(self.staged(*rows), self.given)
        self.given = pl.concat([self.given, found.new_ids.with_columns(sequence=pl.lit(self.count, pl.Int64)).select(GIVEN_SCHEMA.names())])
        return found


def ids(found: Resolution) -> dict[str, str]:
    return dict(found.members.select("record_id", "paper_id").iter_rows())


def test_an_id_is_a_letter_and_sixteen_digits_and_follows_from_the_title(staged: Staged) -> None:
    one = ids(Runs(staged).run({"record_id": "a", "title": "A Reader", "abstract": LONG}))["a"]
    other = ids(Runs(staged).run({"record_id": "z", "title": "a-reader", "abstract": OTHER}))["z"]
    assert re.fullmatch("p[0-9a-f]{16}", one)
    assert other == one
    assert ids(Runs(staged).run({"record_id": "a", "title": "A Writer", "abstract": LONG}))["a"] != one


def test_the_first_run_gives_each_paper_one_id_and_redirects_none(staged: Staged) -> None:
    found = Runs(staged).run(
        {"title": "A Reader", "abstract": LONG}, {"title": "A READER", "abstract": LONG}, {"title": "A Writer", "abstract": OTHER}
    )
    assert found.new_ids.height == 2
    assert set(found.new_ids["paper_id"]) == set(found.members["paper_id"])
    assert found.redirects.is_empty()


def test_the_same_records_again_get_the_same_ids_and_no_new_one(staged: Staged) -> None:
    runs = Runs(staged)
    rows = [{"title": "A Reader", "abstract": LONG}, {"title": "A Reader", "abstract": OTHER}, {"title": "A Reader"}]
    first, second = runs.run(*rows), runs.run(*rows)
    assert second.members.equals(first.members)
    assert second.new_ids.is_empty()
    assert second.redirects.is_empty()


def test_a_paper_keeps_its_id_when_a_better_title_or_more_records_come(staged: Staged) -> None:
    runs = Runs(staged)
    old = {"record_id": "m", "title": "Smal Models Are Seldom Right", "abstract": LONG}
    first = ids(runs.run(old))["m"]
    # Its records sort before the old one, in id and in title.
    found = runs.run(
        old, {"record_id": "a", "title": "Small Models Are Seldom Right", "abstract": LONG}, {"record_id": "b", "title": "Other", "abstract": OTHER}
    )
    assert ids(found)["a"] == ids(found)["m"] == first
    assert found.redirects.is_empty()


def test_two_papers_of_one_title_have_two_ids(staged: Staged) -> None:
    found = ids(
        Runs(staged).run({"record_id": "a", "title": "A Reader", "abstract": LONG}, {"record_id": "b", "title": "A Reader", "abstract": OTHER})
    )
    assert found["a"] != found["b"]


def test_records_of_the_same_text_that_are_no_evidence_have_ids_of_their_own(staged: Staged) -> None:
    found = ids(Runs(staged).run(*[{"title": "Editorial", "abstract": "To appear."}] * 5))
    assert len(set(found.values())) == 5


def test_a_second_paper_of_a_title_does_not_take_the_first_ones_id(staged: Staged) -> None:
    runs = Runs(staged)
    # The second sorts first by its abstract.
    old, new = {"record_id": "m", "title": "A Reader", "abstract": LONG}, {"record_id": "a", "title": "A Reader", "abstract": OTHER}
    first = ids(runs.run(old))["m"]
    found = ids(runs.run(old, new))
    assert found["m"] == first
    assert found["a"] != first


def test_a_bridge_merges_two_papers_and_the_later_id_leads_to_the_earlier(staged: Staged) -> None:
    runs = Runs(staged)
    one, two = {"record_id": "x", "title": "A Reader", "author_count": 4}, {"record_id": "y", "title": "A Reader", "organization_id": "lab"}
    first = ids(runs.run(one))["x"]
    second = ids(runs.run(one, two))["y"]
    assert first != second
    bridge = {"record_id": "a", "title": "A Reader", "abstract": LONG, "author_count": 4, "organization_id": "lab"}
    found = runs.run(one, two, bridge)
    assert set(ids(found).values()) == {first}
    assert found.redirects.rows() == [(second, first)]
    assert found.new_ids.is_empty()
    again = runs.run(one, two, bridge)
    assert again.redirects.rows() == [(second, first)]
    # Without the bridge each has its own id again.
    assert ids(runs.run(one, two)) == {"x": first, "y": second}


def test_of_ids_given_in_one_run_the_smaller_is_kept() -> None:
    members = pl.DataFrame(
        {"record_id": ["a", "b"], "cluster": ["a", "a"], "title_key": ["t", "t"], "abstract_digest": [None, None]},
        schema_overrides={"abstract_digest": pl.Binary},
    )
    given = pl.DataFrame({"record_id": ["a", "b"], "paper_id": ["p9", "p1"], "sequence": [1, 1]})
    found = assigned(members, given)
    assert found.kept.rows() == [("a", "p1")]
    assert found.redirects.rows() == [("p9", "p1")]
    assert found.new_ids.is_empty()


def test_the_earlier_id_is_kept_and_several_later_ones_lead_to_it() -> None:
    members = pl.DataFrame({"record_id": ["a", "b", "c"], "cluster": ["a"] * 3, "title_key": ["t"] * 3, "abstract_digest": [b"x"] * 3})
    given = pl.DataFrame({"record_id": ["a", "b", "c"], "paper_id": ["p1", "p2", "p3"], "sequence": [3, 1, 2]})
    found = assigned(members, given)
    assert found.kept.rows() == [("a", "p2")]
    assert sorted(found.redirects.rows()) == [("p1", "p2"), ("p3", "p2")]


def test_a_paper_whose_record_was_moved_by_a_parser_keeps_its_id(staged: Staged) -> None:
    runs = Runs(staged)
    first = ids(runs.run({"record_id": "d-12", "title": "A Reader", "abstract": LONG}))["d-12"]
    assert ids(runs.run({"record_id": "d-13", "title": "A Reader", "abstract": LONG}))["d-13"] == first
    assert ids(runs.run({"record_id": "d-13", "title": "A Reader", "abstract": LONG}))["d-13"] == first


def test_two_papers_of_one_title_keep_their_ids_when_a_parser_moves_both_records(staged: Staged) -> None:
    runs = Runs(staged)
    runs.run({"record_id": "d-12", "title": "A Reader", "abstract": LONG})
    before = ids(
        runs.run({"record_id": "d-12", "title": "A Reader", "abstract": LONG}, {"record_id": "d-20", "title": "A Reader", "abstract": OTHER})
    )
    after = ids(runs.run({"record_id": "d-13", "title": "A Reader", "abstract": LONG}, {"record_id": "d-21", "title": "A Reader", "abstract": OTHER}))
    assert (after["d-13"], after["d-21"]) == (before["d-12"], before["d-20"])


def test_nothing_given_and_nothing_there(staged: Staged) -> None:
    found = Runs(staged).run()
    assert (found.members.height, found.redirects.height, found.new_ids.height) == (0, 0, 0)
