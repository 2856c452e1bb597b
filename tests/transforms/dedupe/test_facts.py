from collections.abc import Callable
from hashlib import blake2b

import polars as pl
import pytest

from transforms.dedupe.facts import facts
from transforms.dedupe.parameters import Parameters

Staged = Callable[..., pl.DataFrame]


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=12).digest()


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Part I", "1"),
        ("Part II of 3", "2 3"),
        ("part ii of 3", "2 3"),
        ("p16 and p53", "p16 p53"),
        ("Reader 2.5", "2 5"),
        ("No Number", ""),
        ("INVXI Reads", ""),
        ("2 and 2 is 4", "2 4"),
    ],
)
def test_the_numbers_of_a_title_are_those_that_tell_parts_and_versions_apart(staged: Staged, title: str, numbers: str) -> None:
    assert facts(staged({"title": title}))["title_numbers"].to_list() == [numbers]


def test_an_abstract_is_known_by_the_digests_of_its_key_and_of_its_beginning(staged: Staged) -> None:
    records = staged({"title": r"Pok\'eChamp, II", "abstract": "Half the Labels: 90\\% of it."})
    (row,) = facts(records, Parameters(abstract_block_length=4)).rows(named=True)
    assert (row["title_key"], row["title_numbers"], row["abstract_word_count"]) == ("pokechampii", "2", 6)
    assert (row["abstract_digest"], row["start_digest"]) == (digest("halfthelabels90ofit"), digest("half"))
    assert "abstract" not in row


@pytest.mark.parametrize(("abstract", "words"), [(None, 0), ("?!", 0), ("one", 1), ("one, two", 2)])
def test_an_abstract_may_have_few_words_or_none(staged: Staged, abstract: str | None, words: int) -> None:
    (row,) = facts(staged({"title": "A Reader", "abstract": abstract})).rows(named=True)
    assert (row["abstract_word_count"], row["start_digest"]) == (words, None)
    assert (row["abstract_digest"] is None) == (abstract is None)


def test_the_facts_of_batches_are_the_facts_of_all(staged: Staged) -> None:
    records = staged(*({"title": f"Reader {n}", "abstract": "a b c " * 40 * n, "author_count": n or None} for n in range(5)), {"abstract": "apart"})
    batches = pl.concat([facts(batch) for batch in records.iter_slices(2)])
    assert batches.equals(facts(records))
    assert batches["title_key"].null_count() == 1


def test_no_records_have_no_facts(staged: Staged) -> None:
    assert facts(staged()).schema == facts(staged({"title": "A Reader"})).schema
