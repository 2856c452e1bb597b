"""`arxiv_atom`: feeds of arXiv: answers of its API (Atom) and the daily announcements of rss.arxiv.org (Atom and RSS 2.0).

An answer of the API dates each paper: `published` is its first version, `updated` this one. An announcement is dated itself: its `published`
is the day of the announcement, which for a new paper only is that of its publication.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from transforms.content import Content
from transforms.dates import MONTHS
from transforms.json_text import as_json
from transforms.parsed import Capture, Page, Part, Record, Reject, Told, refused
from transforms.sources.arxiv_names import split_names
from transforms.sources.arxiv_values import Fields, says_withdrawn, with_dois
from transforms.xml_pieces import pieces
from transforms.xml_text import BadXml, Element, Root, elements, local, note_paths, read_root, reading_root, rejected, text_of

_ITEM_OF = {"feed": "entry", "rss": "item"}
_IS_ARXIV = re.compile(rb"arxiv\.org/schemas/atom|//(?:export\.)?arxiv\.org/(?:api|rss)|rss\.arxiv\.org", re.IGNORECASE)
_ID = re.compile(r"(?:arxiv\.org/abs/|oai:arXiv\.org:)(\S+)", re.IGNORECASE)
_ERROR = "/api/errors"
_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s+(\S+)\s+(?:Abstract:\s+)?", re.IGNORECASE)
_FEED_DATES = ("updated", "lastBuildDate", "pubDate")
_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_IN_WORDS = re.compile(r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4}|GMT|UT|UTC)")
_ADVICE = "fetch this feed again"


def matches(head: bytes) -> bool:
    """Whether the first bytes of a document are those of such a feed, whole or cut."""
    try:
        root = read_root(head)
    except BadXml:
        return False
    return root.name in _ITEM_OF and _IS_ARXIV.search(head) is not None


@reading_root(_ADVICE)
def parse(content: Content, told: Told, root: Root) -> Iterator[Part]:
    """The papers of a feed, each numbered from 1; what the API says of an error is a reject."""
    head = content.head()
    name = root.tag.removesuffix(root.name) + _ITEM_OF.get(root.name, "entry")
    judged, days, errors = 0, set(), []
    with content.stream() as stream:
        for piece, element in elements(pieces(stream, frozenset((name.encode(),)), told.limits.max_record_bytes, root.tag.encode()), root):
            judged += 1
            if isinstance(element, BadXml):
                yield rejected(piece, None if piece.code else element, _ADVICE)
                continue
            note_paths(told.paths, element, _ITEM_OF.get(root.name, "entry"))
            values = _values(element)
            if _ERROR in (values["source_id"] or ""):
                message = " ".join((values["abstract"] or "no message").split()).rstrip(".")
                why = f"the server answered with an error: {message}; mend the request and fetch it again"
                errors.append(Reject("error_answer", why, piece.number, piece.offset, piece.length, piece.raw))
            elif values["title"]:
                days.add(_day(values.get("listed_at")))
                yield Record(piece.number, piece.offset, piece.length, values)
            else:
                what = f"entry {piece.number} ({values['source_id'] or 'no id'}, byte {piece.offset}) has no title; look at it, and {_ADVICE}"
                yield Reject("no_title", what, piece.number, piece.offset, piece.length, piece.raw, values["source_id"])
    if len(errors) == judged == 1:
        yield from refused(Reject("error_answer", errors[0].reason))
        return
    yield from errors
    yield _page(judged, days, _feed_time(head, root, name), told)


def _page(judged: int, days: set[date | None], at: datetime | None, told: Told) -> Page:
    capture = Capture(at, "page") if at and told.capture.source != "fetch" else None
    listed_on = next(iter(days)) if len(days) == 1 else None
    return Page(read_count=judged, capture=capture, listed_on=listed_on, listed_on_is_inferred=False if listed_on else None)


def _feed_time(head: bytes, root: Root, item: str) -> datetime | None:
    """When the feed was made, as it says before its first entry."""
    first = next(pieces(BytesIO(head), frozenset((item.encode(),)), len(head)), None)
    before = head[: first.offset] if first else head
    prefix = root.tag.removesuffix(root.name)
    tags = frozenset(f"{prefix}{name}".encode() for name in _FEED_DATES)
    texts = [text_of(element) for _, element in elements(pieces(BytesIO(before), tags, len(head)), root) if not isinstance(element, BadXml)]
    found = [time[0] for text in texts if (time := _time(text))]
    return max(found, default=None)


def _values(entry: Element) -> dict[str, Any]:
    fields = Fields(entry)
    printed_id = fields.text("id") or fields.text("guid")
    found = _ID.search(printed_id or "")
    abstract = fields.text("summary") or fields.text("description")
    announced = _ANNOUNCED.match(abstract or "")
    kind = fields.text("announce_type") or (announced[1] if announced else None)
    published, updated = fields.text("published") or fields.text("pubDate"), fields.text("updated")
    comment, creators = fields.text("comment"), fields.text("creator")
    links, odd_links = _links(fields.elements("link"))
    primary = fields.first("primary_category")
    rest: dict[str, Any] = {
        "id": printed_id if found else None,
        "announce_type": kind,
        "updated": updated if kind else None,
        "comment": comment,
        "creator": creators,
        "primary_category": None if primary is None else primary.get("term"),
        "category": [category.get("term") or text_of(category) for category in fields.elements("category")],
        "link": odd_links,
    }
    values = {
        "source_id": found[1] if found else printed_id,
        "arxiv_id": found[1] if found else None,
        "title": fields.text("title"),
        "abstract": abstract[announced.end() :] or None if abstract and announced else abstract,
        "authors": as_json([_author(Fields(one)) for one in fields.elements("author")] or split_names(creators or "")),
        "published_on": published if kind in (None, "new") else None,
        "updated_on": None if kind else updated,
        "listed_at": published if kind else None,
        "venue": fields.text("journal_ref") or fields.text("journal_reference"),
        "status": "withdrawn" if says_withdrawn(comment) else None,
        "links": as_json(links),
        **with_dois(fields.text("doi") or fields.text("DOI")),
    }
    rest |= fields.left()
    return values | {"rest": as_json({name: value for name, value in rest.items() if value not in (None, [], {})})}


def _author(fields: Fields) -> dict[str, Any]:
    author = {"name": fields.text("name"), "affiliations": fields.texts("affiliation"), **fields.left()}
    return {name: value for name, value in author.items() if value}


def _links(printed: list[Element]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The addresses by what they lead to, and all that is printed of those of an unknown sort."""
    links, odd = [], []
    for link in printed:
        attributes = {local(name): value for name, value in link.attrib.items()}
        url = attributes.get("href") or (text_of(link) or "").strip()
        rel = "landing" if attributes.get("rel", "alternate") == "alternate" else "pdf" if attributes.get("title") == "pdf" else "other"
        if url:
            links.append({"url": url, "rel": rel})
        if rel == "other" and attributes.get("title") != "doi":
            odd.append(attributes)
    return links, odd


def _day(text: str | None) -> date | None:
    """The day of a date in its own time zone."""
    found = _time(text)
    return found[1] if found else None


def _time(text: str | None) -> tuple[datetime, date] | None:
    """The time in UTC without zone, and the day in the zone that is printed; None for what is no time."""
    text = (text or "").strip()
    try:
        if found := _ISO.fullmatch(text):
            at = datetime.fromisoformat(f"{found[1]}{'+00:00' if found[2] == 'Z' else found[2]}")
            return at.astimezone(UTC).replace(tzinfo=None), at.date()
        if found := _IN_WORDS.fullmatch(text):
            day, month, year, *clock, zone = found.groups()
            hour, minute, second = map(int, clock)
            # Its zone follows.
            local_time = datetime(int(year), MONTHS.index(month.lower()) + 1, int(day), hour, minute, second)  # noqa: DTZ001
            sign = {"+": 1, "-": -1}.get(zone[0], 0)
            ahead = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) if sign else timedelta()
            return local_time - ahead, local_time.date()
    except (ValueError, OverflowError):
        return None
    return None


_ATOM = (
    *("id", "title", "updated", "published", "summary", "link", "category", "author", "author/name", "author/affiliation", "comment"),
    *("journal_ref", "doi", "primary_category", "announce_type", "creator", "rights", "journal_reference", "DOI"),
)
_ATOM_ATTRIBUTES = (
    *("link/@href", "link/@rel", "link/@type", "link/@title", "category/@term", "category/@scheme"),
    *("primary_category/@term", "primary_category/@scheme"),
)
_RSS = ("title", "link", "description", "guid", "category", "pubDate", "announce_type", "rights", "creator", "journal_reference", "DOI")
KNOWN = frozenset(
    [
        *((f"entry/{path}", "element") for path in _ATOM),
        *((f"entry/{path}", "attribute") for path in _ATOM_ATTRIBUTES),
        *((f"item/{path}", "element") for path in _RSS),
        ("item/guid/@isPermaLink", "attribute"),
    ]
)
