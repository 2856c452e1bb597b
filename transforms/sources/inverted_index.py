"""An abstract out of OpenAlex's inverted index: each word with its places."""

from typing import Any

Index = dict[str, Any]


def abstract_of(index: Index) -> tuple[str | None, Index]:
    """The words in the order of their places, and the part of the index that is no word with places (which are whole numbers from 0).

    A gap is passed over, and words that claim the same place stand one behind the other, so time and memory follow from the number of words,
    whatever their places are.
    """
    try:
        return _dense(index) or None, {}
    except (IndexError, TypeError, ValueError):
        return _sparse(index)


def _dense(index: Index) -> str:
    """The words, where every place from 0 is taken once. Raises IndexError, TypeError or ValueError where that is not so."""
    count = sum(map(len, index.values()))
    words: list[str | None] = [None] * count
    for word, places in index.items():
        if type(places) is not list:
            raise TypeError
        for place in places:
            if place < 0:
                raise ValueError
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
