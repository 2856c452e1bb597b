import pytest

from transforms.dedupe.venues import venue_likeness


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("j appl phys", "journal of applied physics"),
        ("new engl j med", "new england journal of medicine"),
        ("proc natl acad sci u s a", "proceedings of the national academy of sciences of the united states of america"),
        ("acm trans database syst", "acm transactions on database systems tods"),
        ("vldb", "very large data bases"),
        ("vldb j", "the vldb journal the international journal on very large data bases"),
        ("sigmod conference", "international conference on management of data"),
        ("neurips", "advances in neural information processing systems 34"),
        ("in advances in neural information processing systems", "neural information processing systems"),
        ("proc of the 6th int l workshop on machine learning", "sixth international workshop on machine learning"),
        ("bmj", "british medical journal"),
    ],
)
def test_a_name_its_abbreviation_and_its_acronym_are_one_venue(a: str, b: str) -> None:
    assert venue_likeness(a, b) == venue_likeness(b, a) >= 0.95


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("vldb", "the vldb journal the international journal on very large data bases"),
        ("sigmod record", "sigmod conference"),
        ("sigmod record", "very large data bases"),
        ("acm trans database syst", "very large data bases"),
        ("british journal of haematology", "haematologica the hematology journal"),
        ("cancer", "lancet"),
        ("neural computation", "advances in neural information processing systems"),
    ],
)
def test_two_venues_are_not_taken_for_one(a: str, b: str) -> None:
    assert venue_likeness(a, b) == venue_likeness(b, a) < 0.95


@pytest.mark.parametrize("venue", ["the journal", "2001", "x", "ü", "in 13"])
def test_a_venue_without_a_telling_word_is_like_itself(venue: str) -> None:
    assert venue_likeness(venue, venue) == 1
    assert 0 <= venue_likeness(venue, "proceedings of the conference") < 0.95
