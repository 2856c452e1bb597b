from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.bronze import Bronze
from transforms.json_text import as_json
from transforms.normalize import normalize
from warehouse.schema import bronze
from warehouse.schema.staging import RECORDS

SEEN = datetime(2026, 1, 15, 8, 0)


def normal(listed_on: date | None = None, **record: Any) -> dict[str, Any]:
    """One record of bronze, whose page is of that day, as staging has it."""
    records = bronze.RECORDS.conform(pl.DataFrame([{"record_id": "r", "document_id": "d", "source": "hf", "title": "T", **record}]))
    documents = bronze.DOCUMENTS.conform(
        pl.DataFrame([{"document_id": "d", "observed_at": SEEN, "listed_on": listed_on}], schema_overrides={"listed_on": pl.Date})
    )
    (row,) = normalize(records, documents).rows(named=True)
    return row


@pytest.mark.parametrize(
    ("printed", "listed_on", "expected", "inferred"),
    [
        ("Oct 28, 2024", None, date(2024, 10, 28), False),
        ("Oct 28, 2024", date(2025, 12, 16), date(2024, 10, 28), False),
        ("October 28, 2024", None, date(2024, 10, 28), False),
        ("Sept. 3,2024", None, date(2024, 9, 3), False),
        ("May 1", date(2025, 12, 16), date(2025, 5, 1), True),
        ("May 1", None, None, None),
        ("Dec 16", date(2025, 12, 16), date(2025, 12, 16), True),
        ("Dec 17", date(2025, 12, 16), None, None),
        ("Dec 17, 2025", date(2025, 12, 16), date(2025, 12, 17), False),
        ("Feb 29", date(2024, 12, 16), date(2024, 2, 29), True),
        ("Feb 29", date(2025, 12, 16), None, None),
        ("Feb 29, 2023", None, None, None),
        ("2024-10-28", None, date(2024, 10, 28), False),
        ("2024-10-28T12:00:00Z", date(2025, 12, 16), date(2024, 10, 28), False),
        ("2026-10-28", date(2025, 12, 16), date(2026, 10, 28), False),
        ("2024-13-28", None, None, None),
        ("Foo 28, 2024", None, None, None),
        ("yesterday", date(2025, 12, 16), None, None),
        ("", date(2025, 12, 16), None, None),
        (None, date(2025, 12, 16), None, None),
    ],
)
def test_a_date_takes_the_pages_year_where_that_cannot_be_wrong(
    printed: str | None, listed_on: date | None, expected: date | None, inferred: bool | None
) -> None:
    found = normal(listed_on, published_on=printed)
    assert (found["published_on"], found["date_is_inferred"]) == (expected, inferred)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2001", 2001),
        ("August 1994", 1994),
        ("2021-01", 2021),
        ("Spring 2001", 2001),
        # There is no such day: what is printed of the year holds all the same.
        ("Feb 29, 2023", 2023),
        ("May", None),
    ],
)
def test_a_year_without_a_day_is_a_year_and_no_date(printed: str, expected: int | None) -> None:
    found = normal(date(2025, 12, 16), published_on=printed)
    assert (found["published_on"], found["date_is_inferred"], found["year"]) == (None, None, expected)


@pytest.mark.parametrize(
    ("printed", "acl_id", "expected"),
    [
        (None, "W03-0405", 2003),
        (" ", "C65-1020", 1965),
        ("in press", "W59-0001", 2059),
        (None, "2020.acl-main.1", 2020),
        # What is printed counts: a volume may appear in the year after.
        ("2006", "W05-1701", 2006),
        ("May 1", "W05-1701", None),
    ],
)
def test_an_acl_id_tells_the_year_where_nothing_is_printed(printed: str | None, acl_id: str, expected: int | None) -> None:
    found = normal(source="acl", published_on=printed, identifiers=as_json({"acl": [acl_id]}))
    assert (found["published_on"], found["year"]) == (None, expected)


def test_a_search_page_dates_what_it_prints_without_a_year() -> None:
    rest = as_json({"is_search_page": True, "page_date": "2026-06-30"})
    found = normal(published_on="May 29", rest=rest)
    assert (found["published_on"], found["date_is_inferred"], found["year"]) == (date(2026, 5, 29), True, 2026)
    assert normal(published_on="Jul 1", rest=rest)["published_on"] is None
    # A listing's own day counts first, and only pages of this source write one.
    assert normal(date(2025, 6, 30), published_on="May 29", rest=rest)["year"] == 2025
    assert normal(source="csv", published_on="May 29", rest=rest)["year"] is None
    assert normal(published_on="May 29", rest=as_json({"page_date": "2026-02-30"}))["year"] is None


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (None, 0),
        ({"note": "x"}, 0),
        ({"is_search_page": True}, 1),
        ({"text_may_be_summary": True, "a": 1}, 1),
        ({"abstract_is_cut": True}, 1),
        # The mark is one only where the parser sets it, not where a text quotes it.
        ({"note": '"is_search_page":true'}, 0),
    ],
)
def test_an_abstract_that_may_be_cut_or_a_summary_ranks_below(rest: dict[str, Any] | None, expected: int) -> None:
    assert normal(abstract="We count.", rest=as_json(rest))["abstract_rank"] == expected
    assert normal(rest=as_json(rest))["abstract_rank"] is None


def test_the_file_of_a_venue_gives_venue_and_year_where_the_record_prints_none() -> None:
    rest = as_json({"gs_version_total": 3, "_file_venue": "cvpr", "_file_year": 2019})
    found = normal(source="paperlists", rest=rest)
    assert (found["venue"], found["year"], found["published_on"]) == ("cvpr", 2019, None)
    found = normal(source="paperlists", rest=rest, venue="CVPR Workshops", published_on="2020")
    assert (found["venue"], found["year"]) == ("CVPR Workshops", 2020)
    found = normal(source="csv", rest=rest)
    assert (found["venue"], found["year"]) == (None, None)


@pytest.mark.parametrize(
    ("printed", "arxiv_id", "damaged"),
    [
        ({"arxiv_id": "2503.02130"}, "2503.02130", None),
        ({"arxiv_id": "2503.0213"}, None, "2503.0213"),
        ({"doi": "10.48550/arXiv.2503.02130v2"}, "2503.02130", None),
        ({"arxiv_id": "2503.0213", "doi": "https://doi.org/10.48550/ARXIV.2503.02130"}, "2503.02130", None),
        ({"arxiv_id": "2113.02130"}, None, None),
    ],
)
def test_an_arxiv_id_is_whole_or_known_to_be_damaged(printed: dict[str, str], arxiv_id: str | None, damaged: str | None) -> None:
    found = normal(**printed)
    assert (found["arxiv_id"], found["damaged_arxiv_id"]) == (arxiv_id, damaged)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"family": "van  Gogh"}, "vangogh"),
        ({"name": "Jens Lehmann 0001"}, "lehmann"),
        ({"name": "Gogh, Vincent van"}, "gogh"),
        ({"name": "John Smith, Jr."}, "smith"),
        ({"name": "John Smith III"}, "smith"),
        ({"name": "Jr"}, "jr"),
        ({"name": r"Andr{\'e} M{\"u}ller"}, "muller"),
        ({"family": 'M\\"uller'}, "muller"),
        ({"family": "B&ouml;hlen"}, "bohlen"),
        ({"name": "Ann\nO'Hara"}, "ohara"),
        ({"name": "\n"}, None),
        ({"name": "\\"}, "\\"),
    ],
)
def test_the_first_authors_family_name_has_one_key(author: dict[str, str], expected: str | None) -> None:
    assert normal(authors=as_json([author, {"name": "Second Author"}]))["first_family"] == expected


# Each example normalises three records alone, at 40 ms each.
@settings(max_examples=30)
@given(name=st.text(max_size=20), text=st.text(max_size=30))
def test_whatever_a_record_prints_it_is_normalised(name: str, text: str) -> None:
    record = dict.fromkeys(("title", "published_on", "venue", "arxiv_id", "doi", "abstract", "organization_handle"), text)
    for source in ("hf", "acl", "paperlists"):
        found = normal(source=source, authors=as_json([{"name": name}]), identifiers=as_json({"acl": [text]}), rest=as_json({text: name}), **record)
        assert found["record_id"] == "r"


@pytest.mark.parametrize("printed", ["Oct 28, ٢٠٢٤", "Oct ٢٨, 2024", "٢٠٢٤-10-28", "Oct 28, 0000", "0000-10-28"])
def test_a_date_in_no_calendar_of_ours_is_null_and_stops_nothing(printed: str) -> None:
    assert normal(date(2025, 12, 16), published_on=printed)["published_on"] is None


@pytest.mark.parametrize(
    ("column", "printed", "expected"),
    [
        ("title", "  KV\u00a0Cache \n of  Cafe\u0301s ", "KV Cache of Cafés"),
        ("title", r"Pok\'eChamp at 15.81times", r"Pok\'eChamp at 15.81times"),
        ("title", "\x01", "\x01"),
        ("abstract", "one\ntwo\n\nthree", "one two three"),
        ("abstract", " \u200b ", None),
        ("abstract", None, None),
        ("venue", " Journal  of\tTables ", "Journal of Tables"),
        ("arxiv_id", "2401.00001v2", "2401.00001"),
        ("arxiv_id", "arXiv:2401.00001", "2401.00001"),
        ("arxiv_id", "0704.0001", "0704.0001"),
        ("arxiv_id", "hep-th/9901001v1", "hep-th/9901001"),
        ("arxiv_id", "https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
        ("arxiv_id", "2401", None),
        ("doi", "https://doi.org/10.1000/ABC.1", "10.1000/abc.1"),
        ("doi", "http://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("doi", "DOI: 10.1000/Abc", "10.1000/abc"),
        ("doi", None, None),
        ("author_count", 10, 10),
        ("comment_count", 0, 0),
    ],
)
def test_a_value_is_normalised(column: str, printed: Any, expected: Any) -> None:
    assert normal(**{column: printed})[column] == expected


def test_an_organisation_has_its_handle_in_lower_case_and_its_name_as_printed() -> None:
    found = normal(organization_handle="NVidia", organization_name="NVIDIA  Research")
    assert (found["organization_id"], found["organization_name"]) == ("nvidia", "NVIDIA Research")


def test_identifiers_stay_text() -> None:
    # 2503.02130 as a number would lose its last digit.
    assert normal(arxiv_id="2503.02130")["arxiv_id"] == "2503.02130"


def test_every_record_is_there_with_the_time_its_document_was_seen(read: Callable[..., Bronze], page: Callable[..., str], abstract: Any) -> None:
    items = [
        ("One", abstract(1), "nvidia NVIDIA", "·", "Oct 28, 2024 2"),
        ("Two", abstract(2), "• 10 authors", "·", "May 1 8"),
        ("Three", abstract(3)),
    ]
    found = read(page(items))
    records = normalize(found.records, found.documents)
    assert records.schema == RECORDS.polars_schema()
    assert records["record_id"].to_list() == found.records.sort("record_id")["record_id"].to_list()
    facts = records.sort("title").select(
        "title", "published_on", "date_is_inferred", "organization_id", "author_count", "comment_count", "observed_at"
    )
    assert facts.rows() == [
        ("One", date(2024, 10, 28), False, "nvidia", None, 2, SEEN),
        ("Three", None, None, None, None, None, SEEN),
        ("Two", date(2025, 5, 1), True, None, 10, 8, SEEN),
    ]


def test_no_records_are_no_rows() -> None:
    empty = Bronze.empty()
    assert normalize(empty.records, empty.documents).equals(RECORDS.empty())


def test_a_contradicted_year_leaves_every_date_without_year_null(read: Callable[..., Bronze], page: Callable[..., str], abstract: Any) -> None:
    # Dec 20 falls after the page's day in the inferred year, so that year is not believed for the others either.
    items = [
        ("One", abstract(1), "• 1 author", "·", "Oct 28, 2024"),
        ("Two", abstract(2), "• 1 author", "·", "Dec 20"),
        ("Six", abstract(3), "• 2 authors", "·", "May 1"),
    ]
    found = read(page(items))
    dates = normalize(found.records, found.documents).sort("title").select("title", "published_on", "date_is_inferred").rows()
    assert dates == [("One", date(2024, 10, 28), False), ("Six", None, None), ("Two", None, None)]
