"""What the tests of expectations share: one good small warehouse that holds something in every table, and one gate."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from expectations.gate import Gate
from flows.home import Home
from flows.load import Job, load
from flows.reporter import Silent
from flows.settings import Settings
from warehouse.store import opened

HEADER = "new\n\nDaily Papers\n\nbyAK and the research community\n\nDec 16\n\n"
WALKS = (
    "We walk through gardens at night and count what glows. In {n} gardens most of what glows is a lamp, some of it is a beetle, and very "
    "little of it is the moon in a pond. The counts differ by season and not by garden. Our lists are at "
    "https://github.com/night-garden/counts and may be used by all."
)
PONDS = (
    "A pond is a poor mirror and a good clock. We read the hour from {n} ponds with an error of four minutes, more after rain and less when "
    "nobody skips stones."
)

# The first page: a paper with an organisation; one with authors and a date whose year is not printed; one with an author count that is not credible;
# and a title at which the page was cut.
FIRST = HEADER + "\n\n".join(
    [
        "Counting What Glows in Gardens",
        WALKS.format(n=40),
        "night-garden Night Garden\n·\nOct 28, 2025 2",
        "Ponds That Tell the Time",
        PONDS.format(n=12),
        "• 3 authors\n·\nDec 14 5",
        "Nobody Wrote This",
        PONDS.replace("pond", "puddle").replace("clock", "calendar").format(n=9),
        "• 0 authors\n·\nDec 15",
        "A Title at the End of a Page",
    ]
)
# The second: the first paper once more, in capitals and with a shorter abstract.
SHORTER = WALKS.format(n=40).partition(" Our lists")[0]
SECOND = HEADER + "\n\n".join(["COUNTING WHAT GLOWS IN GARDENS", SHORTER, "night-garden Night Garden\n·\nOct 29, 2025 4"])
UNKNOWN = "flour, salt, yeast\n"

# Text pages have none of these.
BY_HAND = (
    "INSERT INTO silver.identifiers SELECT paper_id, 'arxiv', '2510.01234' FROM silver.papers ORDER BY paper_id LIMIT 1",
    "INSERT INTO silver.identifiers SELECT paper_id, 'doi', '10.1234/night.5' FROM silver.papers ORDER BY paper_id LIMIT 1",
    "INSERT INTO bronze.document_paths SELECT document_id, 'paper.id', 'string', true, 3 FROM bronze.documents ORDER BY document_id LIMIT 1",
    "INSERT INTO bronze.drift VALUES ('hf', 'paper.id', 'string', true, NULL, NULL, TIMESTAMP '2025-12-16', 1, 3)",
    "INSERT INTO silver.authorships SELECT paper_id, 1, 'orcid:0000-0001-2345-6789', 'A. Lamp', 'A.', 'Lamp', '0000-0001-2345-6789', NULL, NULL, "
    "NULL, record_id FROM silver.record_papers ORDER BY 1 LIMIT 1",
    "INSERT INTO silver.authors VALUES ('orcid:0000-0001-2345-6789', 'A. Lamp', 'A.', 'Lamp', '0000-0001-2345-6789', 'orcid', 1)",
    "INSERT INTO silver.id_repairs SELECT min(record_id), 'arxiv', '2510.0123', '2510.01234', (SELECT max(record_id) FROM bronze.records) FROM "
    "silver.record_papers WHERE paper_id = (SELECT min(paper_id) FROM silver.identifiers)",
    "INSERT INTO silver.id_redirects SELECT 'p0', paper_id FROM silver.papers ORDER BY paper_id LIMIT 1",
)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file that meets every expectation and has a row in every table. To be copied, not changed."""
    folder = tmp_path_factory.mktemp("good")
    pages = []
    for name, text in (("first.txt", FIRST), ("second.txt", SECOND), ("shopping.md", UNKNOWN)):
        (folder / name).write_text(text, encoding="utf-8")
        pages.append(folder / name)
    home = Home(folder / "home")
    load(Job(home, pages, Settings(), datetime(2026, 1, 15, 8), Silent(), observed_at=datetime(2025, 12, 16)))
    with opened(home.warehouse) as connection:
        for statement in BY_HAND:
            connection.execute(statement)
    return home.warehouse


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """One gate for all tests of a module: a second one costs little, but its import does."""
    return Gate()
