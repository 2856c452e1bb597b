"""What the tests of transforms share: a document read."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest

from transforms.bronze import Bronze, Landed, combined, read_document
from transforms.content import Content
from transforms.parsed import Capture, Limits

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
