"""Two years of real daily captures, and a real page: how many papers they have, of which day each is, and when each field came and went."""

import html
import json
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest

from transforms.bronze import raw_text
from transforms.content import HEAD_BYTES, Content
from transforms.parsed import Capture, Page, Record, Reject, Told
from transforms.paths import Paths
from transforms.recognize import recognize
from transforms.sources import Format
from transforms.sources.hf_paths import KNOWN, OPAQUE

pytestmark = pytest.mark.corpus
START = date(2024, 5, 27)
# First and last day of what was not always there; what is inside of these came with them, unless it stands here too.
FIRST = {
    "mediaUrls": date(2024, 6, 12),
    "thumbnail": date(2024, 6, 12),
    "submittedBy": date(2024, 6, 13),
    "paper.authors[].user.id": date(2024, 7, 23),
    "paper.discussionId": date(2024, 8, 2),
    "paper.authors[].user._id": date(2024, 8, 6),
    "submittedBy.followerCount": date(2024, 10, 24),
    "submittedBy._id": date(2024, 12, 3),
    "isAuthorParticipating": date(2024, 12, 19),
    "paper.githubRepo": date(2025, 3, 4),
    "paper.projectPage": date(2025, 3, 4),
    "paper.ai_keywords": date(2025, 3, 11),
    "summary": date(2025, 3, 11),
    "paper.mediaUrls": date(2025, 3, 17),
    "paper.submittedOnDailyAt": date(2025, 3, 17),
    "paper.submittedOnDailyBy": date(2025, 3, 17),
    "submittedBy.isHfAdmin": date(2025, 3, 21),
    "paper.ai_summary": date(2025, 5, 22),
    "paper.githubStars": date(2025, 6, 25),
    "submitterOrganization": date(2025, 9, 29),
    "organization": date(2025, 10, 3),
    "paper.organization": date(2025, 10, 3),
    "paper.githubRepoAddedBy": date(2025, 12, 11),
    "submittedBy.isUserFollowing": date(2026, 1, 7),
    "paper.authors[].user.name": date(2026, 3, 12),
    "paper.submittedOnDailyBy.name": date(2026, 3, 12),
}
LAST = {"mediaUrl": date(2024, 6, 11), "paper.authors[].user.id": date(2024, 8, 5), "submitterOrganization": date(2025, 10, 2)}
# The one object around an array of strings.
WRAPPING = {"status", "date", "count"}


class Captures:
    """All that is asked of the files, read once."""

    def __init__(self, folder: Path) -> None:
        self.pages: dict[str, Page] = {}
        self.records: list[Record] = []
        self.rejects: list[Reject] = []
        self.damaged: Counter[str] = Counter()
        self.days: defaultdict[str, set[date]] = defaultdict(set)
        self.unknown: set[tuple[str, str]] = set()
        for file in sorted(folder.glob("*.json")):
            self._read(file)

    def _read(self, file: Path) -> None:
        raw = file.read_bytes()
        form = recognize(raw[:HEAD_BYTES])
        assert isinstance(form, Format), file.name
        assert form.name == "hf_json", file.name
        told = Told(Capture(datetime(2026, 6, 1), "modified"), name=file.name, paths=Paths(OPAQUE))
        for part in form.parse(Content.of(raw), told):
            if isinstance(part, Record):
                self.records.append(part)
                place = raw[part.offset : part.offset + part.length]
                assert part.values["source_id"] in raw_text(place)
                self.damaged[file.name] += place.startswith(b'"')
            elif isinstance(part, Reject):
                self.rejects.append(part)
            elif isinstance(part, Page):
                self.pages[file.name] = part
        day = self.pages[file.name].listed_on
        assert day is not None, file.name
        for path, kind, _ in told.paths.rows():
            self.days[path].add(day)
            self.unknown |= {(path, kind)} - KNOWN


@pytest.fixture(scope="module")
def captures(corpus: Path) -> Captures:
    return Captures(corpus / "hf_daily")


def test_every_record_is_kept(captures: Captures) -> None:
    assert (len(captures.pages), len(captures.records), len(captures.rejects)) == (519, 8471, 0)
    assert len({record.values["source_id"] for record in captures.records}) == 8470
    damaged = +captures.damaged
    assert (len(damaged), damaged.total()) == (22, 300)
    filled = Counter(name for record in captures.records for name in record.values)
    always = ("title", "abstract", "authors", "published_on", "upvote_count", "comment_count")
    assert {filled[name] for name in always} == {8471}
    # All but the 85 of four days in March 2025, when nothing said any more when a listing took a paper up.
    assert filled["listed_at"] == 8471 - 85
    assert (filled["star_count"], filled["organization_name"], filled["organization_handle"]) == (2150, 2086, 2086)
    assert sum(len(json.loads(record.values["authors"])) for record in captures.records) == 86010


def test_every_listing_is_of_the_day_that_its_file_is_named_after(captures: Captures) -> None:
    assert [name for name, page in captures.pages.items() if page.listed_on != date.fromisoformat(name[:10])] == []
    concluded = [name[:10] for name, page in captures.pages.items() if page.listed_on_is_inferred]
    in_the_evening_before = ["2025-01-21", "2025-01-23", "2025-01-24", "2025-01-27"]
    from_the_name = ["2025-03-11", "2025-03-12", "2025-03-13", "2025-03-14"]
    assert concluded == in_the_evening_before + from_the_name


def test_three_listings_have_as_many_as_an_answer_has_at_most(captures: Captures) -> None:
    cut = {name[:10]: page.limit for name, page in captures.pages.items() if page.listing_state == "truncated"}
    assert cut == {"2025-09-30": 50, "2026-05-12": 50, "2026-05-13": 50}


def test_every_path_is_known_and_comes_on_its_day(captures: Captures) -> None:
    assert captures.unknown == set()
    paths = set(captures.days) - WRAPPING

    def expected(path: str) -> date:
        came = [day for name, day in FIRST.items() if path == name or path.startswith((f"{name}.", f"{name}["))]
        return max(came, default=START)

    assert set(FIRST) | set(LAST) <= paths
    assert {path: min(captures.days[path]) for path in paths} == {path: expected(path) for path in paths}


def test_what_is_gone_went_on_its_day(captures: Captures) -> None:
    assert {path: max(captures.days[path]) for path in LAST} == LAST
    assert {path for path in captures.days if max(captures.days[path]) < date(2026, 5, 1)} == (
        {path for path in captures.days if path.startswith("submitterOrganization")} | set(LAST) | WRAPPING
    )


def test_the_real_page(corpus: Path) -> None:
    raw = (corpus / "hf_html" / "2024-08-01_listing.html").read_bytes()
    form = recognize(raw[:HEAD_BYTES])
    assert isinstance(form, Format)
    told = Told(Capture(datetime(2026, 6, 1), "modified"), paths=Paths(OPAQUE))
    *records, page = form.parse(Content.of(raw), told)
    assert (form.name, len(records), page.listed_on, page.listed_on_is_inferred) == ("hf_html", 13, date(2024, 8, 1), False)
    assert {path for path, kind, _ in told.paths.rows() if (path, kind) not in KNOWN} == set()
    for record in records:
        value = json.loads(html.unescape(raw[record.offset : record.offset + record.length].decode()))
        assert value["paper"]["id"] == record.values["source_id"]
