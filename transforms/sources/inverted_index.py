"""An abstract out of OpenAlex's inverted index: each word with its places."""

from itertools import chain
from typing import Any

Index = dict[str, Any]


def abstract_of(index: Index) -> tuple[str | None, Index]:
    """The words in the order of their places, and the part of the index that is no word with places (which are whole numbers from 0).

    A gap is passed over, and words that claim the same place stand one behind the other, so time and memory follow from the number of words,
    whatever their places are.
    """
    try:
        return _dense(index) or None, {}
    except (IndexError, TypeError):
        return _sparse(index)


def _dense(index: Index) -> str:
    """The words, where every place from 0 is taken once. Raises IndexError or TypeError where that is not so."""
    if set(map(type, index.values())) - {list}:
        raise TypeError
    places = list(chain.from_iterable(index.values()))
    if min(places, default=0) < 0:
        raise IndexError
    words: list[str | None] = [None] * len(places)
    for word, own in index.items():
        for place in own:
            words[place] = word
    # As many places as words, so that a gap and a place taken twice come together, and join refuses the gap.
    return " ".join(words)  # type: ignore[arg-type]


def _sparse(index: Index) -> tuple[str | None, Index]:
    placed: list[tuple[int, str]] = []
    left: Index = {}
    for word, places in index.items():
        if type(places) is not list:
            left[word] = places
            continue
        placed += [(place, word) for place in places if _is_place(place)]
        if odd := [place for place in places if not _is_place(place)]:
            left[word] = odd
    placed.sort(key=lambda one: one[0])
    return " ".join(word for _, word in placed) or None, left


def _is_place(place: Any) -> bool:
    return type(place) is int and place >= 0
