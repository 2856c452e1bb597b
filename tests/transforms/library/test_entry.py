from transforms.library.bibtex import VOCABULARY
from transforms.library.entry import Entry, merged

FIRST = Entry("article", "a", "a", {"author": ["Lamp, A"], "title": ["T"], "journal": ["J. Houses"], "year": ["1994"], "keywords": ["x, y"]}, True)


def test_the_entry_that_says_most_is_kept_and_the_first_of_equals() -> None:
    more = Entry("article", "b", "b", FIRST.fields | {"volume": ["3"]}, True)
    assert merged([FIRST, more], VOCABULARY).key == "b"
    assert merged([FIRST, Entry("article", "b", "b", FIRST.fields, True)], VOCABULARY).key == "a"


def test_an_entry_of_the_persons_own_comes_before_one_that_says_more() -> None:
    elsewhere = Entry("article", "W1", "W1", FIRST.fields | {"volume": ["3"], "pages": ["1-9"]})
    found = merged([elsewhere, FIRST], VOCABULARY)
    assert found.key == "a"
    assert found.fields["volume"] == ["3"]


def test_what_it_says_is_never_replaced_under_another_name_either() -> None:
    other = Entry("inproceedings", "b", "b", {"booktitle": ["Proc. Houses"], "date": ["1995-01"], "abstract": ["short"], "note": ["n"]}, True)
    longer = Entry("article", "c", "c", {"abstract": ["a longer one"]}, True)
    found = merged([FIRST, other, longer], VOCABULARY)
    assert found.fields == FIRST.fields | {"abstract": ["a longer one"], "note": ["n"]}


def test_keywords_are_those_of_all() -> None:
    other = Entry("article", "b", "b", {"keywords": ["y, z"]}, True)
    assert merged([FIRST, other], VOCABULARY).fields["keywords"] == ["x, y, z"]


def test_of_several_values_that_it_lacks_the_one_that_most_have_is_taken() -> None:
    others = [Entry("article", key, key, {"volume": [volume]}, True) for key, volume in (("b", "3"), ("c", "4"), ("d", "4"))]
    assert merged([FIRST, *others], VOCABULARY).fields["volume"] == ["4"]
