"""What the tests of transforms share: a document read, and records as deduplication gets them."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import polars as pl
import pytest

from transforms.bronze import Bronze, Landed, combined, read_document
from transforms.content import Content
from transforms.parsed import Capture, Limits
from warehouse.schema.staging import RECORDS

SEEN = datetime(2026, 1, 15, 8, 0)


@pytest.fixture(scope="session")
def read() -> Callable[..., Bronze]:
    """Reads text or bytes as a document seen on 15 January 2026; by default only its modification time says so, and it is named page.txt."""

    def call(
        content: str | bytes,
        seen_by: str = "modified",
        at: datetime = SEEN,
        max_line_bytes: int = 1 << 20,
        name: str = "page.txt",
        url: str | None = None,
    ) -> Bronze:
        data = content.encode() if isinstance(content, str) else content
        landed = Landed(sha256(data).hexdigest(), name, len(data), SEEN, Capture(at, seen_by), url)
        return combined(list(read_document(landed, Content.of(data), Limits(max_line_bytes))))

    return call


@pytest.fixture(scope="session")
def staged() -> Callable[..., pl.DataFrame]:
    """Rows of staging.records from what a test says of each; dates may be ISO text, record ids are r0, r1, ... where none is given."""

    def build(*rows: dict[str, Any]) -> pl.DataFrame:
        full = []
        for number, row in enumerate(rows):
            filled = {"record_id": f"r{number}", "document_id": "d", "source": "hf", "observed_at": SEEN, **row}
            if isinstance(filled.get("published_on"), str):
                filled["published_on"] = date.fromisoformat(filled["published_on"])
                filled.setdefault("date_is_inferred", False)
            full.append(filled)
        return RECORDS.conform(pl.DataFrame(full, schema=RECORDS.polars_schema(), orient="row"))

    return build
