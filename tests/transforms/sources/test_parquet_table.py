from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.content import Content
from transforms.parsed import Capture, Limits, Page, Part, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import Format

PAPERS = pl.DataFrame(
    {
        "record_id": [7, None, 9],
        "title": ["A Good One", None, "Another"],
        "authors": [["Ann Lamp", "Bo Hill"], [], ["Cy Roe"]],
        "year": [1994.0, None, 2001.0],
        "when": [date(1994, 2, 3)] * 3,
        "doi": ["10.1/a", None, None],
    }
)


def written(frame: pl.DataFrame, **options: object) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer, **options)
    return buffer.getvalue()


def read(data: bytes, limits: Limits = Limits()) -> list[Part]:
    form = recognize(data[:65536])
    assert isinstance(form, Format)
    assert form.name == "parquet"
    return list(form.parse(Content.of(data), Told(Capture(datetime(2026, 1, 1), "modified"), limits)))


def test_rows_are_records_numbered_from_one(rows: Callable[..., list[dict]]) -> None:
    first, reject, last, page = read(written(PAPERS, row_group_size=2))
    assert isinstance(first, Record)
    assert (first.position, first.values["source_id"], first.values["published_on"]) == (1, "7", "1994")
    assert first.values["rest"] == '{"when":"1994-02-03"}'
    assert isinstance(reject, Reject)
    assert (reject.position, reject.code) == (2, "no_title")
    assert isinstance(last, Record)
    assert last.position == 3
    assert page == Page(read_count=3)


def test_a_table_without_titles_is_refused_with_its_columns() -> None:
    refused, _ = read(written(pl.DataFrame({"a": [1], "b": [2]})))
    assert isinstance(refused, Reject)
    assert (refused.code, refused.position) == ("unknown_format", None)
    assert "found: a, b" in refused.reason


def test_a_row_group_that_unpacks_to_too_much_is_not_read() -> None:
    data = written(pl.DataFrame({"title": [f"{n}" + "x" * 1000 for n in range(1000)], "year": [1] * 1000}))
    assert len(data) < 100_000
    refused, _ = read(data, Limits(max_whole_bytes=len(data)))
    assert isinstance(refused, Reject)
    assert (refused.code, refused.position) == ("too_large", None)


def test_a_table_without_rows_says_so() -> None:
    refused, _ = read(written(PAPERS.clear()))
    assert isinstance(refused, Reject)
    assert refused.code == "no_paper"


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1\x15\x04", b"PAR1" * 100, written(PAPERS)[:-5], written(PAPERS)[:40]])
def test_what_only_begins_like_parquet_is_refused_in_words(data: bytes) -> None:
    refused, _ = read(data)
    assert isinstance(refused, Reject)
    assert (refused.code, refused.position) == ("malformed", None)
    assert "cannot be read as one" in refused.reason


WHOLE = written(PAPERS)


@settings(max_examples=60)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    at = data.draw(st.integers(4, len(WHOLE) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=8))
    found = read((WHOLE[:at] + damage + WHOLE[at + len(damage) :])[: len(WHOLE)])
    assert isinstance(found[-1], Page)
    assert found[-1].read_count == sum(isinstance(part, Record | Reject) for part in found)
