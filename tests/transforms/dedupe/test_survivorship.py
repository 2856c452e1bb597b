from importlib.resources import files

import pytest

from transforms.dedupe.survivorship import CRITERIA, FILE, PREFERENCES, preferences
from warehouse.schema.silver import FIELDS

TEXT = files("transforms.dedupe").joinpath(FILE).read_text(encoding="utf-8")


def test_every_field_has_criteria_and_every_criterion_is_used() -> None:
    assert tuple(PREFERENCES) == FIELDS
    assert {name for names in PREFERENCES.values() for name in names} == set(CRITERIA)


def test_what_the_file_says_is_what_holds() -> None:
    changed = preferences(TEXT.replace('doi = ["most_records"]', 'doi = ["curated_source", "most_records"]'))
    assert changed == PREFERENCES | {"doi": ("curated_source", "most_records")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("doi = [", "doy = ["), "silver.papers has no field doy; there are: title, abstract, "),
        (('doi = ["most_records"]', ""), "doi has no criteria; write doi = [...] with some of: clean, curated_source, "),
        (('doi = ["most_records"]', 'doi = ["newest"]'), "doi has 'newest', which is no criterion; there are: clean, curated_source, "),
        (('doi = ["most_records"]', 'doi = ["longest", "longest"]'), "doi has longest twice; the second decides nothing, remove it"),
        (('doi = ["most_records"]', "doi = []"), "doi is []; it must be a list of criteria, some of: clean, "),
        (('doi = ["most_records"]', 'doi = "longest"'), "doi is 'longest'; it must be a list of criteria, some of: clean, "),
        (('doi = ["most_records"]', "doi = [3]"), "doi has 3, which is no criterion; "),
        (('doi = ["most_records"]', "doi ="), "this is no TOML: "),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_what_may_stand_there(change: tuple[str, str], said: str) -> None:
    text = TEXT.replace(*change)
    assert text != TEXT
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the whole message is compared
        preferences(text)
    assert str(raised.value).startswith(f"{FILE}: {said}")
