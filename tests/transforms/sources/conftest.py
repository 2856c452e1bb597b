"""What the tests of parsers share: the parts that a document gives, and what must hold of them whatever its bytes are."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from transforms.content import HEAD_BYTES, Content
from transforms.parsed import RECORD_COLUMNS, Capture, Limits, Page, Part, Passed, Record, Reject, Told
from transforms.recognize import recognize
from transforms.sources import Format
from warehouse.schema.bronze import RECORDS, REJECT_CODES
from warehouse.schema.model import Type

SEEN = datetime(2026, 1, 15, 8, 0)
TYPES = {column.name: column.type for column in RECORDS.columns}


@pytest.fixture(scope="session")
def parts() -> Callable[..., list[Part]]:
    """All parts of a document, parsed by the format that it is recognised as."""

    def call(data: str | bytes, seen_by: str = "modified", limits: Limits = Limits(), told: Told | None = None) -> list[Part]:
        raw = data.encode() if isinstance(data, str) else data
        form = recognize(raw[:HEAD_BYTES])
        assert isinstance(form, Format), form
        return list(form.parse(Content.of(raw), told or Told(Capture(SEEN, seen_by), limits)))

    return call


@pytest.fixture(scope="session")
def rows(parts: Callable[..., list[Part]]) -> Callable[..., list[dict[str, Any]]]:
    """The values of a document's records that are not null, JSON columns as what they hold; all of its records are kept."""

    def call(data: str | bytes) -> list[dict[str, Any]]:
        found = parts(data)
        assert [part for part in found if isinstance(part, Reject)] == []
        return [shown(part) for part in found if isinstance(part, Record)]

    return call


def shown(record: Record) -> dict[str, Any]:
    values = {name: value for name, value in record.values.items() if value is not None}
    return {name: json.loads(value) if TYPES[name] is Type.JSON else value for name, value in values.items()}


@pytest.fixture(scope="session")
def check_parts() -> Callable[[bytes, list[Part]], None]:
    """What must hold of the parts of any document: one page, places inside the document, positions used once, read = kept + rejected."""

    def check(data: bytes, found: list[Part]) -> None:
        records = [part for part in found if isinstance(part, Record)]
        rejects = [part for part in found if isinstance(part, Reject)]
        assert all(isinstance(part, Record | Reject | Passed | Page) for part in found)
        assert isinstance(found[-1], Page)
        assert sum(isinstance(part, Page) for part in found) == 1
        positions = [part.position for part in [*records, *rejects] if part.position is not None]
        assert len(set(positions)) == len(positions)
        assert all(position > 0 for position in positions)
        if found[-1].read_count is not None:
            assert found[-1].read_count == len(records) + len(rejects)
        for record in records:
            assert 0 <= record.offset <= record.offset + record.length <= len(data)
            assert record.length > 0
            assert set(record.values) <= set(RECORD_COLUMNS)
            assert (record.values["title"] or "").strip()
            for name, value in record.values.items():
                wanted = int if TYPES[name] is Type.INTEGER else str
                assert value is None or isinstance(value, wanted), (name, value)
                if value is not None and TYPES[name] is Type.JSON:
                    json.loads(value)
            assert all(author.get("name") or author.get("family") for author in json.loads(record.values.get("authors") or "[]"))
        for reject in rejects:
            assert reject.code in REJECT_CODES
            assert reject.reason
            assert 0 <= reject.offset <= reject.offset + (reject.length or 0) <= len(data)
            assert reject.raw is None or data[reject.offset :].startswith(reject.raw[: reject.length])

    return check
