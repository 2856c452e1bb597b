"""A paper of Hugging Face's API or pages as columns of bronze.records: the same object in every vintage, wrapped in a listing's item or alone."""

from typing import Any

from transforms.json_text import as_json
from transforms.sources.hf_listing import listing_time

_BIGGEST = 2**63
# What an item repeats from its paper; kept once where both are equal.
_REPEATED = ("title", "summary", "mediaUrls", "organization")
_LINKS = {"githubRepo": "code", "projectPage": "project"}
# The last name was in use from 29 September to 2 October 2025 only.
_ORGANIZATION_NAMES = ("organization", "submitterOrganization")
# A few of these make an object a paper, alone or within an item.
PAPER_KEYS = frozenset({"id", "title", "summary", "publishedAt", "upvotes", "authors"})


def is_paper(value: Any) -> bool:
    """Whether this value is meant to be a paper: an item with a paper in it, or a paper alone."""
    return isinstance(value, dict) and (isinstance(value.get("paper"), dict) or ("paper" not in value and len(PAPER_KEYS & value.keys()) > 1))


def record_values(item: dict[str, Any]) -> dict[str, Any]:
    """The columns of bronze.records that this item of a listing, or this paper alone, fills; `title` is missing where it has none.

    `rest` has the shape of the item without what went into columns. Of authors it keeps what their column has no room for, under their number
    from 1; that an author is not hidden goes without saying.
    """
    inner = item.get("paper")
    paper, outer = (inner, item) if isinstance(inner, dict) else (item, {})
    left, left_outside = dict(paper), {name: value for name, value in outer.items() if name != "paper"}
    for name in _REPEATED:
        if name in outer and name in paper and outer[name] == paper[name]:
            del left_outside[name]
    published = _text(left, "publishedAt")
    values = {
        **_id(left),
        "title": _title(left) or _title(left_outside),
        "abstract": _text(left, "summary") or _text(left_outside, "summary"),
        "published_on": published,
        "listed_at": _text(left, "submittedOnDailyAt") or _listed_at(left_outside, published),
        "upvote_count": _upvotes(left, left_outside),
        "comment_count": _first_count("numComments", left_outside, left),
        "star_count": _count(left, "githubStars"),
        "links": as_json([{"url": url, "rel": rel} for name, rel in _LINKS.items() if (url := _text(left, name))]),
        "status": "withdrawn" if paper.get("withdrawnAt") else None,
        "authors": _authors(left),
        **_organization(left, left_outside),
    }
    rest = ({**left_outside, "paper": left} if left else left_outside) if outer else left
    return {name: value for name, value in (values | {"rest": as_json(rest)}).items() if value is not None}


def _text(left: dict[str, Any], name: str) -> str | None:
    """The text under this name, taken out; what is no text, or empty, stays."""
    value = left.get(name)
    return left.pop(name) if isinstance(value, str) and value else None


def _count(left: dict[str, Any], name: str) -> int | None:
    value = left.get(name)
    return left.pop(name) if type(value) is int and -_BIGGEST <= value < _BIGGEST else None


def _first_count(name: str, *places: dict[str, Any]) -> int | None:
    return next((count for place in places if (count := _count(place, name)) is not None), None)


def _title(left: dict[str, Any]) -> str | None:
    """The title, if a person would see anything of it."""
    value = left.get("title")
    return _text(left, "title") if isinstance(value, str) and any(char.isprintable() and not char.isspace() for char in value) else None


def _id(left: dict[str, Any]) -> dict[str, str]:
    value = left.get("id")
    # A float has lost its digits already: whoever decodes the JSON must keep them as text.
    if type(value) is int or (isinstance(value, str) and value.strip()):
        del left["id"]
        return {"source_id": str(value), "arxiv_id": str(value)}
    return {}


def _listed_at(left_outside: dict[str, Any], published: str | None) -> str | None:
    found = listing_time(left_outside.get("publishedAt"), published)
    return left_outside.pop("publishedAt") if found else None


def _upvotes(left: dict[str, Any], left_outside: dict[str, Any]) -> int | None:
    """What a page's own counter shows, else the paper's number. Of those who voted a page names only a few: their count says nothing."""
    counter = left_outside.get("UpvoteControl")
    if isinstance(counter, dict) and type(counter.get("upvotes")) is int:
        counter = left_outside["UpvoteControl"] = dict(counter)
        shown = _count(counter, "upvotes")
        if not counter:
            del left_outside["UpvoteControl"]
        if shown is not None:
            if left.get("upvotes") == shown:
                del left["upvotes"]
            return shown
    return _count(left, "upvotes")


def _organization(left: dict[str, Any], left_outside: dict[str, Any]) -> dict[str, str | None]:
    for name in _ORGANIZATION_NAMES:
        for place in (left, left_outside):
            found = place.get(name)
            if isinstance(found, dict) and any(isinstance(found.get(key), str) and found[key] for key in ("name", "fullname")):
                found = dict(found)
                values = {"organization_handle": _text(found, "name"), "organization_name": _text(found, "fullname")}
                if found:
                    place[name] = found
                else:
                    del place[name]
                return values
    return {}


def _authors(left: dict[str, Any]) -> str | None:
    """The authors' names and ids as JSON; what else is said of them stays, under their number."""
    authors = left.get("authors")
    if not isinstance(authors, list):
        return None
    shown: list[dict[str, str]] = []
    more: dict[str, Any] = {}
    for number, author in enumerate(authors, start=1):
        extra = dict(author) if isinstance(author, dict) else {"name": author}
        name = extra.get("name")
        if not isinstance(name, str) or not name.strip():
            more[str(number)] = author
            continue
        named = {"name": _text(extra, "name"), "id": _text(extra, "_id")}
        shown.append({key: value for key, value in named.items() if value})
        if extra.get("hidden") is False:
            del extra["hidden"]
        if extra:
            more[str(number)] = extra
    if more:
        left["authors"] = more
    elif shown or not authors:
        del left["authors"]
    return as_json(shown)
